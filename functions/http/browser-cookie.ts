import {
  AUTHORIZATION_REQUEST_LIFETIME_MS,
  type OwnAuthorizationRequest,
} from '../domain/authorization-request.ts'
import { cookieOf, type HttpRequest } from './request.ts'

/** Part of the id, enough to keep the attempts of two tabs apart. */
const ID_CHARACTERS = 16

/** What a `browserSecret` looks like; a cookie with anything else is none of ours. */
const BROWSER_SECRET = /^[\w-]{43}$/

/**
 * The cookie that ties an authorization request to the browser that began it. `__Host-` makes browsers
 * refuse it unless it is secure, of this host alone and of the whole host; over plain HTTP, which only
 * a local run uses, the name goes without.
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2
 */
export interface BrowserCookie {
  set(request: OwnAuthorizationRequest): string
  read(request: HttpRequest, authorizationRequestId: string): string | undefined
}

/** @param publicUrl where browsers reach the service */
export function browserCookie(publicUrl: string): BrowserCookie {
  const isSecure = publicUrl.startsWith('https://')
  const nameFor = (id: string): string =>
    `${isSecure ? '__Host-' : ''}dynamics-connect-${id.slice(0, ID_CHARACTERS)}`
  const attributes = [
    'Path=/',
    `Max-Age=${AUTHORIZATION_REQUEST_LIFETIME_MS / 1000}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure ? ['Secure'] : []),
  ].join('; ')
  return {
    set: ({ id, browserSecret }) => `${nameFor(id)}=${browserSecret}; ${attributes}`,
    read: (request, id) => {
      const value = cookieOf(request, nameFor(id))
      return value !== undefined && BROWSER_SECRET.test(value) ? value : undefined
    },
  }
}
