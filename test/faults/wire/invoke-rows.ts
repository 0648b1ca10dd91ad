import { expect } from 'vitest'
import { getToken, servedToken } from '../support/calls.ts'
import { connectedConnection, itemOf, letTimePass, rewrite } from '../support/connections.ts'
import type { Scene } from '../support/scene.ts'
import type { NamedRow } from '../support/wire-suite.ts'
import { type AwsFault, SLOW_AWS_FAULTS, USUAL_AWS_FAULTS } from './aws-answers.ts'

/** `token` asks `refresh`, and the call goes wrong. */
export interface InvokeRow extends NamedRow {
  readonly fault: AwsFault
  /** The stored token is good, and only ought to be kept hot; or it is expiring. */
  readonly token: 'good' | 'expiring'
}

/** A good token is served at once; for one that expires the caller is told when to come again. */
export async function playInvokeRow(scene: Scene, row: InvokeRow): Promise<void> {
  const stage = await scene.stage()
  const isGood = row.token === 'good'
  const { id, accessToken } = await connectedConnection(stage, {
    validForMs: isGood ? 40 * 60_000 : 20_000,
    // The window in which it is kept hot is nearly over.
    hotForMs: 60_000,
  })
  const before = await itemOf(stage, id)
  stage.fail({ at: 'invoke', answer: row.fault.answer })
  const startedAt = Date.now()
  const answer = await getToken(stage, id)
  const took = Date.now() - startedAt
  expect(await itemOf(stage, id)).toEqual(before)
  if (isGood) {
    expect(servedToken(answer), answer.body).toBe(accessToken)
    expect(took, 'a good token does not wait for a wish').toBeLessThan(9_000)
    return
  }
  expect(answer.statusCode, answer.body).toBe(503)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  stage.mend()
  await letTimePass(stage)
  await rewrite(stage, `connection#${id}`, { nextRefreshAt: before.nextRefreshAt ?? { N: '0' } })
  const again = await getToken(stage, id)
  expect(servedToken(again), again.body).toBe(stage.entra.issued.at(-1)?.accessToken)
}

const answers: readonly AwsFault[] = [
  { name: 'a function error', answer: functionError('{"errorType":"Error","errorMessage":"no"}') },
  { name: 'a function error without words', answer: functionError('') },
  { name: 'an outcome that nobody knows', answer: { body: '{"outcome":"done"}' } },
  { name: 'an outcome within an array', answer: { body: '[{"outcome":"refreshed"}]' } },
]

function functionError(body: string) {
  return { headers: { 'x-amz-function-error': 'Unhandled' }, body }
}

const named = (token: InvokeRow['token']) => (fault: AwsFault) => ({
  target: `invoke, the token is ${token}`,
  name: fault.name,
  fault,
  token,
})

export const invokeRows: readonly InvokeRow[] = [
  ...SLOW_AWS_FAULTS.map(named('good')),
  ...SLOW_AWS_FAULTS.map(named('expiring')),
  ...[...USUAL_AWS_FAULTS, ...answers].map(named('expiring')),
  ...USUAL_AWS_FAULTS.map(named('good')),
]
