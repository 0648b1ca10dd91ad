import { createHash } from 'node:crypto'
import { brandStyle } from './brand-style.ts'
import type { Tone, Words } from './components.ts'
import { COPY_SCRIPT } from './copy-script.ts'
import { Html, html } from './html.ts'
import { LANGUAGES } from './language.ts'
import { PAGE_STYLE } from './page-style.ts'
import { type HttpResponse, htmlPage } from './responses.ts'
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

/**
 * Renders a page that loads nothing from anywhere, in the look of the partner. The policy of what it
 * may do follows from what is in it: a form, a copy field, a script, a logo.
 */
export function page(view: View, { statusCode, framedBy, refresh, ...parts }: Page): HttpResponse {
  const hasCopyField = parts.content.text.includes(' data-copy=')
  const scripts = [...(hasCopyField ? [COPY_SCRIPT] : []), ...(parts.script ? [parts.script] : [])]
  const styles = [PAGE_STYLE, brandStyle(view.brand.colour)]
  const response = htmlPage(documentOf(view, parts, { styles, scripts }).text, statusCode, {
    styles: styles.map(hashOf),
    framedBy,
    hasForm: parts.content.text.includes('<form '),
    ...(view.brand.logo ? { images: ['data:'] } : {}),
    ...(scripts.length > 0 ? { scripts: scripts.map(hashOf) } : {}),
  })
  return refresh ? withRefresh(response, refresh) : response
}

/** The page, which the browser leaves by itself after so many seconds. */
export function withRefresh(response: HttpResponse, { seconds, url }: Refresh): HttpResponse {
  const value = url === undefined ? String(seconds) : `${seconds};url=${url}`
  return { ...response, headers: { ...response.headers, refresh: value } }
}

type Parts = Pick<Page, 'title' | 'tone' | 'content' | 'languageLinks'>

function documentOf(
  { language, brand, texts }: View,
  { title, tone, content, languageLinks }: Parts,
  { styles, scripts }: { readonly styles: readonly string[]; readonly scripts: readonly string[] },
): Html {
  return html`<!doctype html>
<html lang="${language}" dir="${LANGUAGES[language].direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${withoutMarkup(title)} – ${brand.name}</title>
${styles.map((style) => html`<style>${new Html(style)}</style>\n`)}</head>
<body>
<div class="shell">
<header class="brand">${brand.logo ? logoImage(brand.logo) : ''}<bdi>${brand.name}</bdi></header>
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
</div>
${scripts.map((script) => html`<script>${new Html(script)}</script>\n`)}</body>
</html>`
}

/** A logo that does not follow the colour scheme by itself is shown on a light plate in the dark. */
function logoImage(logo: string): Html {
  const [, content = ''] = logo.split(',')
  const isAdaptive = Buffer.from(content, 'base64').includes('prefers-color-scheme')
  return html`<img src="${logo}" alt=""${isAdaptive ? '' : html` class="plate"`}>`
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

/** A title as browsers show it on the tab, where no element can be. */
function withoutMarkup(title: Words): Words {
  return typeof title === 'string' ? title : new Html(title.text.replaceAll(/<\/?bdi>/g, ''))
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
