import { cookieOf, type HttpRequest } from './request.ts'

/**
 * A cookie of this host alone. `__Host-` makes browsers refuse it unless it is secure, of this host and of the
 * whole host; over plain HTTP, which only a local run uses, the name goes without.
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2
 */
export interface HostCookie {
  /** The `Set-Cookie` header with this value. */
  set(value: string): string
  /** The `Set-Cookie` header that takes it away. */
  clear(): string
  /** @returns `undefined` when the request has none, or one that was never set here. */
  read(request: HttpRequest): string | undefined
}

export interface HostCookieOptions {
  /** Where browsers reach the service. */
  readonly publicUrl: string
  readonly name: string
  readonly lifetimeMs: number
  /** What its value looks like. */
  readonly form: RegExp
}

export function hostCookie(options: HostCookieOptions): HostCookie {
  const isSecure = options.publicUrl.startsWith('https://')
  const name = `${isSecure ? '__Host-' : ''}${options.name}`
  const header = (value: string, seconds: number): string =>
    [
      `${name}=${value}`,
      'Path=/',
      `Max-Age=${seconds}`,
      'HttpOnly',
      'SameSite=Lax',
      ...(isSecure ? ['Secure'] : []),
    ].join('; ')
  return {
    set: (value) => header(value, options.lifetimeMs / 1000),
    clear: () => header('', 0),
    read: (request) => {
      const value = cookieOf(request, name)
      return value !== undefined && options.form.test(value) ? value : undefined
    },
  }
}
