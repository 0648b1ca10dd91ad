import { expect } from 'vitest'
import { BROKEN_BODIES, BROKEN_BODY_NAMES, BROKEN_TIMINGS } from '../support/answers.ts'
import { itemOf, pendingConnection } from '../support/connections.ts'
import { jsonAnswer, oauthError } from '../support/entra.ts'
import type { Scene } from '../support/scene.ts'
import { callback, openLink, returnFromMicrosoft, signInLink } from '../support/sign-in.ts'
import type { Fault } from '../support/stage.ts'
import type { NamedRow } from '../support/wire-suite.ts'
import {
  type AwsFault,
  cutShort,
  lostAnswer,
  PASSING_AWS_FAULTS,
  SLOW_AWS_FAULTS,
  USUAL_AWS_FAULTS,
} from './aws-answers.ts'

/** One sign-in whose callback meets a fault. */
export interface CallbackRow extends NamedRow {
  readonly faults: readonly Fault[]
  /** What the page of the callback says; `connected` is a redirect to the partner. */
  readonly ends: 'connected' | 'not connected' | 'service error'
  /** The code on the page. */
  readonly code?: string
  /** The link works again only later: keys that were read are asked for again after a minute. */
  readonly recoversLater?: boolean
}

/** Plays a row: nothing is connected by halves, and the same link works when the fault is gone. */
export async function playCallbackRow(scene: Scene, row: CallbackRow): Promise<void> {
  const stage = await scene.stage({ withSignIns: true })
  const id = await pendingConnection(stage)
  const token = await signInLink(stage)
  const before = await itemOf(stage, id)
  const begun = await openLink(stage, id, token)
  expect(begun.statusCode, begun.body).toBe(303)
  const browser = returnFromMicrosoft(stage, begun)
  stage.fail(...row.faults)
  const ended = await callback(stage, browser)
  expect(endOf(ended), ended.body).toBe(row.ends)
  if (row.code !== undefined) expect(ended.body).toContain(`<dd>${row.code}</dd>`)
  const after = await itemOf(stage, id)
  expect(stage.count('elsewhere')).toBe(0)
  expect(stage.count('token'), 'a code is redeemed once').toBeLessThanOrEqual(1)
  stage.mend()
  if (row.ends === 'connected') return expect(after.status?.S).toBe('connected')
  expect(after).toEqual(before)
  if (row.recoversLater) return
  const again = await openLink(stage, id, token)
  expect(again.statusCode, again.body).toBe(303)
  const second = await callback(stage, returnFromMicrosoft(stage, again))
  expect(endOf(second), second.body).toBe('connected')
}

function endOf({ statusCode, body }: { readonly statusCode: number; readonly body: string }) {
  if (statusCode === 303) return 'connected'
  if (statusCode === 200 && body.includes('Who can fix this')) return 'not connected'
  return statusCode >= 500 ? 'service error' : `${statusCode}`
}

const STATUSES = [204, 302, 307, 400, 401, 403, 404, 429, 500, 503]
const JSON_TYPE = { 'content-type': 'application/json' }

/** What an endpoint of Microsoft's answers, and what that means at each. */
function microsoftRows(at: string, codeFor: (status: number) => string | undefined): CallbackRow[] {
  const row = (name: string, answer: Fault['answer'], code?: string): CallbackRow => ({
    target: `callback, ${at}`,
    name,
    faults: [{ at, answer }],
    ends: 'not connected',
    ...(code !== undefined && { code }),
  })
  const location = { location: '../../elsewhere' }
  return [
    ...BROKEN_TIMINGS.map((timing) =>
      row(timing, {
        status: 200,
        timing,
        headers: JSON_TYPE,
        body: `{"keys":[${' '.repeat(99)}]}`,
      }),
    ),
    ...STATUSES.map((status) =>
      row(`${status}`, { status, headers: location, body: 'x' }, codeFor(status)),
    ),
    ...BROKEN_BODY_NAMES.map((body) => row(`200 with ${body}`, BROKEN_BODIES[body], codeFor(200))),
  ]
}

function codeOfWhoAmI(status: number): string {
  if (status === 401) return 'environment_rejected_token'
  return status === 403 ? 'environment_firewall' : 'environment_unavailable'
}

const microsoft: readonly CallbackRow[] = [
  ...['token', 'jwks', 'whoami'].map(
    (at): CallbackRow => ({
      target: `callback, ${at}`,
      name: 'the real answer, cut short',
      faults: [{ at, answer: cutShort }],
      ends: 'not connected',
    }),
  ),
  ...microsoftRows('token', () => undefined),
  ...microsoftRows('jwks', (status) => (status === 200 ? undefined : 'microsoft_unavailable')),
  ...microsoftRows('whoami', codeOfWhoAmI),
  {
    target: 'callback, whoami',
    name: '403 with 0x80072560',
    faults: [
      { at: 'whoami', answer: jsonAnswer(403, { error: { code: '0x80072560', message: 'no' } }) },
    ],
    ends: 'not connected',
    code: '0x80072560',
  },
  {
    target: 'callback, jwks',
    name: 'the keys of somebody else',
    faults: [
      {
        at: 'jwks',
        answer: jsonAnswer(200, { keys: [{ kty: 'RSA', kid: 'x', n: 'AQ', e: 'AQAB' }] }),
      },
    ],
    ends: 'not connected',
    code: 'answer_not_valid',
    recoversLater: true,
  },
  ...[
    ['invalid_grant', 54005],
    ['invalid_client', 7000222],
    ['temporarily_unavailable', 90033],
  ].map(
    ([error, code]): CallbackRow => ({
      target: 'callback, token',
      name: `400 with ${error}`,
      faults: [
        {
          at: 'token',
          answer: { status: 400, headers: JSON_TYPE, body: oauthError(`${error}`, Number(code)) },
        },
      ],
      ends: 'not connected',
      code: `AADSTS${code}`,
    }),
  ),
]

/** Sign-ins of which the id_token is bent on its way. */
const idTokens: readonly CallbackRow[] = (
  [
    ['another nonce', { nonce: 'x' }],
    ['another audience', { aud: 'x' }],
    ['another issuer', { iss: 'https://evil.example/v2.0' }],
    ['another user under the old signature', { oid: crypto.randomUUID() }],
    ['an end in the past', { exp: 1 }],
  ] as const
).map(
  ([name, claims]): CallbackRow => ({
    target: 'callback, id_token',
    name,
    faults: [{ at: 'token', answer: rewritten(claims) }],
    ends: 'not connected',
    code: 'answer_not_valid',
  }),
)

function rewritten(claims: Readonly<Record<string, unknown>>): Fault['answer'] {
  return async (real) => {
    const fields = JSON.parse(String((await real()).body)) as Record<string, unknown>
    const [head = '', payload = '', signature = ''] = String(fields.id_token).split('.')
    const before = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const bent = Buffer.from(JSON.stringify({ ...before, ...claims })).toString('base64url')
    return jsonAnswer(200, { ...fields, id_token: `${head}.${bent}.${signature}` })
  }
}

/** The operations of a callback before anything is redeemed, and those behind it. */
const AWS_OPERATIONS = [
  { at: 'secret: app-credential' },
  { at: 'dynamodb: consume' },
  { at: 'dynamodb: spend' },
  { at: 'dynamodb: read' },
  { at: 'secret: access-keyring' },
  { at: 'secret: refresh-keyring' },
  { at: 'dynamodb: connect' },
] as const

const aws = AWS_OPERATIONS.flatMap(({ at }): CallbackRow[] => {
  const row = (name: string, fault: Omit<Fault, 'at'>, ends: CallbackRow['ends']): CallbackRow => ({
    target: `callback, ${at}`,
    name,
    faults: [{ at, ...fault }],
    ends,
  })
  const isWrite = at.startsWith('dynamodb') && at !== 'dynamodb: read'
  const broken = [...SLOW_AWS_FAULTS, ...USUAL_AWS_FAULTS].filter(
    // An empty answer to a write says that it was done.
    ({ looksEmpty }: AwsFault) => !looksEmpty || at.startsWith('secret'),
  )
  return [
    ...broken.map(({ name, answer }) => row(name, { answer }, 'service error')),
    ...PASSING_AWS_FAULTS.map(({ name, answer }) =>
      row(`${name}, once`, { answer, times: 1 }, 'connected'),
    ),
    ...(isWrite
      ? [row('done, but the answer is lost', { answer: lostAnswer, times: 1 }, 'connected')]
      : []),
  ]
})

export const callbackRows: readonly CallbackRow[] = [...aws, ...microsoft, ...idTokens]
