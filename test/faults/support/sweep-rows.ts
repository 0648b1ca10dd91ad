import { expect } from 'vitest'
import { getToken, type HttpAnswer, servedToken, sweptOutcome, tick } from './calls.ts'
import {
  connectedConnection,
  type Item,
  itemOf,
  letTimePass,
  type SeededConnection,
} from './connections.ts'
import type { Scene } from './scene.ts'
import type { Fault, Stage, StageOptions } from './stage.ts'

/** What a sweep over one due connection may come to. */
export type SweepOutcome =
  | 'refreshed'
  | 'transient'
  | 'blocked'
  | 'app_credential_rejected'
  | 'reauthorization_required'
  | 'in_progress'
  | 'gone'
  | 'error'
  /** The sweep could not even begin. */
  | 'failed'
  /** The sweep saw nothing that was due. */
  | 'nothing'

/** One row: what goes wrong, and what must hold. */
export interface SweepRow {
  readonly target: string
  readonly name: string
  readonly faults: readonly Fault[]
  /** One of these. */
  readonly outcome: SweepOutcome | readonly SweepOutcome[]
  /** What is stored as the failure. */
  readonly code?: string
  /** No earlier than this may the next attempt be. */
  readonly retryAfterSeconds?: number
  /** No later than this. */
  readonly retryWithinSeconds?: number
  /** How many requests the token endpoint gets at most; one unless it says otherwise. */
  readonly tokenRequests?: number
  /** The partner asks for the token while it goes wrong: 200 unless it says otherwise. */
  readonly serves?: number | readonly number[]
  /** Attributes that may change though the outcome alone does not call for it. */
  readonly mayAlsoWrite?: readonly string[]
  /** The store says that it took the token set, and did not. */
  readonly isLostByStore?: boolean
  readonly stage?: StageOptions
}

/** A call that hangs is given up after seconds, also when it is tried again. */
const LONGEST_SWEEP_MS = 18_000

const HOUR_SECONDS = 3600
const SHORTEST_RETRY_SECONDS = 60
/** What a spread adds to the longest wait, and what the machine may be late. */
const LATEST_SECONDS = HOUR_SECONDS * 1.2 + 5

/** Plays a row from the fault to the recovery. */
export async function playSweepRow(scene: Scene, row: SweepRow): Promise<void> {
  const stage = await scene.stage(row.stage)
  const connection = await connectedConnection(stage)
  const before = await itemOf(stage, connection.id)
  stage.fail(...row.faults)
  const startedAt = Date.now()
  const [swept, asked] = await Promise.all([
    tick(stage, connection.id),
    getToken(stage, connection.id),
  ])
  expect(Date.now() - startedAt, 'how long it took').toBeLessThan(LONGEST_SWEEP_MS)
  const outcome = sweptOutcome(swept)
  expect([row.outcome].flat(), JSON.stringify(swept)).toContain(outcome)
  const after = await itemOf(stage, connection.id)
  expectStored({ row, before, after, startedAt }, outcome as SweepOutcome)
  expectServed(stage, row, { connection, asked, outcome: outcome as SweepOutcome })
  expect(stage.count('elsewhere'), 'requests where a redirect leads').toBe(0)
  const tokenRequests = stage.count('token')
  expect(tokenRequests, 'token requests').toBeLessThanOrEqual(row.tokenRequests ?? 1)
  stage.mend()
  await expectNoHotLoop(stage, connection, tokenRequests)
  await expectRecovery(stage, connection, outcome as SweepOutcome)
}

interface Stored {
  readonly row: SweepRow
  readonly before: Item
  readonly after: Item
  readonly startedAt: number
}

/** What each outcome may write, and nothing else. */
const WRITTEN: Readonly<Record<SweepOutcome, readonly string[]>> = {
  refreshed: ['generation', 'tokenSet', 'refreshedAt', 'nextRefreshAt', 'hotUntil', 'failure'],
  transient: ['failure', 'nextRefreshAt'],
  blocked: ['group', 'failure', 'nextRefreshAt', 'reason', 'claims'],
  app_credential_rejected: [],
  reauthorization_required: [
    ...['status', 'group', 'reason', 'claims'],
    ...['due', 'nextRefreshAt', 'hotUntil'],
  ],
  in_progress: [],
  gone: [],
  error: [],
  failed: [],
  nothing: [],
}

function expectStored(stored: Stored, outcome: SweepOutcome): void {
  const { row, before, after } = stored
  const written = [...WRITTEN[outcome], ...(row.mayAlsoWrite ?? [])]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const name of names) {
    if (!written.includes(name)) expect(after[name], name).toEqual(before[name])
  }
  const isOver = outcome === 'reauthorization_required'
  expect(after.status?.S).toBe(isOver ? 'reauthorization_required' : 'connected')
  const isNext = outcome === 'refreshed' && row.isLostByStore !== true
  expect(Number(after.generation?.N)).toBe(isNext ? 2 : 1)
  if (isOver) expect(after.nextRefreshAt).toBeUndefined()
  if (outcome === 'transient') expectPostponed(stored, SHORTEST_RETRY_SECONDS)
  if (outcome === 'blocked') expectPostponed(stored, HOUR_SECONDS)
}

function expectPostponed({ row, after, startedAt }: Stored, least: number): void {
  const { code, retryAfterSeconds = 0, retryWithinSeconds = LATEST_SECONDS } = row
  if (code !== undefined) expect(after.failure?.M?.code?.S).toBe(code)
  const wait = (Number(after.nextRefreshAt?.N) - startedAt) / 1000
  expect(wait, 'seconds to the next attempt').toBeGreaterThanOrEqual(
    Math.max(least, retryAfterSeconds) - 1,
  )
  expect(wait, 'seconds to the next attempt').toBeLessThanOrEqual(retryWithinSeconds)
}

function expectServed(
  { entra }: Stage,
  row: SweepRow,
  served: {
    readonly connection: SeededConnection
    readonly asked: HttpAnswer
    readonly outcome: SweepOutcome
  },
): void {
  const { connection, asked, outcome } = served
  // Which of the two came first is chance.
  const isOver = outcome === 'reauthorization_required'
  const statuses = isOver ? [200, 409] : [row.serves ?? 200].flat()
  expect(statuses, asked.body).toContain(asked.statusCode)
  if (asked.statusCode !== 200) return
  const valid = [connection.accessToken, ...entra.issued.map((set) => set.accessToken)]
  const stored = outcome === 'refreshed' ? valid : valid.slice(0, 1)
  expect(stored).toContain(servedToken(asked))
}

/** Even with the fault gone: who has asked Microsoft in vain does not ask again at once. */
async function expectNoHotLoop(
  stage: Stage,
  { id }: SeededConnection,
  tokenRequests: number,
): Promise<void> {
  if (tokenRequests === 0) return
  await tick(stage, id)
  expect(stage.count('token'), 'token requests of a second sweep').toBe(tokenRequests)
}

async function expectRecovery(
  stage: Stage,
  { id }: SeededConnection,
  outcome: SweepOutcome,
): Promise<void> {
  await letTimePass(stage)
  const { generation } = await itemOf(stage, id)
  const tokenRequests = stage.count('token')
  const swept = sweptOutcome(await tick(stage, id))
  const asked = await getToken(stage, id)
  if (outcome === 'reauthorization_required') {
    expect(swept).toBe('nothing')
    expect(stage.count('token')).toBe(tokenRequests)
    return expect(asked.statusCode).toBe(409)
  }
  expect(swept, 'the sweep after the fault').toBe('refreshed')
  expect(Number((await itemOf(stage, id)).generation?.N)).toBe(Number(generation?.N) + 1)
  expect(servedToken(asked)).toBe(stage.entra.issued.at(-1)?.accessToken)
}
