/**
 * The style sheet of every page. Directions are logical, so that it serves both; colours of a state are
 * those of `.good`, `.bad`, `.neutral` and `.busy`.
 */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #171b21; --soft: #56606d; --card: #ffffff; --back: #f2f4f8;
  --line: #dce1e8; --edge: #808a97; --field: #ffffff; --good: #10683a; --bad: #a5182c; }
@media (prefers-color-scheme: dark) { :root { --ink: #eaeef3; --soft: #a5afbb; --card: #1a2029;
  --back: #0e1218; --line: #303945; --edge: #78838f; --field: #12171e; --good: #5fcf8d; --bad: #ff8f95; } }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; min-block-size: 100vh; min-block-size: 100dvh; display: flex; flex-direction: column;
  padding: 1.25rem 1rem 1rem; border-block-start: .25rem solid var(--brand); background: var(--back);
  color: var(--ink); overflow-wrap: anywhere; font: 1.0625rem/1.6 system-ui, -apple-system,
  "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; }
:lang(ja), :lang(zh) { line-break: strict; }
:lang(ja) :is(h1, .button), :lang(zh) h1 { letter-spacing: normal; word-break: auto-phrase; }
.shell { inline-size: 100%; max-inline-size: 34rem; margin-inline: auto; }
.brand { display: flex; align-items: center; gap: .75rem; min-block-size: 2.75rem;
  margin-block-end: 1rem; font-weight: 600; }
.brand img { display: block; inline-size: auto; max-inline-size: 9rem; block-size: 2.5rem;
  object-fit: contain; }
main { padding: 1.5rem 1.25rem 1.75rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; box-shadow: 0 1px 2px rgb(16 24 40 / .05), 0 .75rem 2rem rgb(16 24 40 / .06); }
h1 { margin: 1rem 0 .5rem; font-size: 1.625rem; font-weight: 650; line-height: 1.25;
  letter-spacing: -.012em; text-wrap: balance; }
p { margin: .75rem 0; text-wrap: pretty; }
main > :last-child { margin-block-end: 0; }
a { color: var(--accent); text-underline-offset: .2em; }
.mark { display: grid; place-items: center; inline-size: 3rem; block-size: 3rem; border-radius: 50%;
  color: var(--tone); background: color-mix(in srgb, var(--tone) 12%, transparent); }
.mark svg { inline-size: 1.5rem; block-size: 1.5rem; fill: none; stroke: currentColor;
  stroke-width: 2.25; stroke-linecap: round; stroke-linejoin: round; }
.good { --tone: var(--good); } .bad { --tone: var(--bad); }
.neutral, .busy { --tone: var(--accent); } .notice.neutral { --tone: var(--soft); }
form { margin: 0; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; font-weight: 650; line-height: 1.35; }
.actions { display: flex; flex-wrap: wrap; gap: 0 .75rem; margin-block-start: .5rem; }
.subject { margin-block: 1.25rem; padding: .875rem 1rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--field); font-weight: 600; }
section { margin-block: 1.25rem; }
.button { display: inline-block; min-block-size: 2.875rem; margin-block: .75rem 0;
  padding: .6875rem 1.25rem; border: 1px solid var(--brand-edge); border-radius: .625rem;
  background: var(--brand); color: var(--on-brand); font: inherit; font-weight: 600; line-height: 1.375;
  text-align: center; text-decoration: none; cursor: pointer; }
.button:hover { background: var(--brand-hover); }
.button.secondary { border-color: var(--edge); background: transparent; color: var(--ink); }
.button.secondary:hover { background: color-mix(in srgb, var(--ink) 7%, transparent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.field { margin-block: 1.25rem; }
.field label, legend { display: block; padding: 0; margin-block-end: .375rem; font-weight: 600; }
.field input { inline-size: 100%; min-inline-size: 0; min-block-size: 3rem; padding: .5rem .875rem;
  border: 1px solid var(--edge); border-radius: .625rem; background: var(--field); color: var(--ink);
  font: inherit; }
.field input[aria-invalid] { border-color: var(--bad); box-shadow: 0 0 0 1px var(--bad); }
.help, .error { margin: .375rem 0 0; font-size: .9375rem; line-height: 1.5; color: var(--soft); }
.error { color: var(--bad); font-weight: 600; } dl + .help { margin-block-start: 1rem; }
.copy { display: flex; flex-wrap: wrap; gap: .5rem; }
.copy input { flex: 1 1 14rem; color: var(--soft); }
.copy .button { flex: none; min-inline-size: 6.5rem; min-block-size: 3rem; margin: 0; }
fieldset { min-inline-size: 0; margin: 1.25rem 0; padding: 0; border: 0; }
.choices { max-block-size: max(11rem, min(24rem, 42vh)); margin: 0; padding: 0; overflow-y: auto; list-style: none;
  border: 1px solid var(--edge); border-radius: .75rem; background: var(--field); }
.choices li + li { border-block-start: 1px solid var(--line); }
.choices label { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: center;
  gap: 0 .875rem; min-block-size: 3.5rem; padding: .5rem 1rem; cursor: pointer; }
.choices label:hover { background: color-mix(in srgb, var(--ink) 5%, transparent); }
.choices label:has(:checked) { background: color-mix(in srgb, var(--accent) 12%, transparent); }
.choices label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: -3px;
  border-radius: .75rem; }
.choices input { inline-size: 1.25rem; block-size: 1.25rem; margin: 0; accent-color: var(--accent); }
.choices input:focus-visible { outline: none; }
.choices strong { display: block; font-weight: 600; line-height: 1.4; }
.choices small { display: block; font-size: .9375rem; line-height: 1.4; color: var(--soft); }
dl { display: grid; grid-template-columns: minmax(5rem, auto) minmax(0, 1fr); gap: .5rem 1.25rem;
  margin: 1.5rem 0 0; padding-block-start: 1.25rem; border-block-start: 1px solid var(--line);
  font-size: .9375rem; line-height: 1.5; }
dt { color: var(--soft); } dd { margin: 0; }
.notice { margin: 1rem 0; padding: .75rem 1rem; border: 1px solid;
  border-color: color-mix(in srgb, var(--tone) 40%, transparent); border-radius: .625rem;
  background: color-mix(in srgb, var(--tone) 8%, transparent); }
footer { padding: 1rem 0 0; font-size: .875rem; line-height: 1.55; color: var(--soft); }
footer p { margin: 0 0 .25rem; }
footer a { display: flex; align-items: center; min-block-size: 2.75rem; color: inherit; }
footer [aria-current] { font-weight: 600; text-decoration: none; }
summary { display: inline-flex; align-items: center; gap: .5rem; min-block-size: 2.75rem;
  padding-inline-end: .5rem; border-radius: .375rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::after { content: ""; inline-size: .4375rem; block-size: .4375rem; margin-block-end: .1875rem;
  border: solid currentColor; border-width: 0 2px 2px 0; transform: rotate(45deg); }
[open] > summary::after { margin-block: .25rem 0; transform: rotate(225deg); }
.languages { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); margin: 0;
  padding: 0; list-style: none; }
@media (min-width: 40rem) {
  body { padding-block-start: clamp(1.5rem, 8vh, 6rem); }
  main { padding: 2.25rem 2.5rem 2.5rem; }
}
@media (max-width: 25rem) {
  .button { inline-size: 100%; } .actions > * { flex: 1 1 100%; } .copy .button { flex: 1 1 100%; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd + dt { margin-block-start: .75rem; }
}
@media (prefers-color-scheme: dark) {
  main { box-shadow: none; }
  .plate { padding: .25rem .375rem; border-radius: .5rem; background: #ffffff; }
}
@media (prefers-reduced-motion: no-preference) {
  .button, .choices label { transition: background-color .12s; }
  .busy svg { animation: turn 1.1s linear infinite; }
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (forced-colors: active) {
  .mark, .button, .notice, main { border: 1px solid; }
  .choices label:has(:checked) { outline: 2px solid Highlight; outline-offset: -2px; }
}
@media print { body { border: 0; background: none; } footer, .button { display: none; } }
`
