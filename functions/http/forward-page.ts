import { button } from './components.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import type { HttpResponse } from './responses.ts'
import type { View } from './view.ts'

/**
 * Answers a form whose way leads on to Microsoft. A redirect would not do: browsers hold the page's
 * policy `form-action 'self'` against every redirect that follows a form, up to wherever an organization
 * signs its people in.
 * @see https://www.w3.org/TR/CSP3/#directive-form-action
 */
export function forwardPage(
  view: View,
  url: string,
  cookies: readonly string[] = [],
): HttpResponse {
  const { title, text, button: label } = view.texts.pages.forward
  const response = page(view, {
    statusCode: 200,
    title,
    tone: 'busy',
    content: html`<p>${text}</p>\n${button(label, url, 'secondary')}`,
    refresh: { seconds: 0, url },
  })
  return { ...response, cookies: [...cookies] }
}
