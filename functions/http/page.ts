import type { Tone, Words } from './components.ts'
import { brandMark, documentResponse } from './document.ts'
import { type Html, html } from './html.ts'
import type { HttpResponse } from './responses.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

/** A page for a person: what happened in the title, what to do below it. */
export interface Page {
  readonly statusCode: number
  readonly title: Words
  readonly tone: Tone
  readonly content: Html
  /** A script of ours, as constant text, so that its hash can be allowed. */
  readonly script?: string
  /** The one origin that may show the page in a frame. */
  readonly framedBy?: string
  /** When the browser goes on by itself, and where to: to the same page unless it says. */
  readonly refresh?: Refresh
  /** What `languageLinks` makes, where the page can be asked for again. */
  readonly languageLinks?: Html
}

interface Refresh {
  readonly seconds: number
  readonly url?: string
}

/** Renders a page of one message, in the look of the partner: see {@link documentResponse}. */
export function page(view: View, { statusCode, framedBy, refresh, ...parts }: Page): HttpResponse {
  const response = documentResponse(view, {
    statusCode,
    title: parts.title,
    body: bodyOf(view, parts),
    framedBy,
    ...(parts.script ? { scripts: [parts.script] } : {}),
  })
  return refresh ? withRefresh(response, refresh) : response
}

/** The page, which the browser leaves by itself after so many seconds. */
export function withRefresh(response: HttpResponse, { seconds, url }: Refresh): HttpResponse {
  const value = url === undefined ? String(seconds) : `${seconds};url=${url}`
  return { ...response, headers: { ...response.headers, refresh: value } }
}

type Parts = Pick<Page, 'title' | 'tone' | 'content' | 'languageLinks'>

function bodyOf(view: View, { title, tone, content, languageLinks }: Parts): Html {
  const { brand, texts } = view
  return html`<div class="shell">
<header class="brand">${brandMark(view)}</header>
<main>
<div class="mark ${tone}" aria-hidden="true">${markOf(tone)}</div>
<h1>${title}</h1>
${content}
</main>
<footer>
<p>${fill(texts.shell.password, { partner: brand.name })}</p>
<p>${fill(texts.shell.help, { partner: brand.name })}</p>
${languageLinks ?? ''}
</footer>
</div>`
}

const STROKES: Readonly<Record<Tone, string>> = {
  good: 'M5 12.5l4.5 4.5L19 7.5',
  bad: 'M12 6v7.5M12 17.75v.25',
  neutral:
    'M9.5 14.5l5-5M11 7.5l1.5-1.5a4 4 0 0 1 5.6 5.6L16.5 13M13 16.5l-1.5 1.5a4 4 0 0 1-5.6-5.6L7.5 11',
  busy: 'M12 3.5a8.5 8.5 0 1 0 8.5 8.5',
}

function markOf(tone: Tone): Html {
  return html`<svg viewBox="0 0 24 24"><path d="${STROKES[tone]}"/></svg>`
}
