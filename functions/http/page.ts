import { createHash } from 'node:crypto'
import { type HttpResponse, htmlPage } from './responses.ts'

/** Text that is safe to put into a page; only `html` makes it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Makes HTML from a template: every value is escaped, unless it is Html itself. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const parts = strings.map((text, index) => text + markupOf(values[index] ?? ''))
  return new Html(parts.join(''))
}

/** A page for a person: what happened in the title, what to do below it. */
export interface Page {
  readonly statusCode: number
  readonly title: string
  readonly tone: 'good' | 'bad' | 'neutral'
  readonly content: Html
  /** A script of ours, as constant text, so that its hash can be allowed. */
  readonly script?: string
  /** The one origin that may show the page in a frame. */
  readonly framedBy?: string
}

/** Renders a page that loads nothing from anywhere. */
export function page({ statusCode, title, tone, content, script, framedBy }: Page): HttpResponse {
  const scriptElement = script ? html`<script>${new Html(script)}</script>` : ''
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main class="${tone}">
<div class="mark" aria-hidden="true">${MARKS[tone]}</div>
<h1>${title}</h1>
${content}
</main>
${scriptElement}
</body>
</html>`
  return htmlPage(document.text, statusCode, {
    styles: [hashOf(STYLE)],
    framedBy,
    ...(script ? { scripts: [hashOf(script)] } : {}),
  })
}

const MARKS = { good: '✓', bad: '!', neutral: '…' } as const

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --back: #f3f5f8;
  --line: #d5dbe3; --good: #116329; --bad: #a40e26; --neutral: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf1; --soft: #a3adb8; --paper: #1a1f26;
  --back: #0f1318; --line: #343c46; --good: #57c271; --bad: #ff8182; --neutral: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--back); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { width: 100%; max-width: 34rem; padding: 2.25rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere; }
h1 { margin: 1rem 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: .75rem 0; }
.mark { display: grid; place-items: center; width: 2.75rem; height: 2.75rem; border-radius: 50%;
  font-size: 1.375rem; font-weight: 700; color: var(--paper); }
.good .mark { background: var(--good); } .bad .mark { background: var(--bad); }
.neutral .mark { background: var(--neutral); }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; margin: 1.5rem 0 0;
  padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem; color: var(--soft); }
dt { font-weight: 600; } dd { margin: 0; }
a.button { display: inline-block; margin-top: .75rem; padding: .625rem 1.125rem; border-radius: .5rem;
  background: var(--neutral); color: var(--paper); font-weight: 600; text-decoration: none; }
a.button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
`

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function markupOf(value: string | number | Html | readonly Html[]): string {
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map((part) => part.text).join('')
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
