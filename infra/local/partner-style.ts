/** The look of the partner's pages; system fonts, light and dark. */
export const PARTNER_STYLE = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#566274;--paper:#fff;--desk:#f3f5f8;--line:#d4dae3;--accent:#0b6b50}
@media(prefers-color-scheme:dark){:root{--ink:#eef1f5;--soft:#a9b4c2;--paper:#1e242c;--desk:#14181d;--line:#39424e;--accent:#58c4a0}}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--desk)}
header{padding:.9rem 1.25rem;background:var(--paper);border-bottom:1px solid var(--line)}
header span{color:var(--soft)}
main{max-width:44rem;margin:2rem auto;padding:1.75rem;background:var(--paper);border:1px solid var(--line);border-radius:.6rem}
h1{margin:0 0 .5rem;font-size:1.6rem;line-height:1.25}
h2{margin:2rem 0 .25rem;font-size:1.15rem}
form{margin:1.25rem 0}
label{display:block;margin:.9rem 0 .25rem;font-weight:600}
input:not([type=hidden]){width:100%;padding:.55rem .65rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);border-radius:.35rem}
button{margin-top:1.1rem;padding:.6rem 1.1rem;font:inherit;font-weight:600;color:var(--paper);background:var(--accent);border:0;border-radius:.35rem;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
table{width:100%;margin:1rem 0;border-collapse:collapse}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{padding:.35rem .75rem .35rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line);overflow-wrap:anywhere}
th{width:30%;font-weight:500;color:var(--soft)}
code,pre{font:.85rem/1.5 ui-monospace,Consolas,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
pre{margin:.25rem 0 1rem;padding:.6rem .75rem;background:var(--desk);border:1px solid var(--line);border-radius:.35rem}
.problem{padding:.6rem .8rem;border-left:4px solid #c0392b;background:var(--desk)}
`
