import type { Browser, Popup, WindowMessage } from './browser.ts'
import { type ConnectResult, resultFromMessage } from './connect-result.ts'
import type { SignInLink } from './sign-in-link.ts'

/** By its name a second click finds the popup of the first one. */
const NAME = 'dynamics-connect'

/** Microsoft's sign-in fits without scrolling. */
const WIDTH = 520
const HEIGHT = 720

/** No event tells that another window was closed, so it is looked at, this often. */
const LOOK_EVERY_MS = 250

/**
 * Opens the popup, empty, in the middle of this window; one that is open already comes to the front.
 * @returns `undefined` when the browser blocks it.
 */
export function openPopup(browser: Browser): Popup | undefined {
  const left = Math.round(browser.screenX + (browser.outerWidth - WIDTH) / 2)
  const top = Math.round(browser.screenY + (browser.outerHeight - HEIGHT) / 2)
  const features = `popup=yes,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`
  const popup = browser.open('', NAME, features)
  if (popup === null || popup.closed) return undefined
  popup.focus()
  return popup
}

/**
 * Waits until the sign-in in the popup ends: the service tells of an end other than a failure, or the
 * popup is closed, which leaves the last failure or else `closed`.
 */
export function endOfSignIn(
  browser: Browser,
  popup: Popup,
  link: SignInLink,
): Promise<ConnectResult> {
  return new Promise((resolve) => {
    let result: ConnectResult = { connectionId: link.connectionId, status: 'closed' }
    let wasClosed = false
    const end = () => {
      browser.removeEventListener('message', hear)
      browser.clearInterval(interval)
      resolve(result)
    }
    const hear = (message: WindowMessage) => {
      result = toldOf(link, popup, message) ?? result
      if (result.status !== 'failed' && result.status !== 'closed') end()
    }
    const look = () => {
      // A message that was posted just before may arrive after the popup is gone: one more look.
      if (wasClosed) end()
      wasClosed = popup.closed
    }
    browser.addEventListener('message', hear)
    const interval = browser.setInterval(look, LOOK_EVERY_MS)
  })
}

/** What the service tells of this link; `undefined` for what another page, window or link says. */
function toldOf(
  { url, connectionId }: SignInLink,
  popup: Popup,
  { origin, source, data }: WindowMessage,
): ConnectResult | undefined {
  const isFromService = origin === url.origin
  const isFromPopup = source === popup || source === null
  if (!isFromService || !isFromPopup) return undefined
  const told = resultFromMessage(data)
  return told?.connectionId === connectionId ? told : undefined
}
