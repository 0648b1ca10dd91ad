import { randomUUID } from 'node:crypto'
import data from './refusals.json' with { type: 'json' }
import { json, type Reply } from './reply.ts'

/** What is known of one AADSTS code. */
interface RefusalKind {
  readonly error: string
  readonly status: number
  readonly text: string
  readonly suberror: string | undefined
  /** Microsoft shows it on its own page and never sends the browser back. */
  readonly page: boolean
  readonly claims: string | undefined
}

/** One refusal, as the token endpoint's body has it. */
export interface Refusal {
  readonly status: number
  readonly body: RefusalBody
}

/** The error body of the token endpoint. */
export interface RefusalBody {
  readonly error: string
  readonly error_description: string
  readonly error_codes: readonly number[]
  readonly timestamp: string
  readonly trace_id: string
  readonly correlation_id: string
  readonly error_uri?: string
  readonly suberror?: string
  readonly claims?: string
}

interface Entry {
  readonly error: string
  readonly text: string
  readonly status?: number
  readonly suberror?: string
  readonly page?: boolean
  readonly claims?: boolean
}

const TABLE: Readonly<Record<string, Entry>> = data

/** Real Entra adds `error_uri` to these (published captures). */
const CODES_WITH_ERROR_URI: readonly number[] = [500011, 7000215]

/** The claims challenge of a location policy. */
const CLAIMS_CHALLENGE = JSON.stringify({
  access_token: {
    capolids: { essential: true, values: ['7c2f3b1e-0d58-4a96-bf41-6e9a3c5d8012'] },
  },
})

const STATUS_BY_ERROR: Readonly<Record<string, number>> = {
  invalid_client: 401,
  server_error: 500,
  temporarily_unavailable: 503,
}

/** What Entra says to this code; a code that the table lacks is classed by its number. */
export function refusalKind(code: number): RefusalKind {
  const entry = TABLE[String(code)] ?? entryByRule(code)
  return {
    error: entry.error,
    status: entry.status ?? STATUS_BY_ERROR[entry.error] ?? 400,
    text: entry.text,
    suberror: entry.suberror,
    page: entry.page ?? false,
    claims: entry.claims === true ? CLAIMS_CHALLENGE : undefined,
  }
}

/** Builds the refusal for a code; `detail` is put behind the text. */
export function refusal(code: number, at: Date, detail = ''): Refusal {
  const kind = refusalKind(code)
  const traceId = randomUUID()
  const correlationId = randomUUID()
  const timestamp = entraTimestamp(at)
  const text = detail === '' ? kind.text : `${kind.text} ${detail}`
  return {
    status: kind.status,
    body: {
      error: kind.error,
      error_description: `AADSTS${code}: ${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      ...errorUri(code),
      ...(kind.suberror === undefined ? {} : { suberror: kind.suberror }),
      ...(kind.claims === undefined ? {} : { claims: kind.claims }),
    },
  }
}

/** The token endpoint's answer to a refused request. */
export function refuse({ status, body }: Refusal): Reply {
  return json(status, body, {
    'x-ms-request-id': body.trace_id,
    'x-ms-ests-server': '2.1.24000.0 - LOCAL ProdSlices',
    'x-ms-clitelem': `1,${body.error_codes.join()},0,,`,
  })
}

/** The moment as Entra writes it: `2026-08-13 10:20:30Z`. */
function entraTimestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`
}

function errorUri(code: number): { readonly error_uri?: string } {
  if (!CODES_WITH_ERROR_URI.includes(code)) return {}
  return { error_uri: `https://login.microsoftonline.com/error?code=${code}` }
}

function entryByRule(code: number): Entry {
  return { error: errorByRule(String(code)), text: 'The request was refused.' }
}

function errorByRule(digits: string): string {
  if (/^(16|5|65)/.test(digits)) return 'invalid_grant'
  if (/^(70002|7002|1000)/.test(digits)) return 'invalid_client'
  return digits.startsWith('70') ? 'unauthorized_client' : 'invalid_request'
}
