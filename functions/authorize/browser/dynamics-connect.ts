import type { Browser } from './browser.ts'
import { connectError } from './connect-error.ts'
import { type ConnectResult, resultFromUrl } from './connect-result.ts'
import { popupUrl, redirectUrl, type SignInLink, signInLink } from './sign-in-link.ts'
import { endOfSignIn, openPopup } from './sign-in-popup.ts'

/** The link itself, or what asks the vendor's backend for it. */
export type LinkSource = string | (() => Promise<string>)

/** How to sign in; README.md says what each is good for. */
export interface ConnectOptions {
  readonly mode?: 'popup' | 'redirect'
  /** What to do when the popup is blocked; without it `connect` rejects. */
  readonly fallback?: 'redirect'
  /** Where a redirect comes back to: this page unless said. */
  readonly returnUrl?: string
  readonly signal?: AbortSignal
  /** Of the service's pages, as in `de`. */
  readonly language?: string
}

/** The script's whole surface. */
export interface DynamicsConnect {
  /**
   * Lets the person connect Dynamics 365; to be called in the click itself.
   * @throws Error `PopupBlockedError`, `InvalidLinkError`, the reason of `signal`, or whatever the
   * link source throws; none repeats the link.
   */
  connect(link: LinkSource, options?: ConnectOptions): Promise<ConnectResult>
  /** The result in a URL that a redirect came back to: this page's unless given. */
  resultFrom(url?: string): ConnectResult | undefined
}

/** The script over a browser's window. */
export function dynamicsConnect(browser: Browser): DynamicsConnect {
  const connectInPopup = popupConnector(browser)
  return {
    connect: async (source, options = {}) => {
      if (options.signal?.aborted) throw abortReason(options.signal)
      // What is wrong with the link should be said before anything opens.
      if (typeof source !== 'function') signInLink(source)
      return options.mode === 'redirect'
        ? connectByRedirect(browser, source, options)
        : connectInPopup(source, options)
    },
    resultFrom: (url = browser.location.href) => resultFromUrl(new URL(url, browser.location.href)),
  }
}

type Connector = (source: LinkSource, options: ConnectOptions) => Promise<ConnectResult>

/** There is one popup: the latest attempt holds it, and alone may navigate and close it. */
function popupConnector(browser: Browser): Connector {
  let holder: object | undefined
  return async (source, options) => {
    const popup = openPopup(browser)
    if (popup === undefined) return withoutPopup(browser, source, options)
    const attempt = {}
    holder = attempt
    const signIn = async (): Promise<ConnectResult> => {
      const link = await linkFrom(source)
      const mayNavigate = holder === attempt && !popup.closed
      if (mayNavigate) {
        popup.location.replace(popupUrl(link, browser.location.origin, options.language))
      }
      return endOfSignIn(browser, popup, link)
    }
    try {
      return await unlessAborted(signIn(), options.signal)
    } finally {
      // That also ends the listening of an attempt that was aborted.
      if (holder === attempt) popup.close()
    }
  }
}

async function withoutPopup(
  browser: Browser,
  source: LinkSource,
  options: ConnectOptions,
): Promise<ConnectResult> {
  if (options.fallback === 'redirect') return connectByRedirect(browser, source, options)
  throw connectError(
    'PopupBlockedError',
    'the browser blocked the popup: call connect in the click itself, or with mode "redirect"',
  )
}

/** Leaves the page. Its promise is settled only when the person comes back by the Back button. */
async function connectByRedirect(
  browser: Browser,
  source: LinkSource,
  { returnUrl = '', signal, language }: ConnectOptions,
): Promise<ConnectResult> {
  const target = new URL(returnUrl, browser.location.href)
  const link = await unlessAborted(linkFrom(source), signal)
  const cameBack = unlessAborted(returnByBackButton(browser, link), signal)
  browser.location.assign(redirectUrl(link, target, language))
  return cameBack
}

/** Browsers keep the page as it was, with its promises, and show it again. */
function returnByBackButton(
  browser: Browser,
  { connectionId }: SignInLink,
): Promise<ConnectResult> {
  return new Promise((resolve) => {
    browser.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) resolve({ connectionId, status: 'closed' })
    })
  })
}

async function linkFrom(source: LinkSource): Promise<SignInLink> {
  return signInLink(typeof source === 'function' ? await source() : source)
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortReason(signal))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** As `fetch` rejects: with the reason, which is an AbortError unless the caller chose another. */
function abortReason(signal: AbortSignal): unknown {
  return signal.reason ?? connectError('AbortError', 'the sign-in was aborted')
}
