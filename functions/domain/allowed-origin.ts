import { ServiceError } from './service-error.ts'

/** More than a partner has pages; each is part of every read of the settings. */
export const MOST_ALLOWED_ORIGINS = 50

/** A scheme and a host, perhaps a port: a URL parser would repair more than that. */
const BARE = /^https?:\/\/[^\s/\\?#@]{1,255}\/?$/i

/** An origin as a browser sends it: a wildcard would be a host that no browser can be at. */
const ORIGIN = /^(?:https:\/\/[a-z0-9.-]+(?::\d+)?|http:\/\/localhost:\d+)$/

/** More of what was written than this says nothing. */
const LONGEST_QUOTE = 100

/**
 * The origin that somebody wrote, as browsers write it: in lower case, in punycode, without a slash at the
 * end or the port that goes without saying.
 * @returns `undefined` when it is no origin that a sign-in could return to
 */
export function originOf(written: string): string | undefined {
  const bare = written.trim()
  if (!BARE.test(bare) || !URL.canParse(bare)) return undefined
  const { origin } = new URL(bare)
  return ORIGIN.test(origin) ? origin : undefined
}

/**
 * An exact https origin, or that of a page on one's own machine.
 * @throws ServiceError `request_invalid` that says what to write
 */
export function parseOrigin(written: string): string {
  const origin = originOf(written)
  if (origin !== undefined) return origin
  const quoted = JSON.stringify(written.slice(0, LONGEST_QUOTE))
  throw new ServiceError(
    `${quoted} is not an origin: write "https://", the host and, where there is one, the port, such as "https://app.example.com", without a path or a wildcard; a page on your own machine is "http://localhost" with its port`,
    { code: 'request_invalid' },
  )
}

/**
 * All origins that a sign-in may return to, each once.
 * @throws ServiceError `request_invalid` that says what to write
 */
export function parseOrigins(written: readonly string[]): readonly string[] {
  const origins = [...new Set(written.map(parseOrigin))]
  if (origins.length <= MOST_ALLOWED_ORIGINS) return origins
  throw new ServiceError(
    `these are ${origins.length} origins: write at most ${MOST_ALLOWED_ORIGINS}, and leave out those that nobody returns to`,
    { code: 'request_invalid' },
  )
}
