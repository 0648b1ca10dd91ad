import { type RawAnswer, serverTimeOf } from './answer.ts'
import {
  ClientRejected,
  type DynamicsConnectError,
  type ErrorFacts,
  ImportRefused,
  NotConnected,
  NotFound,
  type Reason,
  ReauthorizationRequired,
  RequestRefused,
  Unavailable,
  UnexpectedAnswer,
} from './errors.ts'
import { isObject, type JsonObject, optionalObject } from './json.ts'
import { reasonOf } from './reason.ts'

/** How long to wait where nobody says. */
const RETRY_AFTER_SECONDS = 5

/** A call that did not succeed. */
export interface Failure {
  readonly error: DynamicsConnectError
  /** How long the service wants to be left alone, where it said so. */
  readonly toldWaitMs: number | undefined
}

/** Nothing answered. What the runtime threw is not passed on: it may hold the request and its secrets. */
export function noAnswer(origin: string, thrown: unknown, isRepeatable: boolean): Failure {
  const isTimeout = thrown instanceof Error && thrown.name === 'TimeoutError'
  const cause = causeOf(thrown)
  const why = isTimeout ? 'it took too long' : (cause ?? 'the connection failed')
  const advice = adviceFor(cause ?? '')
  const unsure = isRepeatable
    ? ''
    : ' It may have been done all the same: look before you repeat it.'
  const error = new Unavailable(`No answer from ${origin} (${why}). ${advice}${unsure}`, {
    code: isTimeout ? 'timed_out' : 'no_answer',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  })
  return { error, toldWaitMs: undefined }
}

/** The error for an answer that is no success; `json` is undefined where it is none. */
export function failureOf(answer: RawAnswer, json: unknown): Failure {
  const said = isObject(json) ? json : undefined
  if (answer.status === 429 || answer.status >= 500) return unavailable(answer, said)
  if (typeof said?.Code !== 'string') return { error: notTheService(answer), toldWaitMs: undefined }
  return { error: refusal(messageOf(said), factsOf(answer, said)), toldWaitMs: undefined }
}

/** What answered speaks another language than the service. */
export function notTheService(answer: RawAnswer): UnexpectedAnswer {
  const { origin, status, headers } = answer
  const target = headers.get('location') ?? ''
  const elsewhere = URL.canParse(target, origin) ? new URL(target, origin).origin : undefined
  const isRedirect = status === 0 || (status >= 300 && status < 400)
  const message = isRedirect
    ? `${origin} redirects${elsewhere ? ` to ${elsewhere}` : ''}. Set url to where the service itself answers.`
    : `${origin} did not answer as the service does (status ${status}, ${kindOf(answer)}). Check url, and whether a proxy stands between.`
  return new UnexpectedAnswer(message, factsOf(answer, undefined))
}

function unavailable(answer: RawAnswer, said: JsonObject | undefined): Failure {
  const facts = factsOf(answer, said)
  const toldWaitMs = retryAfterOf(answer)
  const retryAfterSeconds =
    toldWaitMs === undefined ? RETRY_AFTER_SECONDS : Math.ceil(toldWaitMs / 1000)
  const otherwise = `${answer.origin} cannot answer now (status ${answer.status}). Try again in a moment; if it stays, tell the service's operator.`
  const message = typeof said?.Code === 'string' ? messageOf(said) : otherwise
  return { error: new Unavailable(message, { ...facts, retryAfterSeconds }), toldWaitMs }
}

function refusal(message: string, facts: ErrorFacts): DynamicsConnectError {
  switch (facts.code) {
    case 'reauthorization_required':
      return new ReauthorizationRequired(message, facts)
    case 'not_connected':
      return new NotConnected(message, facts)
    case 'import_refused':
      return new ImportRefused(message, facts)
    case 'api_client_rejected':
      return new ClientRejected(
        `${message} Check clientId and clientSecret; the page Access of the service's console makes new ones.`,
        facts,
      )
  }
  if (facts.status === 401) return new ClientRejected(message, facts)
  return facts.status === 404 ? new NotFound(message, facts) : new RequestRefused(message, facts)
}

function factsOf({ status, headers }: RawAnswer, said: JsonObject | undefined): ErrorFacts {
  const isTold = typeof said?.Code === 'string'
  const { Code, RequestId } = said ?? {}
  return {
    code: isTold ? String(Code) : status === 429 ? 'too_many_requests' : 'unexpected_answer',
    status,
    requestId:
      typeof RequestId === 'string' ? RequestId : (headers.get('apigw-requestid') ?? undefined),
    reason: isTold ? reasonIn(said) : undefined,
  }
}

/** A reason that this version cannot read takes nothing from the rest of what is told. */
function reasonIn(said: JsonObject): Reason | undefined {
  try {
    return reasonOf(optionalObject(said, 'Reason'))
  } catch {
    return undefined
  }
}

function messageOf({ Message }: JsonObject): string {
  return typeof Message === 'string' ? Message : 'The service refused without saying why.'
}

function kindOf({ headers }: RawAnswer): string {
  return headers.get('content-type')?.split(';')[0] || 'no content type'
}

/** RFC 9110 §10.2.3: seconds, or a date, which is held against the clock of whoever wrote it. */
function retryAfterOf(answer: RawAnswer): number | undefined {
  const told = answer.headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,6}$/.test(told)) return Number(told) * 1000
  const date = Date.parse(told)
  return Number.isNaN(date) ? undefined : Math.max(date - serverTimeOf(answer), 0)
}

/** `ECONNREFUSED` and its like, from as deep as runtimes hide them. */
function causeOf(thrown: unknown): string | undefined {
  const depths = [isThrown(thrown) ? thrown.cause : undefined, thrown]
  const codes = depths.map((error) => (isThrown(error) ? String(error.code) : ''))
  return codes.find((code) => /^[A-Z][A-Z0-9_]{2,60}$/.test(code))
}

/** How OpenSSL and Node name what is wrong with a certificate. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|CRL_/

function adviceFor(cause: string): string {
  if (CERTIFICATE.test(cause)) {
    return "Its certificate is not trusted here: check url, this machine's clock, and the authorities that it trusts."
  }
  if (cause === 'ENOTFOUND') return 'There is no such host: check url, and the network.'
  if (cause.startsWith('ERR_SSL_')) return 'What answers there does not speak https: check url.'
  return 'Check url, the network and that the service is up.'
}

function isThrown(value: unknown): value is { readonly code?: unknown; readonly cause?: unknown } {
  return typeof value === 'object' && value !== null
}
