import { describe, expect, test } from 'vitest'
import { type AccessTokenRequest, accessTokenFor } from '../../../functions/domain/access-token.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { at, DAY, HOUR, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import {
  aNewConnection,
  anAccountId,
  anUnknownId,
  aReason,
  aRefusal,
  RESOURCE,
} from '../../support/builders.ts'
import { aWorld, connectedIn, storedIn, tokensIn, type World } from '../../support/world.ts'

function ask(world: World, connection: Connection, request: Partial<AccessTokenRequest> = {}) {
  const { accountId, id: connectionId } = connection
  return accessTokenFor(world, {
    accountId,
    connectionId,
    minValidityMs: 5 * MINUTE,
    forceRefresh: false,
    ...request,
  })
}

async function connectedWorld() {
  const world = aWorld()
  return { world, ...(await connectedIn(world)) }
}

describe('the stored token', () => {
  test('is served as long as it reaches, and Microsoft is not asked', async () => {
    const { world, connection, tokens } = await connectedWorld()
    expect(await ask(world, connection)).toEqual({
      outcome: 'served',
      accessToken: tokens.accessToken,
      expiresAt: at(HOUR),
      resource: RESOURCE,
    })
    expect(world.refreshRequests.asked).toEqual([])
  })

  test('is good for exactly as long as asked, to the millisecond', async () => {
    const { world, connection, tokens } = await connectedWorld()
    world.clock.advance(55 * MINUTE)
    const { accessToken } = tokens
    expect(await ask(world, connection)).toMatchObject({ outcome: 'served', accessToken })
    world.clock.advance(1)
    const renewed = await ask(world, connection)
    expect(renewed).toMatchObject({ outcome: 'served', expiresAt: at(55 * MINUTE + 1 + HOUR) })
  })

  test('is served without opening a refresh token', async () => {
    const { world, connection, tokens } = await connectedWorld()
    world.keyrings.refresh.drop('key-1')
    const { accessToken } = tokens
    expect(await ask(world, connection)).toMatchObject({ outcome: 'served', accessToken })
  })

  test('that does not open is an error, not a lost connection', async () => {
    const { world, connection } = await connectedWorld()
    world.keyrings.access.drop('key-1')
    await expect(ask(world, connection)).rejects.toMatchObject({ code: 'token_unsealable' })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })
})

describe('a token that does not reach', () => {
  test('is renewed first, for the generation that is not good enough', async () => {
    const { world, connection } = await connectedWorld()
    world.clock.advance(58 * MINUTE)
    const served = await ask(world, connection)
    expect(world.refreshRequests.asked).toEqual([{ connectionId: connection.id, when: 1 }])
    const { accessToken } = await tokensIn(world, connection.id)
    const expiresAt = at(58 * MINUTE + HOUR)
    expect(served).toEqual({ outcome: 'served', accessToken, expiresAt, resource: RESOURCE })
  })

  test('is renewed once for callers one after the other', async () => {
    const { world, connection } = await connectedWorld()
    world.clock.advance(2 * HOUR)
    for (let n = 0; n < 3; n += 1) {
      expect(await ask(world, connection)).toMatchObject({ outcome: 'served' })
    }
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('whoever was overtaken by another refresh is served its token', async () => {
    const { world, connection } = await connectedWorld()
    world.clock.advance(2 * HOUR)
    world.refreshRequests.answerNext(async () => {
      await world.refreshRequests.refresh(connection.id, 'now')
      return { outcome: 'not_due' }
    })
    const served = await ask(world, connection)
    const { accessToken } = await tokensIn(world, connection.id)
    expect(served).toMatchObject({ outcome: 'served', accessToken })
  })
})

describe('a refresh that another has under way', () => {
  /** A world whose token has expired, while another holder is redeeming. */
  async function aRefreshUnderWay() {
    const made = await connectedWorld()
    made.world.clock.advance(2 * HOUR)
    made.world.refreshRequests.answerNext({ outcome: 'in_progress' })
    return made
  }
  /** The world, in which something happens during the given wait. */
  const during = (world: World, wait: number, happens: () => Promise<unknown>): World => ({
    ...world,
    wait: async (ms) => {
      await world.wait(ms)
      if (world.waits.length === wait) await happens()
    },
  })

  test.each([1, 3, 8])(
    'is waited for: during wait %i it ends, and its token is served',
    async (nth) => {
      const { world, connection } = await aRefreshUnderWay()
      const refresh = () => world.refreshRequests.refresh(connection.id, 'now')
      const served = await ask(during(world, nth, refresh), connection)
      const { accessToken } = await tokensIn(world, connection.id)
      expect(served).toMatchObject({ outcome: 'served', accessToken })
      expect(world.waits).toHaveLength(nth)
      expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
    },
  )

  test('that takes longer than six seconds is left alone, and the caller is told to come back', async () => {
    const { world, connection } = await aRefreshUnderWay()
    const outcome = await ask(world, connection)
    expect(outcome).toEqual({
      outcome: 'unavailable',
      why: 'temporarily_unavailable',
      reason: undefined,
      retryAt: new Date(world.now().getTime() + 2 * SECOND),
    })
    expect(world.waits.reduce((sum, wait) => sum + wait, 0)).toBe(6 * SECOND)
  })

  test('is looked for often at first', async () => {
    const { world, connection } = await aRefreshUnderWay()
    await ask(world, connection)
    expect(world.waits[0]).toBeLessThanOrEqual(50)
    expect(world.waits).toEqual(world.waits.toSorted((a, b) => a - b))
  })

  test('and ends the connection is reported as what it is by then', async () => {
    const { world, connection } = await aRefreshUnderWay()
    const end = () => world.connections.disconnect(connection)
    const outcome = await ask(during(world, 2, end), connection)
    expect(outcome).toMatchObject({ outcome: 'not_connected', status: 'disconnected' })
    expect(world.waits).toHaveLength(2)
  })

  test('while the connection is removed is unknown', async () => {
    const { world, connection } = await aRefreshUnderWay()
    const end = () => world.connections.remove(connection)
    expect(await ask(during(world, 2, end), connection)).toEqual({ outcome: 'unknown' })
  })

  test('and fails leaves a forced caller with the stored token while that is good', async () => {
    const { world, connection, tokens } = await connectedWorld()
    world.refreshRequests.answerNext({ outcome: 'in_progress' })
    const { accessToken } = tokens
    const served = await ask(world, connection, { forceRefresh: true })
    expect(served).toMatchObject({ outcome: 'served', accessToken })
  })
})

describe('being asked for', () => {
  test('keeps a connection hot, which is asked for only when its window is ending', async () => {
    const { world, connection, tokens } = await connectedWorld()
    const kept = { ...connection, hotUntil: at(6 * HOUR) }
    const connections = { ...world.connections, read: async () => kept }
    await ask({ ...world, connections }, connection)
    expect(world.refreshRequests.askedSoon).toEqual([])
    world.clock.advance(1)
    const served = await ask({ ...world, connections }, connection)
    const soon = { connectionId: connection.id, generation: 1 }
    expect(world.refreshRequests.askedSoon).toEqual([soon])
    expect(served).toMatchObject({ outcome: 'served', accessToken: tokens.accessToken })
  })

  test('for the first time since hotness is kept makes it hot', async () => {
    const { world, connection } = await connectedWorld()
    const read = async () => ({ ...connection, hotUntil: undefined })
    const connections = { ...world.connections, read }
    await ask({ ...world, connections }, connection)
    expect(world.refreshRequests.askedSoon).toHaveLength(1)
  })

  test('makes an idle connection hot by the refresh that its first caller needs', async () => {
    const { world, connection } = await connectedWorld()
    world.clock.advance(7 * DAY)
    await ask(world, connection)
    expect((await storedIn(world, connection.id)).hotUntil).toEqual(at(8 * DAY))
    expect(world.refreshRequests.askedSoon).toEqual([])
  })
})

describe('a forced refresh', () => {
  test('is one for all that force at once', async () => {
    const { world, connection } = await connectedWorld()
    const forced = Array.from({ length: 20 }, () => ask(world, connection, { forceRefresh: true }))
    const outcomes = await Promise.all(forced)
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
    const { accessToken } = await tokensIn(world, connection.id)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ outcome: 'served', accessToken })
    }
  })

  test('concerns the generation that was read: one that is stored meanwhile will do', async () => {
    const { world, connection } = await connectedWorld()
    const refresh: World['refreshRequests']['refresh'] = async (id, when) => {
      await world.refreshRequests.refresh(id, 'now')
      return world.refreshRequests.refresh(id, when)
    }
    const refreshRequests = { ...world.refreshRequests, refresh }
    const served = await ask({ ...world, refreshRequests }, connection, { forceRefresh: true })
    const { accessToken } = await tokensIn(world, connection.id)
    expect(served).toMatchObject({ outcome: 'served', accessToken })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('renews a token that would do', async () => {
    const { world, connection, tokens } = await connectedWorld()
    const served = await ask(world, connection, { forceRefresh: true })
    const { accessToken } = await tokensIn(world, connection.id)
    expect(accessToken).not.toBe(tokens.accessToken)
    expect(served).toMatchObject({ outcome: 'served', accessToken })
  })

  test('that fails serves the stored token while it is good', async () => {
    const { world, connection, tokens } = await connectedWorld()
    world.tokenEndpoint.answerNextRefresh({
      outcome: 'unavailable',
      status: 503,
      retryAfter: undefined,
    })
    const { accessToken } = tokens
    const served = await ask(world, connection, { forceRefresh: true })
    expect(served).toMatchObject({ outcome: 'served', accessToken })
  })
})

describe('when no token can be had', () => {
  async function expiredWorld() {
    const made = await connectedWorld()
    made.world.clock.advance(2 * HOUR)
    return made
  }

  test('a passing failure says when to come back', async () => {
    const { world, connection } = await expiredWorld()
    const retryAfter = at(2 * HOUR + 10 * MINUTE)
    world.tokenEndpoint.answerNextRefresh({ outcome: 'unavailable', status: 429, retryAfter })
    expect(await ask(world, connection)).toEqual({
      outcome: 'unavailable',
      why: 'temporarily_unavailable',
      reason: undefined,
      retryAt: retryAfter,
    })
  })

  test("a rejected app credential is named as such, and is not the customer's trouble", async () => {
    const { world, connection } = await expiredWorld()
    const refusal = aRefusal({ status: 401, error: 'invalid_client' })
    world.tokenEndpoint.answerNextRefresh({ outcome: 'refused', refusal })
    const outcome = await ask(world, connection)
    expect(outcome).toEqual({
      outcome: 'unavailable',
      why: 'app_credential_rejected',
      reason: undefined,
      retryAt: at(2 * HOUR + MINUTE),
    })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('what somebody must lift first is named, with when it is tried again', async () => {
    const { world, connection } = await expiredWorld()
    const refusal = aRefusal({ code: 53003 })
    world.tokenEndpoint.answerNextRefresh({ outcome: 'refused', refusal })
    const outcome = await ask(world, connection)
    const { reason, nextRefreshAt: retryAt } = await storedIn(world, connection.id)
    expect(reason).toMatchObject({ code: 'AADSTS53003', who: 'administrator' })
    const why = 'temporarily_unavailable'
    expect(outcome).toEqual({ outcome: 'unavailable', why, reason, retryAt })
  })

  test('a validity that no new token has is unavailable', async () => {
    const { world, connection } = await connectedWorld()
    expect(await ask(world, connection, { minValidityMs: HOUR + 1 })).toEqual({
      outcome: 'unavailable',
      why: 'validity_unavailable',
      reason: undefined,
      retryAt: at(2 * SECOND),
    })
  })

  test.each(['not_due', 'gone', 'reauthorization_required'] as const)(
    'an answer of %s that the store does not show yet says to come back soon',
    async (name) => {
      const { world, connection } = await expiredWorld()
      const whole = { outcome: name, status: 'connected', reason: aReason() } as const
      world.refreshRequests.answerNext(whole)
      expect(await ask(world, connection)).toEqual({
        outcome: 'unavailable',
        why: 'temporarily_unavailable',
        reason: undefined,
        retryAt: at(2 * HOUR + 2 * SECOND),
      })
    },
  )

  test('a refresh function that does not answer is reported as that', async () => {
    const { world, connection } = await expiredWorld()
    const error = new ServiceError('try again', { code: 'refresh_unavailable' })
    world.refreshRequests.answerNext(() => Promise.reject(error))
    await expect(ask(world, connection)).rejects.toBe(error)
  })

  test('an expired token is never served', async () => {
    const { world, connection } = await expiredWorld()
    world.refreshRequests.answerNext({ outcome: 'refreshed', generation: 1, expiresAt: at(0) })
    const outcome = await ask(world, connection, { minValidityMs: 0 })
    expect(outcome).toMatchObject({ outcome: 'unavailable', why: 'validity_unavailable' })
  })
})

describe('a connection without a grant', () => {
  test('that never was is unknown', async () => {
    const { world, connection } = await connectedWorld()
    const outcome = await ask(world, connection, { connectionId: anUnknownId() })
    expect(outcome).toEqual({ outcome: 'unknown' })
  })

  test('of another account is as unknown', async () => {
    const { world, connection } = await connectedWorld()
    const outcome = await ask(world, connection, { accountId: anAccountId() })
    expect(outcome).toEqual({ outcome: 'unknown' })
  })

  test('that nobody has signed in to is not connected', async () => {
    const world = aWorld()
    const pending = await world.connections.create(aNewConnection())
    const status = 'pending'
    expect(await ask(world, pending)).toEqual({
      outcome: 'not_connected',
      status,
      reason: undefined,
    })
  })

  test('that needs a person says who and why, also while an old token would still do', async () => {
    const { world, connection } = await connectedWorld()
    const reason = aReason()
    await world.tokenSets.requireReauthorization({
      connectionId: connection.id,
      expectedGeneration: 1,
      reason,
      claims: undefined,
    })
    const status = 'reauthorization_required'
    expect(await ask(world, connection)).toEqual({ outcome: 'not_connected', status, reason })
  })

  test('that comes to need a person by this very refresh says so at once', async () => {
    const { world, connection } = await connectedWorld()
    world.clock.advance(2 * HOUR)
    world.tokenEndpoint.answerNextRefresh({ outcome: 'refused', refusal: aRefusal() })
    const outcome = await ask(world, connection)
    const status = 'reauthorization_required'
    expect(outcome).toMatchObject({ outcome: 'not_connected', status, reason: { who: 'user' } })
  })

  test('that is removed during the refresh is unknown', async () => {
    const { world, connection } = await connectedWorld()
    world.clock.advance(2 * HOUR)
    world.refreshRequests.answerNext(async () => {
      await world.connections.remove(connection)
      return { outcome: 'gone', status: undefined }
    })
    expect(await ask(world, connection)).toEqual({ outcome: 'unknown' })
  })

  test('that is disconnected during the refresh is not served what came of it', async () => {
    const { world, connection } = await connectedWorld()
    world.clock.advance(2 * HOUR)
    world.tokenEndpoint.answerNextRefresh(async () => {
      await world.connections.disconnect(connection)
      return { outcome: 'issued', tokenSet: world.minter.mint() }
    })
    const outcome = await ask(world, connection)
    expect(outcome).toMatchObject({ outcome: 'not_connected', status: 'disconnected' })
  })
})
