import { describe, expect, test } from 'vitest'
import { sweepShard } from '../../../functions/domain/sweep-shard.ts'
import { at, HOUR, MINUTE, T0 } from '../../fakes/hand-clock.ts'
import { anUnknownId, aRefusal } from '../../support/builders.ts'
import { aWorld, connectedIn, storedIn, type World } from '../../support/world.ts'

const { signal } = new AbortController()

/** A world in which so many connections have become due. */
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

function sweep(world: World, ending = new AbortController().signal) {
  return sweepShard(world, { shard: 0, ending, signal })
}

describe('a sweep', () => {
  test('refreshes everything that is due, and says how it went', async () => {
    const { world, ids } = await aWorldWithDue(25)
    expect(await sweep(world)).toEqual({ due: 25, outcomes: { refreshed: 25 } })
    for (const id of ids) expect((await storedIn(world, id)).generation).toBe(2)
  })

  test('does nothing when nothing is due', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    expect(await sweep(world)).toEqual({ due: 0, outcomes: {} })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('looks at its own shard only', async () => {
    const { world } = await aWorldWithDue(3)
    const { ending } = { ending: signal }
    expect(await sweepShard(world, { shard: 1, ending, signal })).toEqual({ due: 0, outcomes: {} })
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('begins with the longest due', async () => {
    const { world, ids } = await aWorldWithDue(25)
    await sweep(world)
    const reported = world.reports.map(([id]) => id)
    expect(reported.slice(0, 10).toSorted()).toEqual(ids.slice(0, 10).toSorted())
  })

  test('reports every connection once, with its outcome', async () => {
    const { world, ids } = await aWorldWithDue(12)
    await sweep(world)
    expect(world.reports.map(([id]) => id).toSorted()).toEqual(ids.toSorted())
    for (const [, result] of world.reports) expect(result).toMatchObject({ outcome: 'refreshed' })
  })

  test('runs a bounded number of refreshes at the same time', async () => {
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
    await sweep({ ...world, tokenEndpoint: { ...world.tokenEndpoint, refresh } })
    expect(most).toBe(10)
  })

  test('counts outcomes by name', async () => {
    const { world } = await aWorldWithDue(4)
    const { answerNextRefresh } = world.tokenEndpoint
    answerNextRefresh({ outcome: 'refused', refusal: aRefusal() })
    answerNextRefresh({ outcome: 'malformed', what: 'x' })
    const { outcomes } = await sweep(world)
    expect(outcomes).toEqual({ reauthorization_required: 1, transient: 1, refreshed: 2 })
  })
})

describe('a connection that fails', () => {
  test('stops no other, and is reported with what it threw', async () => {
    const { world } = await aWorldWithDue(25)
    const error = new Error('poison')
    for (let n = 0; n < 12; n += 1) {
      world.tokenEndpoint.answerNextRefresh(() => Promise.reject(error))
    }
    expect(await sweep(world)).toEqual({ due: 25, outcomes: { error: 12, refreshed: 13 } })
    expect(
      world.reports.filter(([, result]) => 'error' in result && result.error === error),
    ).toHaveLength(12)
  })

  test('is found again by a later sweep', async () => {
    const { world, ids } = await aWorldWithDue(1)
    world.tokenEndpoint.answerNextRefresh(() => Promise.reject(new Error('once')))
    await sweep(world)
    world.clock.advance(2 * MINUTE)
    expect(await sweep(world)).toEqual({ due: 1, outcomes: { refreshed: 1 } })
    expect(await storedIn(world, ids[0] ?? 0)).toMatchObject({ generation: 2 })
  })
})

describe('when it is time to end', () => {
  test('what runs is finished, and nothing more begins', async () => {
    const { world, ids } = await aWorldWithDue(30)
    const ending = new AbortController()
    world.tokenEndpoint.answerNextRefresh(() => {
      ending.abort()
      return { outcome: 'issued', tokenSet: world.minter.mint() }
    })
    const { due, outcomes } = await sweep(world, ending.signal)
    expect(due).toBe(30)
    expect(outcomes.refreshed).toBeLessThanOrEqual(10)
    expect(outcomes.refreshed).toBe(world.tokenEndpoint.refreshGrants.length)
    const left = await world.dueConnections.due(0, world.now(), 100)
    expect(left).toHaveLength(ids.length - (outcomes.refreshed ?? 0))
  })

  test('a sweep that begins at its end does nothing', async () => {
    const { world } = await aWorldWithDue(3)
    expect(await sweep(world, AbortSignal.abort())).toEqual({ due: 3, outcomes: {} })
    expect(world.reports).toEqual([])
  })

  test('the next sweep takes what was left', async () => {
    const { world } = await aWorldWithDue(3)
    await sweep(world, AbortSignal.abort())
    expect(await sweep(world)).toEqual({ due: 3, outcomes: { refreshed: 3 } })
  })

  test('what must not go on is told to each refresh', async () => {
    const { world } = await aWorldWithDue(2)
    await sweep(world)
    expect(world.tokenEndpoint.refreshGrants.map((grant) => grant.signal)).toEqual([signal, signal])
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

  test('an id that is listed twice is refreshed once', async () => {
    const { world, ids } = await aWorldWithDue(1)
    const dueConnections = { due: async () => [...ids, ...ids, ...ids] }
    const { outcomes } = await sweep({ ...world, dueConnections })
    expect(outcomes.refreshed).toBe(1)
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('a stale index entry does nothing', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const dueConnections = { due: async () => [connection.id, anUnknownId()] }
    const { outcomes } = await sweep({ ...world, dueConnections })
    expect(outcomes).toEqual({ not_due: 1, gone: 1 })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })
})

test('a sweep asks for what is due now, and for no more than it can take', async () => {
  const world = aWorld()
  const asked: unknown[] = []
  const due: World['dueConnections']['due'] = async (...args) => {
    asked.push(args)
    return []
  }
  await sweep({ ...world, dueConnections: { due } })
  expect(asked).toEqual([[0, T0, 1000]])
})
