import { RETRY_AFTER_FORMS } from '../support/answers.ts'
import { jsonAnswer, oauthError } from '../support/entra.ts'
import type { Fault } from '../support/stage.ts'
import type { SweepRow } from '../support/sweep-rows.ts'
import type { WireAnswer } from '../support/wire-server.ts'
import { cutShort } from './aws-answers.ts'
import { atToken } from './token-endpoint-rows.ts'

const target = 'token endpoint'

type Fields = Record<string, unknown>

/** The real answer with other fields. */
function bent(change: (fields: Fields) => Fields): Fault['answer'] {
  return async (real) => {
    const answer = await real()
    const fields = JSON.parse(String(answer.body)) as Fields
    return jsonAnswer(answer.status ?? 200, change(fields))
  }
}

/** The real answer with another head or another pace. */
function carried(change: Partial<WireAnswer>): Fault['answer'] {
  return async (real) => {
    const answer = await real()
    return { ...answer, ...change, headers: { ...answer.headers, ...change.headers } }
  }
}

const without = (name: string) => (fields: Fields) => {
  const { [name]: _gone, ...rest } = fields
  return rest
}

/** The claims of an id_token that nobody signed: the channel vouches for it at a refresh. */
function claiming(change: Fields): (fields: Fields) => Fields {
  return (fields) => {
    const [head = '', payload = '', signature = ''] = String(fields.id_token).split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Fields
    const changed = Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url')
    return { ...fields, id_token: `${head}.${changed}.${signature}` }
  }
}

const now = () => Math.floor(Date.now() / 1000)
const malformed = { outcome: 'transient', code: 'answer_not_valid' } as const
const refreshed = { outcome: 'refreshed' } as const

const TOKEN_SETS: readonly (readonly [
  name: string,
  answer: Fault['answer'],
  Pick<SweepRow, 'outcome' | 'code'>,
])[] = [
  ['no access token', bent(without('access_token')), malformed],
  ['an empty access token', bent((set) => ({ ...set, access_token: '' })), malformed],
  ['an access token that is an object', bent((set) => ({ ...set, access_token: {} })), malformed],
  ['no token type', bent(without('token_type')), malformed],
  ['another token type', bent((set) => ({ ...set, token_type: 'DPoP' })), malformed],
  ['a refresh token that is null', bent((set) => ({ ...set, refresh_token: null })), malformed],
  ['an empty refresh token', bent((set) => ({ ...set, refresh_token: '' })), malformed],
  ['a lifetime that is no number', bent((set) => ({ ...set, expires_in: 'soon' })), malformed],
  ['a negative lifetime', bent((set) => ({ ...set, expires_in: -3600 })), malformed],
  ['no lifetime left', bent((set) => ({ ...set, expires_in: 0 })), malformed],
  ['an error beside the tokens', bent((set) => ({ ...set, error: 'server_error' })), refreshed],
  ['an id_token of another user', bent(claiming({ oid: crypto.randomUUID() })), malformed],
  ['an id_token of another tenant', bent(claiming({ tid: crypto.randomUUID() })), malformed],
  ['an id_token of another issuer', bent(claiming({ iss: 'https://evil.example' })), malformed],
  ['an id_token for another app', bent(claiming({ aud: 'another' })), malformed],
  ['an id_token that has expired', bent(claiming({ exp: now() - 900 })), malformed],
  ['an id_token that is no token', bent((set) => ({ ...set, id_token: 'a.b.c' })), malformed],
  [
    'a content type that is not JSON',
    carried({ headers: { 'content-type': 'text/html' } }),
    refreshed,
  ],
  ['no refresh token', bent(without('refresh_token')), refreshed],
  ['no id_token', bent(without('id_token')), refreshed],
  ['no lifetime', bent(without('expires_in')), refreshed],
  ['a lifetime as text', bent((set) => ({ ...set, expires_in: '3599' })), refreshed],
  ['a lifetime of years', bent((set) => ({ ...set, expires_in: 1e9 })), refreshed],
  ['a scope that is missing', bent(without('scope')), refreshed],
  ['fields that nobody knows', bent((set) => ({ ...set, foci: '1', x: [{}] })), refreshed],
  ['an access token of 100 KB', bent((set) => ({ ...set, scope: 'x'.repeat(100_000) })), refreshed],
  ['a clock five minutes ahead', bent(claiming({ iat: now() + 295, nbf: now() + 295 })), refreshed],
  ['a clock five minutes behind', bent(claiming({ exp: now() - 200 })), refreshed],
  [
    'a Date header five minutes off',
    carried({ headers: { date: new Date(Date.now() + 300_000).toUTCString() } }),
    refreshed,
  ],
  ['its last characters missing', cutShort, malformed],
  ['two seconds of delay', carried({ timing: 'slow', delayMs: 2000 }), refreshed],
  ['no first byte, though it was issued', carried({ timing: 'silent' }), { outcome: 'transient' }],
  ['a byte now and then', carried({ timing: 'drip' }), { outcome: 'transient' }],
  ['a reset after it was issued', carried({ timing: 'reset' }), { outcome: 'transient' }],
  ['a reset in its middle', carried({ timing: 'reset_midway' }), { outcome: 'transient' }],
  ['half of it', carried({ timing: 'half_close' }), { outcome: 'transient' }],
  [
    'a length that is too great',
    carried({ raw: 'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"access_token":"a' }),
    { outcome: 'transient' },
  ],
  [
    'a chunk that never ends',
    carried({ raw: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"access' }),
    { outcome: 'transient' },
  ],
  ['words that are no HTTP', carried({ raw: 'SSH-2.0-OpenSSH_9.6\r\n' }), { outcome: 'transient' }],
  [
    'a head of 100 KB',
    carried({ headers: { 'x-long': 'x'.repeat(100_000) } }),
    { outcome: 'transient' },
  ],
  [
    'a compression that is none',
    carried({ headers: { 'content-encoding': 'gzip' } }),
    { outcome: 'transient' },
  ],
]

const tokenSets = TOKEN_SETS.map(
  ([name, answer, expected]): SweepRow => ({
    target,
    name: `200 with ${name}`,
    faults: atToken(answer),
    ...expected,
  }),
)

/** Retry-After in all its forms; one that a body spoils still counts. */
const retryAfter = [
  { status: 429, body: oauthError('invalid_grant', 50196) },
  { status: 503, body: '' },
  { status: 400, body: oauthError('temporarily_unavailable', 90033) },
].flatMap(({ status, body }) =>
  RETRY_AFTER_FORMS.map(
    ({ name, value, least, most }): SweepRow => ({
      target: 'Retry-After',
      name: `${status}, ${name}`,
      faults: [
        {
          at: 'token',
          answer: async () => ({ status, body, headers: { 'retry-after': value() } }),
        },
      ],
      outcome: 'transient',
      retryAfterSeconds: least,
      retryWithinSeconds: most + 5,
    }),
  ),
)

const spoilt = ([429, 503] as const).flatMap((status) =>
  (['stall', 'drip', 'reset_midway', 'half_close', 'at_once'] as const).map(
    (timing): SweepRow => ({
      target: 'Retry-After',
      name: `${status}, its body ${timing === 'at_once' ? 'beyond the limit' : timing}`,
      faults: atToken({
        status,
        timing,
        headers: { 'retry-after': '900' },
        body: timing === 'at_once' ? 'x'.repeat(300 * 1024) : 'x'.repeat(200),
      }),
      outcome: 'transient',
      retryAfterSeconds: 900,
    }),
  ),
)

export const tokenSetRows: readonly SweepRow[] = [...spoilt, ...tokenSets, ...retryAfter]
