/** What the console's pages have beside the style sheet of every page: more room, a menu, tables and figures. */
export const CONSOLE_STYLE = `
body { padding: 0 1rem 2rem; }
.shell.wide { max-inline-size: 74rem; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; padding-block: .75rem; }
.bar .brand { margin: 0; text-decoration: none; color: inherit; }
.who { margin-inline-start: auto; display: flex; align-items: center; gap: .25rem .75rem; flex-wrap: wrap;
  color: var(--soft); font-size: .9375rem; }
.bar .button { margin: 0; min-block-size: 2.5rem; padding: .5rem .875rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0; padding: 0; list-style: none; }
nav a { display: block; padding: .5625rem .875rem; border-radius: .625rem; color: inherit; text-decoration: none;
  font-weight: 600; }
nav a:hover { background: color-mix(in srgb, var(--ink) 7%, transparent); }
nav [aria-current] { background: color-mix(in srgb, var(--accent) 14%, transparent); box-shadow: inset 0 -2px var(--accent); }
.skip { position: absolute; inset-inline-start: 1rem; inset-block-start: -4rem; padding: .5rem 1rem;
  background: var(--card); border-radius: .5rem; z-index: 1; }
.skip:focus { inset-block-start: .5rem; }
main { padding: 1.5rem 1.25rem 1.75rem; }
main > h1:first-child, main > :first-child > .notice { margin-block-start: 0; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; }
.head h1 { margin: 0; } .head .button { margin: 0 0 0 auto; }
.narrow, main > form:not(.filters), main > .field, main > p:not(.notice), #remove { max-inline-size: 36rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem 2rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .75rem; }
table { inline-size: 100%; border-collapse: collapse; font-size: .9375rem; line-height: 1.45; }
caption { max-inline-size: calc(100vw - 4.5rem); padding: .75rem .875rem .25rem; text-align: start; color: var(--soft); }
th, td { padding: .6875rem .875rem; text-align: start; vertical-align: top; overflow-wrap: break-word; }
th { font-weight: 600; white-space: nowrap; } tbody th { white-space: normal; min-inline-size: 6.5rem; }
td code { white-space: nowrap; } thead th { color: var(--soft); }
tbody tr { border-block-start: 1px solid var(--line); }
tbody tr:hover { background: color-mix(in srgb, var(--ink) 4%, transparent); }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; }
tbody th { white-space: normal; min-inline-size: 13rem; } td { overflow-wrap: break-word; }
td small, th small { display: block; font-weight: 400; font-size: .875rem; color: var(--soft); }
.state { display: inline-flex; align-items: center; gap: .4375rem; white-space: nowrap; } dd .state { white-space: normal; }
.state::before { content: ""; flex: none; inline-size: .625rem; block-size: .625rem; border-radius: 50%;
  background: var(--tone); }
.state.neutral::before { background: transparent; border: 2px solid var(--edge); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 8.5rem), 1fr)); gap: 1rem;
  margin-block: 1.25rem; }
.tile { display: block; padding: .875rem 1rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--field); color: inherit; text-decoration: none; }
a.tile:hover { border-color: var(--edge); }
.tile strong { display: block; font-size: 1.75rem; line-height: 1.2; font-weight: 650; color: var(--tone, inherit);
  font-variant-numeric: tabular-nums; }
.tile small { color: var(--soft); font-size: .9375rem; }
.filters { display: flex; flex-wrap: wrap; align-items: end; gap: .75rem 1rem; margin-block: 1rem 1.25rem; }
.filters .field { margin: 0; flex: 1 1 9rem; } .filters .field.wide, .filters .field:has(> input) { flex: 3 1 20rem; }
.filters .button { margin: 0; min-block-size: 3rem; }
.field select, .field textarea { inline-size: 100%; min-inline-size: 0; min-block-size: 3rem; padding: .5rem .875rem;
  border: 1px solid var(--edge); border-radius: .625rem; background: var(--field); color: var(--ink); font: inherit; }
.field textarea { min-block-size: 8rem; font: .875rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
.field [aria-invalid] { border-color: var(--bad); box-shadow: 0 0 0 1px var(--bad); }
.field input[type=color] { padding: .25rem; max-inline-size: 6rem; }
.prose { max-inline-size: 54rem; } .prose h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
pre { margin: .75rem 0; padding: .875rem 1rem; overflow-x: auto; white-space: pre-wrap; border: 1px solid var(--line); border-radius: .625rem;
  background: var(--field); font: .875rem/1.55 ui-monospace, Menlo, Consolas, monospace; }
.steps { margin: 0; padding: 0; list-style: none; }
.steps > li { padding-block: 1.25rem; border-block-start: 1px solid var(--line); }
.steps h2 { display: flex; align-items: center; gap: .75rem; margin: 0; }
.steps h2 .state { margin-inline-start: auto; font-size: .9375rem; font-weight: 600; }
.timeline { margin: .5rem 0; padding: 0; list-style: none; }
.timeline li { position: relative; padding: .375rem 0 .75rem 1.5rem; border-inline-start: 2px solid var(--line);
  margin-inline-start: .375rem; }
.timeline li::before { content: ""; position: absolute; inset-inline-start: -.4375rem; inset-block-start: .8125rem;
  inline-size: .75rem; block-size: .75rem; border-radius: 50%; background: var(--tone, var(--edge)); }
.timeline time { display: block; color: var(--soft); font-size: .875rem; }
.timeline small { display: block; font-size: .9375rem; color: var(--soft); }
h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; font-weight: 650; }
.part { border-block-start: 1px solid var(--line); } .part[open] { padding-block-end: 1.25rem; }
.part form, .part > p { max-inline-size: 34rem; }
.part > summary { font-weight: 600; } .part > summary h3 { margin: 0; }
.check { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .75rem; min-block-size: 2.75rem; }
.check input { inline-size: 1.375rem; block-size: 1.375rem; margin: 0; accent-color: var(--accent); }
.check label { flex: 1; } .check .error { flex-basis: 100%; }
blockquote { margin: .5rem 0 1rem; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line); }
.notice a { color: inherit; }
.danger { border-color: var(--bad); background: transparent; color: var(--bad); }
.danger:hover { background: color-mix(in srgb, var(--bad) 10%, transparent); }
figure { margin: 1.25rem 0; } figcaption { margin-block-end: .5rem; color: var(--soft); font-size: .9375rem; }
figure svg { display: block; inline-size: 100%; block-size: auto; }
h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; font-weight: 650; }
.plot { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .25rem .5rem; }
.plot svg { block-size: 12rem; }
.ticks { display: flex; flex-direction: column; justify-content: space-between; text-align: end; line-height: 1; }
.ticks, .below { color: var(--soft); font-size: .8125rem; font-variant-numeric: tabular-nums; }
.below { display: flex; justify-content: space-between; } .plot .below { grid-column: 2; }
.small-charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: 1rem; }
.small-charts figure { margin: 0; } figure svg.line { block-size: 4rem; }
.grid { stroke: var(--line); stroke-width: 1; } .line path { fill: none; stroke-width: 2.5; stroke-linecap: round; }
:is(.plot, .line) path { vector-effect: non-scaling-stroke; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .75rem 0 0; padding: 0; list-style: none;
  font-size: .9375rem; }
.legend li { display: flex; align-items: center; gap: .4375rem; }
.legend svg { flex: none; inline-size: .875rem; block-size: .875rem; border-radius: .1875rem; }
:root { --amber: #a86a00; --violet: #6d4bb5; --blue: #1b6ca8; }
@media (prefers-color-scheme: dark) { :root { --amber: #e5b04b; --violet: #b69df2; --blue: #6db3f2; } }
.refreshed { fill: var(--good); } .transient { fill: var(--amber); } .blocked { fill: var(--violet); }
.reauthorization { fill: var(--bad); } .credential { fill: var(--blue); } .failed { fill: var(--ink); }
.others { fill: var(--edge); } .connected { stroke: var(--good); } .attention { stroke: var(--bad); }
.pending { stroke: var(--blue); } .disconnected { stroke: var(--edge); }
section.notice h2 { margin: 0; }
@media (forced-colors: active) { .plot svg, .legend svg, .line { forced-color-adjust: none; }
  .grid { stroke: GrayText; } .line path:not(.grid) { stroke: CanvasText; }
  .refreshed { fill: CanvasText; } .transient { fill: GrayText; } .reauthorization { fill: Highlight; }
  .blocked { fill: color-mix(in srgb, CanvasText 30%, Canvas); }
  :is(.credential, .failed, .others) { fill: Canvas; stroke: CanvasText; vector-effect: non-scaling-stroke; }
  .credential { stroke: Highlight; stroke-width: 2; } .others { stroke: GrayText; } }
iframe { inline-size: 100%; block-size: 34rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--back); }
@media (max-width: 30rem) { nav ul { gap: 0; margin-inline-start: -.5rem; }
  nav a { padding-inline: .5rem; font-size: .9375rem; } th, td { padding-inline: .625rem; } td .state { white-space: normal; } }
@media (min-width: 40rem) { body { padding-block-start: 0; } main { padding: 1.75rem 2rem 2rem; } }
@media (forced-colors: active) { .state::before, .timeline li::before { border: 2px solid; forced-color-adjust: none; } }
`
