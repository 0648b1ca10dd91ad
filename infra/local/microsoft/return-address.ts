import { html, htmlDocument } from './html.ts'
import { page, type Reply, redirect } from './reply.ts'

/** Where and how an authorization response reaches the application. */
export interface ReturnAddress {
  readonly redirectUri: string
  readonly responseMode: 'query' | 'fragment' | 'form_post'
  readonly state: string | undefined
}

/** Sends the browser back to the application with these parameters. */
export function returnTo(
  address: ReturnAddress,
  parameters: Readonly<Record<string, string>>,
): Reply {
  if (address.responseMode === 'form_post') return formPost(address, parameters)
  return redirect(returnUrl(address, parameters))
}

/** The address with its parameters; behind a query Entra puts an empty fragment. */
export function returnUrl(
  { redirectUri, responseMode, state }: ReturnAddress,
  parameters: Readonly<Record<string, string>>,
): string {
  const all = new URLSearchParams(withState(parameters, state)).toString()
  if (responseMode === 'fragment') return `${redirectUri}#${all}`
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${all}#`
}

/** Entra submits this form by script; here a person does. */
function formPost(
  { redirectUri, state }: ReturnAddress,
  parameters: Readonly<Record<string, string>>,
): Reply {
  const fields = Object.entries(withState(parameters, state)).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const content = html`<h1>Return to the application</h1>
<form method="post" action="${redirectUri}">${fields}<button class="primary">Continue</button></form>`
  return page(200, htmlDocument('Return to the application', content))
}

function withState(
  parameters: Readonly<Record<string, string>>,
  state: string | undefined,
): Record<string, string> {
  return state === undefined ? { ...parameters } : { ...parameters, state }
}
