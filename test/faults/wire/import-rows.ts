import { expect } from 'vitest'
import { BROKEN_BODIES, BROKEN_BODY_NAMES, BROKEN_TIMINGS } from '../support/answers.ts'
import { getToken, putAuthValue, servedToken } from '../support/calls.ts'
import {
  connectedConnection,
  itemOf,
  letTimePass,
  pendingConnection,
} from '../support/connections.ts'
import { jsonAnswer, oauthError } from '../support/entra.ts'
import type { Scene } from '../support/scene.ts'
import type { Fault, Stage } from '../support/stage.ts'
import type { NamedRow } from '../support/wire-suite.ts'
import { cutShort, lostAnswer, SLOW_AWS_FAULTS, USUAL_AWS_FAULTS } from './aws-answers.ts'

/** One import that meets a fault on its way. */
export interface ImportRow extends NamedRow {
  readonly fault: Fault
  readonly onto: 'a new connection' | 'one that works'
  readonly ends: 'imported' | 'refused' | 'later' | 'service error'
  /** The code of the reason, where it is refused. */
  readonly code?: string
  /** Keys that were read are asked for again only after a minute. */
  readonly recoversLater?: boolean
}

/** Plays a row: nothing is stored by halves, and the same token is imported when the fault is gone. */
export async function playImportRow(scene: Scene, row: ImportRow): Promise<void> {
  const stage = await scene.stage({ withSignIns: true, withImports: true })
  const refreshToken = stage.canaries.mint('imported refresh token', 200)
  stage.entra.refreshTokens.add(refreshToken)
  const id = await connectionOf(stage, row)
  const before = await itemOf(stage, id)
  stage.fail(row.fault)
  const answer = await putAuthValue(stage, id, refreshToken)
  expect(endOf(answer), answer.body).toBe(row.ends)
  if (row.code !== undefined) expect(answer.body).toContain(`"Code":"${row.code}"`)
  if (row.ends === 'later') expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  expect(stage.count('elsewhere')).toBe(0)
  stage.mend()
  // All of it, or not an attribute.
  if (row.ends !== 'imported') expect(await itemOf(stage, id)).toEqual(before)
  if (row.recoversLater) return
  await letTimePass(stage)
  const again = await putAuthValue(stage, id, refreshToken)
  expect(endOf(again), again.body).toBe('imported')
  const served = await getToken(stage, id)
  expect(servedToken(served), served.body).toBe(stage.entra.issued.at(-1)?.accessToken)
}

async function connectionOf(stage: Stage, { onto }: ImportRow): Promise<number> {
  if (onto === 'a new connection') return pendingConnection(stage)
  return (await connectedConnection(stage, { dueInMs: 600_000 })).id
}

function endOf({ statusCode, body }: { readonly statusCode: number; readonly body: string }) {
  if (statusCode === 200) return 'imported'
  if (statusCode === 409) return 'refused'
  if (statusCode === 503) return body.includes('temporarily_') ? 'later' : 'service error'
  return statusCode === 500 ? 'service error' : `${statusCode}`
}

const STATUSES = [204, 302, 307, 400, 401, 403, 404, 429, 500, 503]
const JSON_TYPE = { 'content-type': 'application/json' }

/** A row before it is told onto what it imports. */
type Row = Omit<ImportRow, 'onto'>

type End = Pick<ImportRow, 'ends' | 'code' | 'recoversLater'>

/** What an endpoint of Microsoft's answers, and how the import ends then. */
function microsoftRows(
  at: string,
  ends: { readonly slow: End; readonly byStatus: (status: number) => End },
): readonly Row[] {
  const row = (name: string, answer: Fault['answer'], end: End): Row => ({
    target: `import, ${at}`,
    name,
    fault: { at, answer },
    ...end,
  })
  const location = { location: '../../elsewhere' }
  const body = `{"keys":[${' '.repeat(99)}]}`
  return [
    ...BROKEN_TIMINGS.map((timing) =>
      row(timing, { status: 200, timing, headers: JSON_TYPE, body }, ends.slow),
    ),
    ...STATUSES.map((status) =>
      row(`${status}`, { status, headers: location, body: 'x' }, ends.byStatus(status)),
    ),
  ]
}

const LATER: End = { ends: 'later' }
const IMPORTED: End = { ends: 'imported' }
const NOT_VALID: End = { ends: 'refused', code: 'answer_not_valid' }

function endOfToken(status: number): End {
  return status < 400 || status === 429 || status >= 500 ? LATER : NOT_VALID
}

function endOfWhoAmI(status: number): End {
  if (status === 401) return { ends: 'refused', code: 'environment_rejected_token' }
  return status === 403 ? { ends: 'refused', code: 'environment_firewall' } : LATER
}

const microsoft: readonly Row[] = [
  // Where the environment does not say its tenant, any organization may have signed in.
  ...microsoftRows('find tenant', { slow: IMPORTED, byStatus: () => IMPORTED }),
  ...microsoftRows('token', { slow: LATER, byStatus: endOfToken }),
  ...microsoftRows('jwks', { slow: LATER, byStatus: () => LATER }),
  ...microsoftRows('whoami', { slow: LATER, byStatus: endOfWhoAmI }),
  ...BROKEN_BODY_NAMES.map(
    (body): Row => ({
      target: 'import, whoami',
      name: `200 with ${body}`,
      fault: { at: 'whoami', answer: { status: 200, ...BROKEN_BODIES[body] } },
      ...LATER,
    }),
  ),
  ...['token', 'whoami'].map(
    (at): Row => ({
      target: `import, ${at}`,
      name: 'the real answer, cut short',
      fault: { at, answer: cutShort },
      ...(at === 'token' ? NOT_VALID : LATER),
    }),
  ),
  {
    target: 'import, jwks',
    name: 'the keys of somebody else',
    fault: {
      at: 'jwks',
      answer: jsonAnswer(200, { keys: [{ kty: 'RSA', kid: 'x', n: 'AQ', e: 'AQAB' }] }),
    },
    ...NOT_VALID,
    recoversLater: true,
  },
  ...(
    [
      ['invalid_grant', 50173, 'refused'],
      ['invalid_grant', 50196, 'later'],
      ['interaction_required', 50076, 'refused'],
      ['temporarily_unavailable', 90033, 'later'],
    ] as const
  ).map(
    ([error, code, ends]): Row => ({
      target: 'import, token',
      name: `400 with ${error} and ${code}`,
      fault: {
        at: 'token',
        answer: { status: 400, headers: JSON_TYPE, body: oauthError(error, code) },
      },
      ends,
      ...(ends === 'refused' && { code: `AADSTS${code}` }),
    }),
  ),
]

/** Answers of which the id_token is bent on its way. */
const idTokens: readonly Row[] = (
  [
    ['none at all', () => undefined],
    ['another audience', (claims) => ({ ...claims, aud: 'x' })],
    ['another issuer', (claims) => ({ ...claims, iss: 'https://evil.example/v2.0' })],
    ['another user under the old signature', (claims) => ({ ...claims, oid: crypto.randomUUID() })],
    ['an end in the past', (claims) => ({ ...claims, exp: 1 })],
  ] satisfies readonly (readonly [string, (claims: object) => object | undefined])[]
).map(
  ([name, bend]): Row => ({
    target: 'import, id_token',
    name,
    fault: { at: 'token', answer: bent(bend) },
    ...NOT_VALID,
  }),
)

function bent(bend: (claims: object) => object | undefined): Fault['answer'] {
  return async (real) => {
    const fields = JSON.parse(String((await real()).body)) as Record<string, unknown>
    const [head = '', payload = '', signature = ''] = String(fields.id_token).split('.')
    const claims = bend(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    if (claims === undefined) return jsonAnswer(200, { ...fields, id_token: undefined })
    const changed = Buffer.from(JSON.stringify(claims)).toString('base64url')
    return jsonAnswer(200, { ...fields, id_token: `${head}.${changed}.${signature}` })
  }
}

/** The operations of an import, in both functions. */
const AWS_OPERATIONS = [
  'dynamodb: read',
  'invoke',
  'dynamodb: brakes',
  'secret: app-credential',
  'secret: access-keyring',
  'secret: refresh-keyring',
  'dynamodb: connect',
] as const

const aws = AWS_OPERATIONS.flatMap((at): readonly Row[] => {
  const row = (name: string, fault: Omit<Fault, 'at'>, ends: ImportRow['ends']): Row => ({
    target: `import, ${at}`,
    name,
    fault: { at, ...fault },
    ends,
  })
  // An empty answer to a write says that it was done, and one to a read that there is nothing.
  const saysNothing = at.startsWith('dynamodb')
  const broken = USUAL_AWS_FAULTS.filter(({ looksEmpty }) => !looksEmpty || !saysNothing)
  const ends = broken.map(({ name, answer }) => row(name, { answer }, 'service error'))
  const isDoneByThen = at === 'dynamodb: connect' || at === 'invoke'
  if (!isDoneByThen) return ends
  return [
    ...ends,
    ...SLOW_AWS_FAULTS.map(({ name, answer }) => row(name, { answer }, 'service error')),
    row('done, but the answer is lost', { answer: lostAnswer, times: 1 }, 'imported'),
  ]
})

export const importRows: readonly ImportRow[] = [...microsoft, ...idTokens, ...aws].map(
  (row, index) => ({ ...row, onto: index % 2 === 0 ? 'a new connection' : 'one that works' }),
)
