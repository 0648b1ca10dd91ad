import { situationOfCode } from '../domain/aadsts-situations.ts'
import { factsOf } from '../domain/situations.ts'
import { details, languageLinks } from './components.ts'
import { whereRow, whoRow } from './guidance-rows.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import type { HttpResponse } from './responses.ts'
import type { View } from './view.ts'

/** A code as Microsoft's pages and logs write it, with or without its prefix. */
const AADSTS_CODE = /^(?:AADSTS)?(\d{4,8})$/i

/**
 * What an AADSTS code means here, who can act and what to do: for links from logs and mails, since many
 * refusals end on Microsoft's own page and never come back.
 */
export function helpPage(view: View, code: string): HttpResponse {
  const [, digits] = AADSTS_CODE.exec(code) ?? []
  return digits === undefined ? missingPage(view) : codePage(view, Number(digits))
}

function codePage(view: View, aadstsCode: number): HttpResponse {
  const situation = situationOfCode(aadstsCode) ?? 'unknown_refusal'
  const { title, happened, remedy } = view.texts.situations[situation]
  const words = view.texts.pages.failed
  return page(view, {
    statusCode: 200,
    title,
    tone: 'neutral',
    content: html`<p>${happened}</p>
<p>${remedy}</p>
${details([
  [words.code, `AADSTS${aadstsCode}`],
  whoRow(view, factsOf(situation).who),
  ...whereRow(view, situation),
])}`,
    languageLinks: languageLinks(view),
  })
}

function missingPage(view: View): HttpResponse {
  const { title, text } = view.texts.help.missing
  return page(view, {
    statusCode: 404,
    title,
    tone: 'bad',
    content: html`<p>${text}</p>`,
    languageLinks: languageLinks(view),
  })
}
