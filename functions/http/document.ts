import { createHash } from 'node:crypto'
import { brandStyle } from './brand-style.ts'
import type { Words } from './components.ts'
import { COPY_SCRIPT } from './copy-script.ts'
import { Html, html } from './html.ts'
import { LANGUAGES } from './language.ts'
import { PAGE_STYLE } from './page-style.ts'
import { type HttpResponse, htmlPage } from './responses.ts'
import type { View } from './view.ts'

/** What a page is made of, whatever its layout. */
export interface DocumentParts {
  readonly statusCode: number
  readonly title: Words
  readonly body: Html
  /** Style sheets beside that of every page and that of the brand, as constant text. */
  readonly styles?: readonly string[]
  /** Scripts of ours, as constant text, so that their hashes can be allowed. */
  readonly scripts?: readonly string[]
  /** The one origin that may show the page in a frame. */
  readonly framedBy?: string | undefined
}

/**
 * Renders a document that loads nothing from anywhere. The policy of what it may do follows from what is
 * in it: a form, a frame of the service's own, a copy field, a script, a logo.
 */
export function documentResponse(view: View, parts: DocumentParts): HttpResponse {
  const { text } = parts.body
  const hasCopyField = text.includes(' data-copy=')
  const scripts = [...(hasCopyField ? [COPY_SCRIPT] : []), ...(parts.scripts ?? [])]
  const styles = [PAGE_STYLE, ...(parts.styles ?? []), brandStyle(view.brand.colour)]
  const document = documentOf(view, parts, { styles, scripts })
  return htmlPage(document.text, parts.statusCode, {
    styles: styles.map(hashOf),
    framedBy: parts.framedBy,
    hasForm: text.includes('<form '),
    hasFrame: text.includes('<iframe '),
    ...(text.includes('src="data:') ? { images: ['data:'] } : {}),
    ...(scripts.length > 0 ? { scripts: scripts.map(hashOf) } : {}),
  })
}

function documentOf(
  { language, brand }: View,
  { title, body }: DocumentParts,
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
${body}
${scripts.map((script) => html`<script>${new Html(script)}</script>\n`)}</body>
</html>`
}

/** The partner's logo and name, at the head of a page. */
export function brandMark({ brand }: View): Html {
  return html`${brand.logo ? logoImage(brand.logo) : ''}<bdi>${brand.name}</bdi>`
}

/** A logo that does not follow the colour scheme by itself is shown on a light plate in the dark. */
function logoImage(logo: string): Html {
  const [, content = ''] = logo.split(',')
  const isAdaptive = Buffer.from(content, 'base64').includes('prefers-color-scheme')
  return html`<img src="${logo}" alt=""${isAdaptive ? '' : html` class="plate"`}>`
}

/** A title as browsers show it on the tab, where no element can be. */
function withoutMarkup(title: Words): Words {
  return typeof title === 'string' ? title : new Html(title.text.replaceAll(/<\/?bdi>|<wbr>/g, ''))
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
