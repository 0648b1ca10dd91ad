import { STATUS_OF } from '../error-response.ts'
import { type ErrorCode, errorAnswer } from '../schemas/error.ts'
import { ERROR_EXAMPLE } from './examples.ts'
import { bodySchemas, refTo } from './json-schema.ts'
import type { Operation } from './operation.ts'

/** What every code means, for the description of the answers that have it. */
const MEANINGS: Readonly<Record<ErrorCode, string>> = {
  account_forbidden: 'the bearer token is for another account',
  account_missing: 'no header names the account, and the bearer token is for all of them',
  api_client_rejected: 'the client id or the client secret is wrong',
  app_credential_rejected:
    'Microsoft does not accept the application’s own credential: renew its client secret',
  bearer_token_invalid: 'the bearer token is not ours, has ended, or its API client was removed',
  bearer_token_missing: 'no bearer token was sent',
  completion_refused: 'the sign-in does not fit the connection any more',
  completion_unknown: 'nothing waits under this CompletionId',
  content_type_unsupported: 'the body is of another type',
  form_refused: 'the form is not of a page of the console',
  identity_token_unavailable: 'AWS does not vouch for the application just now',
  import_refused:
    'Microsoft does not take the refresh token; Reason says why, and the connection stays as it was',
  internal_error: 'the service failed; tell its operator the RequestId if it stays',
  keyring_changed: 'the keys were changed in between',
  method_not_allowed: 'the path exists, under the methods of the header Allow',
  name_in_use: 'another one of the account has this name',
  not_connected: 'nobody has signed in yet, or the tokens were forgotten: let a user sign in',
  not_found: 'there is no such thing, or it is another account’s',
  property_unknown: 'there is no property of that name',
  reauthorization_required: 'Reason says who must act',
  refresh_unavailable: 'the renewal did not answer',
  request_invalid: 'what was sent is not what is wanted; Message says what to send',
  request_too_large: 'the body is larger than 64 KB',
  resource_invalid:
    'that is not the address of an environment; Message says what was probably meant',
  secret_changed: 'the secret was changed in between',
  secret_unreadable: 'a secret cannot be read just now',
  store_unavailable: 'the table does not answer just now',
  temporarily_unavailable: 'the service or Microsoft does not answer just now',
  validity_unavailable: 'Microsoft issued no token that is good for as long as asked',
}

const OF_SERVICE = ['internal_error'] as const
const OF_CLIENTS = [
  ...OF_SERVICE,
  'bearer_token_missing',
  'bearer_token_invalid',
  'secret_unreadable',
  'store_unavailable',
  'temporarily_unavailable',
] as const
const OF_ACCOUNTS = [...OF_CLIENTS, 'account_forbidden', 'request_invalid'] as const

const OF_CALLERS = {
  anybody: OF_SERVICE,
  client: OF_CLIENTS,
  accounts: OF_ACCOUNTS,
  account: [...OF_ACCOUNTS, 'account_missing'],
} as const

const HEADERS_OF_STATUS: Readonly<Record<number, object>> = {
  401: {
    'WWW-Authenticate': { description: 'How to authenticate.', schema: { const: 'Bearer' } },
  },
  503: {
    'Retry-After': {
      description: 'When to ask again, in seconds.',
      schema: { type: 'integer', minimum: 1 },
    },
  },
}

/** The schemas that answers refer to. */
export function errorSchemas() {
  const codes = Object.keys(MEANINGS) as ErrorCode[]
  return bodySchemas({ Error: errorAnswer(codes) })
}

/** What may go wrong with an operation, by status, with the codes that it is told by. */
export function errorAnswers({ callers, errors }: Operation): Readonly<Record<string, object>> {
  const codes = [...new Set<ErrorCode>([...OF_CALLERS[callers], ...errors])].sort()
  const byStatus = Object.groupBy(codes, (code) => String(statusOf(code)))
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, some = []]) => [status, errorOf(Number(status), some)]),
  )
}

function errorOf(status: number, codes: readonly ErrorCode[]) {
  const [first = 'internal_error'] = codes
  const withCodes = {
    allOf: [{ $ref: refTo('Error') }],
    type: 'object',
    properties: { Code: { enum: codes } },
  }
  return {
    description: codes.map((code) => `\`${code}\`: ${MEANINGS[code]}.`).join('\n\n'),
    ...(HEADERS_OF_STATUS[status] && { headers: HEADERS_OF_STATUS[status] }),
    content: {
      'application/json': {
        schema: withCodes,
        example: { ...ERROR_EXAMPLE, Code: first, Message: sentence(first) },
      },
    },
  }
}

function sentence(code: ErrorCode): string {
  const meaning = MEANINGS[code]
  return `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`
}

function statusOf(code: ErrorCode): number {
  return code === 'internal_error' ? 500 : STATUS_OF[code]
}
