const STYLE = `
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 "Segoe UI",system-ui,sans-serif;background:#eef1f5;color:#1b1b1b}
main{max-width:32rem;margin:3rem auto;padding:2rem;background:#fff;border:1px solid #d5dae1;border-radius:.5rem}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 1rem}
h2{font-size:1rem;margin:1.5rem 0 .5rem}
.notice{margin:0 0 1rem;padding:.5rem .75rem;background:#fff4ce;color:#1b1b1b;border-left:4px solid #8a6100}
ul{list-style:none;margin:0;padding:0}
li{margin:0 0 .5rem}
button,a.button{display:block;width:100%;padding:.6rem .8rem;font:inherit;text-align:left;color:inherit;
background:transparent;border:1px solid #8a94a3;border-radius:.3rem;cursor:pointer}
button:hover{background:#8a94a322}
:focus-visible{outline:3px solid #0f6cbd;outline-offset:2px}
.primary{border:2px solid #0f6cbd}
small{display:block;color:#52606f}
code,pre{font:.875rem/1.5 ui-monospace,Consolas,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #d5dae1}
a{color:#0b5cad}
@media(prefers-color-scheme:dark){body{background:#16181c;color:#f2f2f2}main{background:#202329;border-color:#3b414b}
small{color:#b4bfcc}a{color:#8ac0ff}th,td{border-color:#3b414b}}
`

/** A piece of HTML whose values are escaped already; only `html` makes one. */
export interface Html {
  readonly markup: string
}

type Value = string | number | Html | readonly Html[] | undefined

/** Builds HTML: every interpolated text is escaped, markup only ever comes from another `html`. */
export function html(literals: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = literals.map((literal, index) => literal + render(values[index]))
  return { markup: parts.join('') }
}

/** A whole page of the stand-in, which says on top what it is. */
export function htmlDocument(title: string, content: Html): string {
  const { markup } = html`<title>${title} - local stand-in for Microsoft</title>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${markup}
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="notice">Local stand-in for Microsoft: no real account is used.</p>
${content.markup}
</main>
</body>
</html>
`
}

function render(value: Value): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'markup' in value ? value.markup : value.map((part) => part.markup).join('')
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
