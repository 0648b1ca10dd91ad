import { aadstsCodeOf } from '../domain/error-description.ts'
import type { Refusal, TokenEndpointFailure } from '../domain/token-endpoint.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'

/** A claims challenge is stored and goes into a URL. */
const LONGEST_CLAIMS = 2048

/** Identifiers that are safe to keep: what Microsoft's support asks for. */
const IDENTIFIER = /^[0-9a-f-]{1,64}$/i

/** An OAuth error or suberror (RFC 6749 §5.2); anything else is not shown or stored. */
const ERROR_NAME = /^[a-z0-9_.-]{1,64}$/i

/**
 * Reads an answer of the token endpoint that is not a success: by status first, then by its body
 * (RFC 6749 §5.2 with Entra's additions). Nothing of `error_description` but the number is kept.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
export async function entraFailureOf(response: Response, now: Date): Promise<TokenEndpointFailure> {
  const { status } = response
  const retryAfter = retryAfterOf(response.headers.get('retry-after'), now)
  const body = jsonObjectOf(await response.text())
  const error = body && optionalText(body, 'error')
  const isPassing = status < 400 || status === 408 || status === 429 || status >= 500
  if (isPassing) return { outcome: 'unavailable', status, retryAfter }
  if (body === undefined || error === undefined || !ERROR_NAME.test(error)) {
    return { outcome: 'malformed', what: `status ${status} without an OAuth error` }
  }
  return { outcome: 'refused', refusal: { status, error, retryAfter, ...evidenceOf(body) } }
}

function evidenceOf(
  body: Readonly<Record<string, unknown>>,
): Omit<Refusal, 'status' | 'error' | 'retryAfter'> {
  return {
    suberror: matching(optionalText(body, 'suberror'), ERROR_NAME),
    code: aadstsCodeOf(optionalText(body, 'error_description')),
    claims: claimsChallengeOf(optionalText(body, 'claims')),
    correlationId: matching(optionalText(body, 'correlation_id'), IDENTIFIER),
    traceId: matching(optionalText(body, 'trace_id'), IDENTIFIER),
  }
}

/** A JSON object as text, to be passed on as it is; anything else, or a long one, is none. */
function claimsChallengeOf(claims: string | undefined): string | undefined {
  const isChallenge = claims !== undefined && claims.length <= LONGEST_CLAIMS
  return isChallenge && jsonObjectOf(claims) ? claims : undefined
}

function matching(text: string | undefined, pattern: RegExp): string | undefined {
  return text !== undefined && pattern.test(text) ? text : undefined
}

/** One number, or several of a header that was sent more than once: the longest wait counts. */
const SECONDS = /^\s*\d+\s*(,\s*\d+\s*)*$/

/** What a Date can hold; bounds are the schedule's. */
const MOST_SECONDS = 1e9

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** Retry-After in either of its forms (RFC 9110 §10.2.3): seconds, or a date. */
function retryAfterOf(header: string | null, now: Date): Date | undefined {
  if (header === null) return undefined
  if (SECONDS.test(header)) {
    const seconds = Math.max(...header.split(',').map(Number))
    return new Date(now.getTime() + Math.min(seconds, MOST_SECONDS) * 1000)
  }
  const date = new Date(HTTP_DATE.test(header.trim()) ? header : Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}
