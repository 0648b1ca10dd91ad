import { situationOfCode } from '../domain/aadsts-situations.ts'
import { factsOf } from '../domain/situations.ts'
import { textOf } from './guidance-text.ts'
import { html, page } from './page.ts'
import type { HttpResponse } from './responses.ts'
import { WHO, whereRow } from './sign-in-pages.ts'
import texts from './texts/en.json' with { type: 'json' }

/** A code as Microsoft's pages and logs write it, with or without its prefix. */
const AADSTS_CODE = /^(?:AADSTS)?(\d{4,8})$/i

/**
 * What an AADSTS code means here, who can act and what to do: for links from logs and mails, since many
 * refusals end on Microsoft's own page and never come back.
 */
export function helpPage(code: string): HttpResponse {
  const [, digits] = AADSTS_CODE.exec(code) ?? []
  return digits === undefined ? missingPage() : codePage(Number(digits))
}

function codePage(aadstsCode: number): HttpResponse {
  const situation = situationOfCode(aadstsCode) ?? 'unknown_refusal'
  const { title, happened, remedy } = textOf(situation)
  return page({
    statusCode: 200,
    title,
    tone: 'neutral',
    content: html`<p>${happened}</p>
<p>${remedy}</p>
<dl><dt>Code</dt><dd>AADSTS${aadstsCode}</dd>
<dt>Who can mend it</dt><dd>${WHO[factsOf(situation).who]}</dd>
${whereRow(situation)}</dl>`,
  })
}

function missingPage(): HttpResponse {
  const { title, text } = texts.help.missing
  return page({ statusCode: 404, title, tone: 'bad', content: html`<p>${text}</p>` })
}
