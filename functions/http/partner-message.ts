import type { ReturnTarget } from '../domain/authorization-request.ts'
import { getsMessage } from '../domain/return-target.ts'
import { type Html, html } from './html.ts'

/** How a sign-in ended, as the partner learns it: never with a token, a code or anybody's name. */
export interface SignInResult {
  readonly connectionId: number
  readonly status: 'connected' | 'failed' | 'confirmation_required'
  /** Why it failed. */
  readonly code?: string
  /** What the partner's backend completes the sign-in with. */
  readonly completionId?: string
}

/** Where the browser goes back to, with the result in the query. */
export function returnUrl({ targetOrigin }: ReturnTarget, result: SignInResult): string {
  const url = new URL(targetOrigin)
  const { connectionId, status, completionId } = result
  url.searchParams.set('connectionId', String(connectionId))
  url.searchParams.set('status', status)
  if (completionId !== undefined) url.searchParams.set('completionId', completionId)
  return url.href
}

/** Where a link leads back to the partner: with the result, unless that goes by a message. */
export function wayBack(target: ReturnTarget, result: SignInResult): string {
  return getsMessage(target) ? new URL(target.targetOrigin).origin : returnUrl(target, result)
}

/** What a page needs to tell the partner's window, and the script that does it. */
export interface PartnerMessage {
  readonly content: Html
  readonly script: string
  readonly framedBy: string
}

/**
 * The message for the partner's window, for the page to carry; `undefined` where the partner is not told by
 * message. A `callbackMessage` is posted as it is, and only once connected.
 */
export function partnerMessage(
  target: ReturnTarget,
  result: SignInResult,
): PartnerMessage | undefined {
  const words = result.status === 'connected' ? target.callbackMessage : undefined
  const isTold = target.mode === 'message' || result.completionId !== undefined
  if (!getsMessage(target) || (words === undefined && !isTold)) return undefined
  const { origin } = new URL(target.targetOrigin)
  const message = isTold ? JSON.stringify({ source: 'dynamics-connect', ...result }) : undefined
  const attributes = [
    ...(words === undefined ? [] : [html` data-words="${words}"`]),
    ...(message === undefined ? [] : [html` data-message="${message}"`]),
    ...(result.status === 'failed' ? [] : [html` data-closes`]),
  ]
  const content = html`<div id="partner" data-origin="${origin}"${attributes} hidden></div>`
  return { content, script: POST_MESSAGE, framedBy: origin }
}

/**
 * Tells the window that opened this one or holds it in a frame, and the one that holds such an opener in a
 * frame; each only if it is of the partner's origin.
 */
const POST_MESSAGE = `
const { origin, words, message, closes } = document.getElementById('partner').dataset
const { opener, parent } = window
for (const partner of new Set([opener, parent, opener && opener.parent])) {
  if (!partner || partner === window) continue
  if (words !== undefined) partner.postMessage(words, origin)
  if (message !== undefined) partner.postMessage(JSON.parse(message), origin)
}
if (opener && closes !== undefined) window.close()
`
