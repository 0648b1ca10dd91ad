import { connectError } from './connect-error.ts'
import { connectionIdOf } from './connect-result.ts'

/** A link that the vendor's backend made. */
export interface SignInLink {
  readonly url: URL
  readonly connectionId: number
}

/**
 * Reads a link: https, or http on this machine, with a connection id.
 * @throws Error `InvalidLinkError`
 */
export function signInLink(text: unknown): SignInLink {
  const url = typeof text === 'string' ? urlOf(text) : undefined
  const connectionId = url && connectionIdOf(url.searchParams.get('id'))
  if (url === undefined || connectionId === undefined || !isSafe(url)) {
    throw connectError('InvalidLinkError', 'give the sign-in link that your backend made')
  }
  return { url, connectionId }
}

/** The link as a popup opens it: its pages tell this origin, by message, how it ended. */
export function popupUrl(link: SignInLink, origin: string, language?: string): string {
  return adapted(link, { responseMode: 'message', targetOrigin: origin, lang: language })
}

/** The link as the page itself goes to it: the browser comes back to `returnUrl`. */
export function redirectUrl(link: SignInLink, returnUrl: URL, language?: string): string {
  const target = new URL(returnUrl.href)
  for (const name of ['connectionId', 'status', 'completionId']) target.searchParams.delete(name)
  return adapted(link, { targetOrigin: target.href, lang: language })
}

function adapted(link: SignInLink, query: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(link.url.href)
  url.searchParams.delete('responseMode')
  // It asks for a message of the vendor's own, which this script would not understand.
  url.searchParams.delete('callbackMessage')
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url.href
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function isSafe({ protocol, hostname }: URL): boolean {
  const isThisMachine = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isThisMachine)
}
