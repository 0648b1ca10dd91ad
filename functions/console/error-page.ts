import { button, details } from '../http/components.ts'
import { isTold, STATUS_OF } from '../http/error-response.ts'
import { type Html, html } from '../http/html.ts'
import type { HttpResponse } from '../http/responses.ts'
import { CONSOLE_PATH } from '../http/routes.ts'
import { openConsolePage } from './console-page.ts'
import type { Visit } from './visit.ts'
import type { ConsoleTexts } from './words.ts'

/** What went wrong, for a person. */
export function consoleErrorPage(visit: Visit, error: unknown): HttpResponse {
  const { shell } = visit.words
  const { title, content } = wordsFor(shell, error)
  return openConsolePage(visit, {
    statusCode: isTold(error) ? STATUS_OF[error.code] : 500,
    title,
    content: html`${content}
${details([[shell.request, visit.http.requestContext.requestId]])}
<p>${button(shell.back, CONSOLE_PATH, 'secondary')}</p>`,
  })
}

function wordsFor(shell: ConsoleTexts['shell'], error: unknown): { title: string; content: Html } {
  const failed = html`<p>${shell.failed_text}</p>`
  if (!isTold(error)) return { title: shell.failed, content: failed }
  if (error.code === 'not_found') {
    return { title: shell.not_found, content: html`<p>${shell.not_found_text}</p>` }
  }
  const isRefused = STATUS_OF[error.code] < 500
  const title = isRefused ? shell.refused : shell.failed
  return { title, content: html`${isRefused ? '' : failed}${inEnglish(error.message)}` }
}

/** The words of an error of ours, which are English in the API too. */
function inEnglish(message: string): Html {
  return html`<p lang="en">${message.charAt(0).toUpperCase()}${message.slice(1)}.</p>`
}
