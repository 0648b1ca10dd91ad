import {
  AUTHORIZATION_REQUEST_LIFETIME_MS,
  type OwnAuthorizationRequest,
} from '../domain/authorization-request.ts'
import { hostCookie } from './host-cookie.ts'
import type { HttpRequest } from './request.ts'

/** Part of the id, enough to keep the attempts of two tabs apart. */
const ID_CHARACTERS = 16

/** What a `browserSecret` looks like; a cookie with anything else is none of ours. */
const BROWSER_SECRET = /^[\w-]{43}$/

/** The cookie that ties an authorization request to the browser that began it: see {@link hostCookie}. */
export interface BrowserCookie {
  set(request: OwnAuthorizationRequest): string
  read(request: HttpRequest, authorizationRequestId: string): string | undefined
}

/** @param publicUrl where browsers reach the service */
export function browserCookie(publicUrl: string): BrowserCookie {
  const cookieFor = (id: string) =>
    hostCookie({
      publicUrl,
      name: `dynamics-connect-${id.slice(0, ID_CHARACTERS)}`,
      lifetimeMs: AUTHORIZATION_REQUEST_LIFETIME_MS,
      form: BROWSER_SECRET,
    })
  return {
    set: ({ id, browserSecret }) => cookieFor(id).set(browserSecret),
    read: (request, id) => cookieFor(id).read(request),
  }
}
