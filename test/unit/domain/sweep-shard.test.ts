import { describe, expect, test } from 'vitest'
import { dueBucketOf } from '../../../functions/domain/due-bucket.ts'
import { refreshConnection } from '../../../functions/domain/refresh-connection.ts'
import { ServiceError, type ServiceErrorCode } from '../../../functions/domain/service-error.ts'
import { type Sweep, sweepShard } from '../../../functions/domain/sweep-shard.ts'
import type { DueConnection } from '../../../functions/domain/token-sets.ts'
import { at, HOUR, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { anUnknownId, aRefusal, TENANT } from '../../support/builders.ts'
import {
  aWorld,
  connectedIn,
  dueIn,
  ONLY_SHARD,
  storedIn,
  type World,
} from '../../support/world.ts'

const { signal } = new AbortController()

/** A world in which so many connections have become due, the first of them the longest. */
async function aWorldWithDue(count: number) {
  const world = aWorld()
  const ids: number[] = []
  for (let n = 0; n < count; n += 1) {
    const { connection } = await connectedIn(world, { nextRefreshAt: at(n * MINUTE) })
    ids.push(connection.id)
  }
  world.clock.advance(HOUR)
  return { world, ids }
}

function sweep(world: World, part: Partial<Sweep> = {}) {
  const { signal: ending } = new AbortController()
  return sweepShard(world, { ...ONLY_SHARD, ending, signal, ...part })
}

/** A list of what is due, as given. */
const listing = (world: World, ...ids: readonly number[]): World['dueConnections'] => ({
  ...world.dueConnections,
  due: async function* (bucket) {
    for (const connectionId of bucket === 0 ? ids : []) yield { connectionId, dueSince: at(0) }
  },
})

const serviceError = (code: ServiceErrorCode) => new ServiceError('as the test wants it', { code })
const refused = (refusal: Parameters<typeof aRefusal>[0]) =>
  ({ outcome: 'refused', refusal: aRefusal(refusal) }) as const
const REJECTED = refused({ status: 401, error: 'invalid_client', code: 7000222 })

describe('a sweep', () => {
  test('refreshes everything that is due, and says how it went', async () => {
    const { world, ids } = await aWorldWithDue(25)
    const result = await sweep(world)
    expect(result).toEqual({ outcomes: { refreshed: 25 }, oldestDueMs: HOUR, ended: 'all' })
    for (const id of ids) expect((await storedIn(world, id)).generation).toBe(2)
  })

  test('does nothing when nothing is due', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    expect(await sweep(world)).toEqual({ outcomes: {}, oldestDueMs: 0, ended: 'all' })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('looks at the buckets of its own shard only, and the shards together at all', async () => {
    const { world, ids } = await aWorldWithDue(30)
    const shards = 7
    for (let shard = 0; shard < shards; shard += 1) {
      const before = world.reports.length
      await sweep(world, { shard, shards })
      const swept = world.reports.slice(before).map(([id]) => id)
      const own = ids.filter((id) => dueBucketOf(id) % shards === shard)
      expect(swept.toSorted()).toEqual(own.toSorted())
    }
    expect(world.reports).toHaveLength(30)
  })

  test('goes on unharmed when the number of shards changes from one to the next', async () => {
    const { world, ids } = await aWorldWithDue(30)
    await sweep(world, { shard: 1, shards: 3 })
    await sweep(world, { shard: 0, shards: 2 })
    await sweep(world, { shard: 1, shards: 2 })
    for (const id of ids) expect((await storedIn(world, id)).generation).toBe(2)
  })

  test('asks each bucket of its shard once for what is due now', async () => {
    const world = aWorld()
    const asked: (readonly [number, Date])[] = []
    const due: World['dueConnections']['due'] = async function* (bucket, until) {
      asked.push([bucket, until])
      yield* [] as DueConnection[]
    }
    await sweep({ ...world, dueConnections: { ...world.dueConnections, due } }, { shards: 32 })
    expect(asked.toSorted(([a], [b]) => a - b)).toEqual([
      [0, at(0)],
      [32, at(0)],
    ])
  })

  test('begins with the longest due of a bucket', async () => {
    const { world, ids } = await aWorldWithDue(40)
    await sweep({ ...world, concurrency: 1, ahead: 0 })
    const bucketOfFirst = dueBucketOf(ids[0] ?? 0)
    const reported = world.reports.map(([id]) => id)
    const ofBucket = (some: readonly number[]) =>
      some.filter((id) => dueBucketOf(id) === bucketOfFirst)
    expect(ofBucket(reported)).toEqual(ofBucket(ids))
  })

  test('reports every connection once, with its outcome', async () => {
    const { world, ids } = await aWorldWithDue(12)
    await sweep(world)
    expect(world.reports.map(([id]) => id).toSorted()).toEqual(ids.toSorted())
    for (const [, result] of world.reports) expect(result).toMatchObject({ outcome: 'refreshed' })
  })

  test('counts outcomes by name', async () => {
    const { world } = await aWorldWithDue(5)
    const { answerNextRefresh } = world.tokenEndpoint
    answerNextRefresh(refused({}))
    answerNextRefresh({ outcome: 'malformed', what: 'x' })
    answerNextRefresh(refused({ code: 53003 }))
    const { outcomes } = await sweep(world)
    const expected = { reauthorization_required: 1, transient: 1, blocked: 1, refreshed: 2 }
    expect(outcomes).toEqual(expected)
  })

  test('says how long the longest due had been due, also one that is not reached', async () => {
    const { world } = await aWorldWithDue(3)
    world.clock.advance(HOUR)
    const { oldestDueMs } = await sweep(world)
    expect(oldestDueMs).toBe(2 * HOUR)
  })

  test.each([1, 3, 10])('runs at most %i at the same time, when told so', async (concurrency) => {
    const { world } = await aWorldWithDue(40)
    let running = 0
    let most = 0
    const refresh: World['tokenEndpoint']['refresh'] = async (grant) => {
      running += 1
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running -= 1
      return world.tokenEndpoint.refresh(grant)
    }
    const tokenEndpoint = { ...world.tokenEndpoint, refresh }
    await sweep({ ...world, tokenEndpoint, concurrency })
    expect(most).toBe(concurrency)
  })

  test('starts at most so many in a second', async () => {
    const { world } = await aWorldWithDue(21)
    const started: number[] = []
    const wait: World['wait'] = async (ms) => world.clock.advance(ms)
    const read: World['tokenSets']['read'] = (id) => {
      started.push(world.now().getTime())
      return world.tokenSets.read(id)
    }
    const tokenSets = { ...world.tokenSets, read }
    await sweep({ ...world, tokenSets, wait, startsPerSecond: 10, concurrency: 1, ahead: 0 })
    const first = started[0] ?? 0
    expect(started.map((start) => start - first)).toEqual(started.map((_, n) => n * 100))
  })
})

describe('what is under way ahead of Microsoft', () => {
  /** A token endpoint that answers when it is told to. */
  const answeringByHand = (world: World) => {
    const answers: (() => void)[] = []
    const refresh: World['tokenEndpoint']['refresh'] = async (grant) => {
      await new Promise<void>((answer) => answers.push(answer))
      return world.tokenEndpoint.refresh(grant)
    }
    return { answers, tokenEndpoint: { ...world.tokenEndpoint, refresh } }
  }
  /** What a refresh does without Microsoft takes a turn of the event loop, and another to store. */
  const settled = async () => {
    for (let turns = 0; turns < 3; turns += 1) await new Promise(setImmediate)
  }
  const claimed = (world: World) => {
    const ids: number[] = []
    const claim: World['refreshClaims']['claim'] = (wanted) => {
      ids.push(wanted.connectionId)
      return world.refreshClaims.claim(wanted)
    }
    return { ids, refreshClaims: { claim } }
  }

  test('is so many that the next request can follow at once, and no more', async () => {
    const { world } = await aWorldWithDue(12)
    const { answers, tokenEndpoint } = answeringByHand(world)
    const { ids, refreshClaims } = claimed(world)
    const swept = sweep({ ...world, tokenEndpoint, refreshClaims, concurrency: 2, ahead: 3 })
    await settled()
    expect([answers.length, ids.length]).toEqual([2, 5])
    answers[0]?.()
    await settled()
    expect([answers.length, ids.length]).toEqual([3, 6])
    for (let n = 1; n < 12; n += 1) {
      answers[n]?.()
      await settled()
    }
    expect((await swept).outcomes).toEqual({ refreshed: 12 })
  })

  test('sends nothing when the app credential is rejected, and lets those finish that have begun', async () => {
    const { world, ids } = await aWorldWithDue(12)
    const { answers, tokenEndpoint } = answeringByHand(world)
    world.tokenEndpoint.answerNextRefresh(REJECTED)
    const swept = sweep({ ...world, tokenEndpoint, concurrency: 2, ahead: 3 })
    await settled()
    answers[0]?.()
    await settled()
    answers[1]?.()
    expect(await swept).toMatchObject({
      outcomes: { app_credential_rejected: 1, refreshed: 1, in_progress: 3 },
      ended: 'held_back',
    })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(2)
    expect(await dueIn(world)).toHaveLength(ids.length - 1)
  })

  test('sends nothing when the sweep is at its end', async () => {
    const { world, ids } = await aWorldWithDue(12)
    const { answers, tokenEndpoint } = answeringByHand(world)
    const ending = new AbortController()
    const swept = sweep(
      { ...world, tokenEndpoint, concurrency: 2, ahead: 3 },
      { ending: ending.signal },
    )
    await settled()
    ending.abort()
    for (const answer of answers) answer()
    expect(await swept).toMatchObject({
      outcomes: { refreshed: 2, in_progress: 3 },
      ended: 'deadline',
    })
    expect(await dueIn(world)).toHaveLength(ids.length - 2)
  })

  test('sends nothing when its turn comes too late for its claim', async () => {
    const { world } = await aWorldWithDue(3)
    const { answers, tokenEndpoint } = answeringByHand(world)
    const swept = sweep({ ...world, tokenEndpoint, concurrency: 1, ahead: 1 })
    await settled()
    world.clock.advance(20 * SECOND + 1)
    answers[0]?.()
    await settled()
    answers[1]?.()
    expect((await swept).outcomes).toEqual({ refreshed: 2, in_progress: 1 })
  })
})

describe('a connection that fails', () => {
  test('stops no other, and is reported with what it threw', async () => {
    const { world } = await aWorldWithDue(25)
    const error = new Error('poison')
    for (let n = 0; n < 12; n += 1) {
      world.tokenEndpoint.answerNextRefresh(() => Promise.reject(error))
    }
    const { outcomes, ended } = await sweep(world)
    expect(outcomes).toEqual({ error: 12, refreshed: 13 })
    expect(ended).toBe('all')
    const reported = world.reports.filter(([, result]) => 'error' in result)
    expect(reported.map(([, result]) => 'error' in result && result.error)).toEqual(
      Array.from({ length: 12 }, () => error),
    )
  })

  test('is found again by a later sweep', async () => {
    const { world, ids } = await aWorldWithDue(1)
    world.tokenEndpoint.answerNextRefresh(() => Promise.reject(new Error('once')))
    await sweep(world)
    world.clock.advance(2 * MINUTE)
    expect(await sweep(world)).toMatchObject({ outcomes: { refreshed: 1 } })
    expect(await storedIn(world, ids[0] ?? 0)).toMatchObject({ generation: 2 })
  })

  test('whose item cannot be read is set aside, and stops no other', async () => {
    const { world, ids } = await aWorldWithDue(5)
    const [poison = 0] = ids
    world.corrupt(poison)
    expect(await sweep({ ...world, concurrency: 1, ahead: 0 })).toMatchObject({
      outcomes: { error: 1, refreshed: 4 },
      ended: 'all',
    })
    world.mend(poison)
    const quarter = new Date(world.now().getTime() + 15 * MINUTE)
    expect((await storedIn(world, poison)).nextRefreshAt).toEqual(quarter)
  })

  test('whose tokens do not open is set aside too, and refreshed when the key is back', async () => {
    const { world, ids } = await aWorldWithDue(1)
    const [id = 0] = ids
    world.keyrings.refresh.rotate()
    world.keyrings.refresh.drop('key-1')
    expect(await sweep(world)).toMatchObject({ outcomes: { error: 1 }, ended: 'all' })
    expect(await sweep(world)).toMatchObject({ outcomes: {} })
    world.keyrings.refresh.putBack('key-1')
    world.clock.advance(15 * MINUTE)
    expect(await sweep(world)).toMatchObject({ outcomes: { refreshed: 1 } })
    expect(await storedIn(world, id)).toMatchObject({ generation: 2, status: 'connected' })
  })

  test('and cannot be set aside either stays due, and stops no other', async () => {
    const { world, ids } = await aWorldWithDue(3)
    const [poison = 0] = ids
    world.corrupt(poison)
    const setAside = () => Promise.reject(serviceError('store_unavailable'))
    const dueConnections = { ...world.dueConnections, setAside }
    const result = await sweep({ ...world, dueConnections })
    expect(result).toMatchObject({ outcomes: { error: 1, refreshed: 2 }, ended: 'all' })
    expect(await dueIn(world)).toEqual([poison])
  })

  test('for another reason is not set aside', async () => {
    const { world, ids } = await aWorldWithDue(1)
    const before = await storedIn(world, ids[0] ?? 0)
    world.tokenEndpoint.answerNextRefresh(() => Promise.reject(new Error('a bug')))
    await sweep(world)
    expect(await storedIn(world, before.id)).toEqual(before)
  })
})

describe('what every further one would meet as well', () => {
  test('a rejected app credential ends the sweep after one request, and the rest stays due', async () => {
    const { world, ids } = await aWorldWithDue(20)
    world.tokenEndpoint.answerNextRefresh(REJECTED)
    const result = await sweep({ ...world, concurrency: 1, ahead: 0 })
    expect(result).toMatchObject({ outcomes: { app_credential_rejected: 1 }, ended: 'held_back' })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
    expect((await dueIn(world)).toSorted()).toEqual(ids.toSorted())
  })

  test('the next sweep probes once, and goes on when the credential is right', async () => {
    const { world } = await aWorldWithDue(20)
    const one = { ...world, concurrency: 1, ahead: 0 }
    world.tokenEndpoint.answerNextRefresh(REJECTED)
    await sweep(one)
    world.clock.advance(MINUTE + SECOND)
    world.tokenEndpoint.answerNextRefresh(REJECTED)
    expect((await sweep(one)).ended).toBe('held_back')
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(2)
    world.clock.advance(MINUTE + SECOND)
    expect((await sweep(one)).ended).toBe('all')
    world.clock.advance(MINUTE + SECOND)
    await sweep(one)
    expect(await dueIn(world)).toEqual([])
  })

  test.each<[string, ServiceErrorCode, (world: World) => Partial<World>]>([
    [
      'an app credential that cannot be read',
      'secret_unreadable',
      ({ appCredentials }) => ({
        appCredentials: {
          ...appCredentials,
          read: () => Promise.reject(serviceError('secret_unreadable')),
        },
      }),
    ],
    [
      'a store that does not answer',
      'store_unavailable',
      ({ tokenSets }) => ({
        tokenSets: {
          ...tokenSets,
          read: () => Promise.reject(serviceError('store_unavailable')),
        },
      }),
    ],
    [
      'a setting that is missing',
      'configuration_invalid',
      ({ tokenSets }) => ({
        tokenSets: {
          ...tokenSets,
          read: () => Promise.reject(serviceError('configuration_invalid')),
        },
      }),
    ],
  ])('%s ends the sweep, and the rest stays due', async (_, code, broken) => {
    const { world, ids } = await aWorldWithDue(20)
    const result = await sweep({ ...world, ...broken(world), concurrency: 1, ahead: 0 })
    expect(result).toMatchObject({ outcomes: { error: 1 }, ended: 'held_back' })
    expect(world.reports).toEqual([
      [expect.any(Number), { outcome: 'error', error: expect.objectContaining({ code }) }],
    ])
    expect((await dueIn(world)).toSorted()).toEqual(ids.toSorted())
    expect(await sweep(world)).toMatchObject({ outcomes: { refreshed: 20 } })
  })

  test('a held tenant ends no sweep: another tenant is not delayed', async () => {
    const { world, ids } = await aWorldWithDue(3)
    const user = { ...(await storedIn(world, ids[0] ?? 0)).user, tenantId: 'another-tenant' }
    const other = await connectedIn(world, {
      user: { objectId: 'o', name: undefined, username: undefined, loginHint: undefined, ...user },
      nextRefreshAt: at(0),
    })
    await world.refreshBrakes.holdTenant(TENANT, at(2 * HOUR))
    const { outcomes, ended } = await sweep(world)
    expect(outcomes).toEqual({ transient: 3, refreshed: 1 })
    expect(ended).toBe('all')
    expect((await storedIn(world, other.connection.id)).generation).toBe(2)
  })

  test('who waits for a held tenant is no sign that refreshing does not keep up', async () => {
    const { world } = await aWorldWithDue(3)
    await world.refreshBrakes.holdTenant(TENANT, at(2 * HOUR))
    expect(await sweep(world)).toEqual({
      outcomes: { transient: 3 },
      oldestDueMs: 0,
      ended: 'all',
    })
  })

  test('a list that breaks off lets those finish that have begun, and the rest stays due', async () => {
    const { world, ids } = await aWorldWithDue(4)
    const [first = 0] = ids
    const due: World['dueConnections']['due'] = async function* () {
      yield { connectionId: first, dueSince: at(0) }
      throw serviceError('store_unavailable')
    }
    const refresh: World['tokenEndpoint']['refresh'] = async (grant) => {
      await new Promise(setImmediate)
      return world.tokenEndpoint.refresh(grant)
    }
    const tokenEndpoint = { ...world.tokenEndpoint, refresh }
    const broken = { ...world, tokenEndpoint, dueConnections: { ...world.dueConnections, due } }
    await sweep(broken).catch(() => undefined)
    // Once a sweep has ended, its container is frozen: what is not stored by now is lost.
    expect((await storedIn(world, first)).generation).toBe(2)
  })
})

describe('when it is time to end', () => {
  test('what runs is finished, and nothing more begins', async () => {
    const { world, ids } = await aWorldWithDue(30)
    const ending = new AbortController()
    let running = 0
    const refresh: World['tokenEndpoint']['refresh'] = (grant) => {
      running += 1
      if (running === 3) ending.abort()
      return world.tokenEndpoint.refresh(grant)
    }
    const result = await sweep(
      { ...world, tokenEndpoint: { ...world.tokenEndpoint, refresh }, concurrency: 3, ahead: 0 },
      { ending: ending.signal },
    )
    expect(result).toMatchObject({ outcomes: { refreshed: 3 }, ended: 'deadline' })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(3)
    expect(await dueIn(world)).toHaveLength(ids.length - 3)
  })

  test('whoever waits for its turn then does not begin', async () => {
    const { world } = await aWorldWithDue(10)
    const ending = new AbortController()
    const wait: World['wait'] = async () => ending.abort()
    const one = { ...world, wait, startsPerSecond: 1, concurrency: 1, ahead: 0 }
    const result = await sweep(one, { ending: ending.signal })
    expect(result).toMatchObject({ outcomes: { refreshed: 1 }, ended: 'deadline' })
    expect(await dueIn(world)).toHaveLength(9)
  })

  test('a sweep that begins at its end does nothing', async () => {
    const { world } = await aWorldWithDue(3)
    const result = await sweep(world, { ending: AbortSignal.abort() })
    expect(result).toEqual({ outcomes: {}, oldestDueMs: 0, ended: 'deadline' })
    expect(world.reports).toEqual([])
  })

  test('the next sweep takes what was left', async () => {
    const { world } = await aWorldWithDue(3)
    await sweep(world, { ending: AbortSignal.abort() })
    expect(await sweep(world)).toMatchObject({ outcomes: { refreshed: 3 } })
  })

  test('what must not go on is told to each refresh', async () => {
    const { world } = await aWorldWithDue(2)
    await sweep(world, { signal: AbortSignal.abort() })
    const signals = world.tokenEndpoint.refreshGrants.map((grant) => grant.signal.aborted)
    expect(signals).toEqual([true, true])
  })
})

describe('duplicates are harmless', () => {
  test('two sweeps of one shard at once redeem each connection once', async () => {
    const { world, ids } = await aWorldWithDue(15)
    const [one, other] = await Promise.all([sweep(world), sweep(world)])
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(15)
    expect((one.outcomes.refreshed ?? 0) + (other.outcomes.refreshed ?? 0)).toBe(15)
    for (const id of ids) expect((await storedIn(world, id)).generation).toBe(2)
  })

  test('an id that is listed over and over is refreshed once', async () => {
    const { world, ids } = await aWorldWithDue(1)
    const dueConnections = listing(world, ...ids, ...ids, ...ids)
    const { outcomes } = await sweep({ ...world, dueConnections })
    expect(outcomes.refreshed).toBe(1)
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('a stale index entry does nothing', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const dueConnections = listing(world, connection.id, anUnknownId())
    const { outcomes } = await sweep({ ...world, dueConnections })
    expect(outcomes).toEqual({ not_due: 1, gone: 1 })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('a refresh on request during a sweep costs no second one', async () => {
    const { world, ids } = await aWorldWithDue(1)
    const [connectionId = 0] = ids
    await Promise.all([
      sweep(world),
      refreshConnection(world, { connectionId, when: 'now', signal }),
    ])
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })
})
