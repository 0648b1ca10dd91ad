import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../../../functions/domain/connection.ts'
import {
  type RefreshRequest,
  refreshConnection,
} from '../../../functions/domain/refresh-connection.ts'
import type { RefreshOutcome } from '../../../functions/domain/refresh-outcome.ts'
import { requestTurns } from '../../../functions/domain/request-turns.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import type { RefreshTokenGrant } from '../../../functions/domain/token-endpoint.ts'
import { at, DAY, HOUR, MINUTE, SECOND, T0 } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import {
  AUTHORITY,
  aNewConnection,
  anUnknownId,
  aRefusal,
  aSignedIn,
  aUser,
  OTHER_RESOURCE,
  OTHER_TENANT,
  RESOURCE,
  TENANT,
} from '../../support/builders.ts'
import { aWorld, connectedIn, dueIn, storedIn, tokensIn, type World } from '../../support/world.ts'

const { signal } = new AbortController()

function refresh(
  world: World,
  connectionId: number,
  when: RefreshRequest['when'] = 'now',
): Promise<RefreshOutcome> {
  return refreshConnection(world, { connectionId, when, signal })
}

/** A world with a connection whose time has come. */
async function aDueConnection() {
  const world = aWorld()
  const { connection, tokens } = await connectedIn(world)
  world.clock.advance(50 * MINUTE)
  return { world, connection, tokens, id: connection.id }
}

const refuse = (refusal: Parameters<typeof aRefusal>[0] = {}) =>
  ({ outcome: 'refused', refusal: aRefusal(refusal) }) as const

describe('a refresh that works', () => {
  test('stores the new tokens as the next generation and says until when they are good', async () => {
    const { world, connection, id } = await aDueConnection()
    expect(await refresh(world, id, 'due')).toEqual({
      outcome: 'refreshed',
      generation: 2,
      expiresAt: at(50 * MINUTE + HOUR),
    })
    const [, , accessToken, refreshToken] = world.minter.tokens
    expect(await tokensIn(world, id)).toEqual({ accessToken, refreshToken })
    const { tokenSet, nextRefreshAt, ...rest } = await storedIn(world, id)
    expect(rest).toMatchObject({ status: 'connected', generation: 2, user: connection.user })
    expect(nextRefreshAt?.getTime()).toBeGreaterThan(world.now().getTime())
    expect(nextRefreshAt?.getTime()).toBeLessThan(tokenSet?.accessTokenExpiresAt.getTime() ?? 0)
  })

  test('redeems the stored refresh token with all that Microsoft has to know', async () => {
    const { world, connection, tokens, id } = await aDueConnection()
    await refresh(world, id)
    expect(world.tokenEndpoint.refreshGrants).toEqual([
      {
        authority: AUTHORITY,
        appCredential: APP_CREDENTIAL,
        refreshToken: tokens.refreshToken,
        resource: RESOURCE,
        user: connection.user,
        signal: expect.any(AbortSignal),
      },
    ])
  })

  test("goes to the user's own tenant when the sign-in went through organizations", async () => {
    const world = aWorld()
    const authority = { ...AUTHORITY, tenant: 'organizations' }
    const { connection } = await connectedIn(world, { authority })
    await refresh(world, connection.id)
    const [grant] = world.tokenEndpoint.refreshGrants
    expect(grant?.authority).toEqual({ ...AUTHORITY, tenant: TENANT })
  })

  test("goes to the environment's tenant, also for a guest from another", async () => {
    const world = aWorld()
    const user = aUser({ tenantId: OTHER_TENANT })
    const { connection } = await connectedIn(world, { user })
    await refresh(world, connection.id)
    expect(world.tokenEndpoint.refreshGrants[0]?.authority).toEqual(AUTHORITY)
  })

  test('the tokens of each refresh serve the next', async () => {
    const { world, id } = await aDueConnection()
    for (let generation = 2; generation <= 4; generation += 1) {
      const held = await tokensIn(world, id)
      expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed', generation })
      expect(world.tokenEndpoint.refreshGrants.at(-1)?.refreshToken).toBe(held.refreshToken)
    }
  })

  test('clears the failures before it', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ status: 503 }))
    await refresh(world, id)
    world.clock.advance(2 * MINUTE)
    await refresh(world, id)
    expect(await storedIn(world, id)).toMatchObject({ generation: 2, failure: undefined })
  })
})

describe('when there is nothing to do', () => {
  const unexpected = (world: World) =>
    world.tokenEndpoint.answerNextRefresh(() => expect.unreachable('the token endpoint was asked'))

  test('before its time, a due refresh does nothing', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    unexpected(world)
    expect(await refresh(world, connection.id, 'due')).toEqual({ outcome: 'not_due' })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('from its time on, a due refresh works', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world, { nextRefreshAt: T0 })
    expect(await refresh(world, connection.id, 'due')).toMatchObject({ outcome: 'refreshed' })
  })

  test('a connection without a time is due', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const tokenSets = {
      ...world.tokenSets,
      read: async () => ({ ...connection, nextRefreshAt: undefined }),
    }
    const outcome = await refresh({ ...world, tokenSets }, connection.id, 'due')
    expect(outcome).toMatchObject({ outcome: 'refreshed' })
  })

  test('whoever wants something newer than a generation that has passed has it already', async () => {
    const { world, id } = await aDueConnection()
    await refresh(world, id)
    unexpected(world)
    expect(await refresh(world, id, 1)).toEqual({ outcome: 'not_due' })
  })

  test('whoever wants something newer than the stored generation gets it, whatever the time', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    expect(await refresh(world, connection.id, 1)).toMatchObject({ outcome: 'refreshed' })
  })

  test('a connection that never was is gone', async () => {
    const world = aWorld()
    unexpected(world)
    expect(await refresh(world, anUnknownId())).toEqual({ outcome: 'gone', status: undefined })
  })

  test('a connection that nobody has signed in to holds nothing', async () => {
    const world = aWorld()
    const { id } = await world.connections.create(aNewConnection())
    unexpected(world)
    expect(await refresh(world, id)).toEqual({ outcome: 'gone', status: 'pending' })
  })

  test('a disconnected connection holds nothing', async () => {
    const { world, connection, id } = await aDueConnection()
    await world.connections.disconnect(connection)
    unexpected(world)
    expect(await refresh(world, id)).toEqual({ outcome: 'gone', status: 'disconnected' })
  })

  test('a connection that needs a person is not tried again', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse())
    await refresh(world, id)
    unexpected(world)
    const again = await refresh(world, id)
    expect(again).toEqual({ outcome: 'gone', status: 'reauthorization_required' })
  })
})

describe('one refresh per generation', () => {
  test('while another redeems it, the answer is in progress, and nothing is redeemed', async () => {
    const { world, connection, id } = await aDueConnection()
    await world.refreshClaims.claim({
      connectionId: id,
      generation: connection.generation,
      holder: 'another',
      now: world.now(),
    })
    expect(await refresh(world, id)).toEqual({ outcome: 'in_progress' })
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('of 20 at once, one redeems', async () => {
    const { world, id } = await aDueConnection()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refresh(world, id)))
    expect(outcomes.filter(({ outcome }) => outcome === 'refreshed')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'in_progress')).toHaveLength(19)
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('a holder that died is followed once its claim has expired', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(() => Promise.reject(new Error('the process died')))
    await expect(refresh(world, id)).rejects.toThrow('the process died')
    expect(await refresh(world, id)).toEqual({ outcome: 'in_progress' })
    world.clock.advance(61 * SECOND)
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed', generation: 2 })
  })

  test('whoever stores second serves what the first stored', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(async () => {
      world.clock.advance(2 * MINUTE)
      expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed', generation: 2 })
      return { outcome: 'issued', tokenSet: world.minter.mint(2 * HOUR) }
    })
    const slow = await refresh(world, id)
    const stored = await storedIn(world, id)
    expect(stored.generation).toBe(2)
    expect(slow).toEqual({
      outcome: 'refreshed',
      generation: 2,
      expiresAt: stored.tokenSet?.accessTokenExpiresAt,
    })
  })

  test('a sign-in during the refresh wins, and its tokens stay', async () => {
    const { world, id } = await aDueConnection()
    const user = aUser({ name: 'who signed in meanwhile' })
    world.tokenEndpoint.answerNextRefresh(async () => {
      await world.tokenSets.connect(aSignedIn({ id, generation: 1 }, { user }))
      return { outcome: 'issued', tokenSet: world.minter.mint() }
    })
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed', generation: 2 })
    expect(await storedIn(world, id)).toMatchObject({ generation: 2, user })
  })
})

describe('a connection that ends during the refresh is not brought back', () => {
  const endings: [string, (world: World, id: number) => Promise<unknown>, string | undefined][] = [
    [
      'disconnected',
      async (world, id) => world.connections.disconnect(await storedIn(world, id)),
      'disconnected',
    ],
    [
      'given another environment',
      async (world, id) => world.connections.setResource(await storedIn(world, id), OTHER_RESOURCE),
      'pending',
    ],
    [
      'removed',
      async (world, id) => world.connections.remove(await storedIn(world, id)),
      undefined,
    ],
  ]

  test.each(endings)('%s, while Microsoft issues tokens', async (_, end, status) => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(async () => {
      await end(world, id)
      return { outcome: 'issued', tokenSet: world.minter.mint() }
    })
    expect(await refresh(world, id)).toEqual({ outcome: 'gone', status })
    const after = await world.tokenSets.read(id)
    expect(after?.status).toBe(status)
    expect(after?.tokenSet).toBeUndefined()
  })

  test.each(endings)('%s, while Microsoft refuses', async (_, end, status) => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(async () => {
      await end(world, id)
      return refuse()
    })
    expect(await refresh(world, id)).toEqual({ outcome: 'gone', status })
    expect((await world.tokenSets.read(id))?.status).toBe(status)
  })
})

describe('a person must act', () => {
  test('the connection says who and why, keeps its tokens, and is not due any more', async () => {
    const { world, connection, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ code: 50173 }))
    const outcome = await refresh(world, id)
    const reason = { code: 'AADSTS50173', who: 'user', at: world.now() }
    expect(outcome).toMatchObject({ outcome: 'reauthorization_required', reason })
    const stored = await storedIn(world, id)
    expect(stored).toMatchObject({ status: 'reauthorization_required', reason, generation: 1 })
    expect(stored.tokenSet).toEqual(connection.tokenSet)
    expect(await dueIn(world, at(999 * HOUR))).toEqual([])
  })

  test('a refusal of a token that was replaced meanwhile changes nothing', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(async () => {
      world.clock.advance(2 * MINUTE)
      await refresh(world, id)
      return refuse()
    })
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed', generation: 2 })
    expect(await storedIn(world, id)).toMatchObject({ status: 'connected', reason: undefined })
  })
})

describe('a failure that passes', () => {
  const PASSING: [string, Parameters<World['tokenEndpoint']['answerNextRefresh']>[0], string][] = [
    [
      'no answer',
      { outcome: 'unavailable', status: undefined, retryAfter: undefined },
      'no_answer',
    ],
    ['503', { outcome: 'unavailable', status: 503, retryAfter: undefined }, 'http_503'],
    ['an answer that does not validate', { outcome: 'malformed', what: 'x' }, 'answer_not_valid'],
    ['a throttle', refuse({ code: 50196 }), 'AADSTS50196'],
    ['a busy server', refuse({ error: 'temporarily_unavailable' }), 'temporarily_unavailable'],
  ]

  test.each(PASSING)(
    '%s leaves the connection connected, with the failure noted',
    async (...row) => {
      const [, answer, code] = row
      const { world, connection, id } = await aDueConnection()
      world.tokenEndpoint.answerNextRefresh(answer)
      const outcome = await refresh(world, id)
      const stored = await storedIn(world, id)
      const { nextRefreshAt: retryAt } = stored
      expect(outcome).toMatchObject({ outcome: 'transient', code, retryAt, isGrantExpiring: false })
      const failure = { code, at: world.now(), count: 1 }
      expect(stored).toEqual({ ...connection, failure, nextRefreshAt: retryAt })
      const wait = (retryAt?.getTime() ?? 0) - world.now().getTime()
      expect(wait).toBeGreaterThanOrEqual(MINUTE)
      expect(wait).toBeLessThanOrEqual(1.2 * MINUTE)
    },
  )

  test("keeps Microsoft's identifiers of the refusal for its support", async () => {
    const { world, id } = await aDueConnection()
    const trace = { traceId: 'trace-1', correlationId: 'correlation-1' }
    world.tokenEndpoint.answerNextRefresh(refuse({ code: 50196, ...trace }))
    expect(await refresh(world, id)).toMatchObject({ outcome: 'transient', trace })
  })

  test('each failure in a row waits longer, and is counted', async () => {
    const { world, id } = await aDueConnection()
    let before = 0
    for (let count = 1; count <= 5; count += 1) {
      world.tokenEndpoint.answerNextRefresh(refuse({ status: 500 }))
      await refresh(world, id)
      const { failure, nextRefreshAt } = await storedIn(world, id)
      const wait = (nextRefreshAt?.getTime() ?? 0) - world.now().getTime()
      expect(failure?.count).toBe(count)
      expect(wait).toBeGreaterThan(before)
      before = wait
      world.clock.advance(wait)
    }
  })

  test.each<[string, Parameters<World['tokenEndpoint']['answerNextRefresh']>[0]]>([
    ['an unavailable answer', { outcome: 'unavailable', status: 429, retryAfter: at(80 * MINUTE) }],
    ['a refusal', refuse({ status: 429, retryAfter: at(80 * MINUTE) })],
  ])('Retry-After of %s is honoured', async (_, answer) => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(answer)
    expect(await refresh(world, id)).toMatchObject({ retryAt: at(80 * MINUTE) })
    expect((await storedIn(world, id)).nextRefreshAt).toEqual(at(80 * MINUTE))
  })

  test('the next due refresh, at its time, is not stopped by the claim of the failed one', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ status: 503 }))
    await refresh(world, id)
    const { nextRefreshAt } = await storedIn(world, id)
    world.clock.advance((nextRefreshAt?.getTime() ?? 0) - world.now().getTime() + 1)
    expect(await refresh(world, id, 'due')).toMatchObject({ outcome: 'refreshed' })
  })

  test('a failure of an old generation is not noted on the new one', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(async () => {
      world.clock.advance(2 * MINUTE)
      await refresh(world, id)
      return refuse({ status: 503 })
    })
    await refresh(world, id)
    expect(await storedIn(world, id)).toMatchObject({ generation: 2, failure: undefined })
  })

  test.each([
    [74, false],
    [75, true],
  ])(
    'after %i days without a refresh, that the grant is expiring is %s',
    async (days, expected) => {
      const world = aWorld()
      const { connection } = await connectedIn(world)
      world.clock.advance(days * DAY)
      world.tokenEndpoint.answerNextRefresh(refuse({ status: 503 }))
      const transient = await refresh(world, connection.id)
      expect(transient).toMatchObject({ outcome: 'transient', isGrantExpiring: expected })
      world.clock.advance(2 * MINUTE)
      world.tokenEndpoint.answerNextRefresh(refuse({ code: 53003 }))
      const blocked = await refresh(world, connection.id)
      expect(blocked).toMatchObject({ outcome: 'blocked', isGrantExpiring: expected })
    },
  )
})

describe('the tenant of a failure that passes', () => {
  /** Three connections of one tenant and one of another. */
  async function twoTenants() {
    const world = aWorld()
    const ids: number[] = []
    for (let n = 0; n < 3; n += 1) ids.push((await connectedIn(world)).connection.id)
    const user = aUser({ tenantId: OTHER_TENANT })
    const authority = { ...AUTHORITY, tenant: OTHER_TENANT }
    const { connection } = await connectedIn(world, { user, authority })
    const [failed = 0, second = 0, third = 0] = ids
    return { world, failed, second, third, other: connection.id }
  }
  const unavailable = (status: number | undefined, retryAfter?: Date) =>
    ({ outcome: 'unavailable', status, retryAfter }) as const

  test('is left alone for as long as Microsoft asks, and no longer', async () => {
    const { world, failed, second, third } = await twoTenants()
    world.tokenEndpoint.answerNextRefresh(unavailable(429, at(5 * MINUTE)))
    await refresh(world, failed)
    world.clock.advance(5 * MINUTE - 1)
    expect(await refresh(world, second)).toEqual({
      outcome: 'transient',
      code: 'tenant_held',
      retryAt: at(5 * MINUTE),
    })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
    world.clock.advance(1)
    expect(await refresh(world, third)).toMatchObject({ outcome: 'refreshed' })
  })

  test.each([
    ['503', unavailable(503)],
    ['no answer', unavailable(undefined)],
    ['a throttle', refuse({ code: 50196 })],
    ['a Retry-After of a second', unavailable(429, at(SECOND))],
  ])('is left alone for half a minute after %s', async (_, answer) => {
    const { world, failed, second, third } = await twoTenants()
    world.tokenEndpoint.answerNextRefresh(answer)
    await refresh(world, failed)
    world.clock.advance(30 * SECOND - 1)
    expect(await refresh(world, second)).toMatchObject({ code: 'tenant_held' })
    world.clock.advance(1)
    expect(await refresh(world, third)).toMatchObject({ outcome: 'refreshed' })
  })

  test('is held for an hour at most, whatever Microsoft asks', async () => {
    const { world, failed, second } = await twoTenants()
    world.tokenEndpoint.answerNextRefresh(unavailable(429, at(3 * DAY)))
    await refresh(world, failed)
    expect(await refresh(world, second)).toMatchObject({ retryAt: at(HOUR) })
  })

  test('delays no other tenant', async () => {
    const { world, failed, other } = await twoTenants()
    world.tokenEndpoint.answerNextRefresh(unavailable(429, at(5 * MINUTE)))
    await refresh(world, failed)
    expect(await refresh(world, other)).toMatchObject({ outcome: 'refreshed' })
  })

  test('is not held for an answer that does not validate', async () => {
    const { world, failed, second } = await twoTenants()
    world.tokenEndpoint.answerNextRefresh({ outcome: 'malformed', what: 'x' })
    await refresh(world, failed)
    expect(await refresh(world, second)).toMatchObject({ outcome: 'refreshed' })
  })

  test('while held changes nothing of its connections, and costs them no claim', async () => {
    const { world, failed, second } = await twoTenants()
    world.tokenEndpoint.answerNextRefresh(unavailable(429, at(SECOND)))
    await refresh(world, failed)
    const before = await storedIn(world, second)
    await refresh(world, second)
    expect(await storedIn(world, second)).toEqual(before)
    world.clock.advance(30 * SECOND)
    expect(await refresh(world, second)).toMatchObject({ outcome: 'refreshed' })
  })
})

describe('somebody must act, though not by signing in', () => {
  const CLAIMS = '{"access_token":{}}'

  test('the connection stays connected, says who, and is looked at again in an hour', async () => {
    const { world, connection, id } = await aDueConnection()
    const trace = { traceId: 'trace-1', correlationId: undefined }
    world.tokenEndpoint.answerNextRefresh(refuse({ code: 53003, claims: CLAIMS, ...trace }))
    const outcome = await refresh(world, id)
    const stored = await storedIn(world, id)
    const { reason, nextRefreshAt: retryAt } = stored
    expect(reason).toMatchObject({ code: 'AADSTS53003', who: 'administrator', at: world.now() })
    expect(outcome).toEqual({ outcome: 'blocked', reason, retryAt, isGrantExpiring: false, trace })
    const failure = { code: 'AADSTS53003', at: world.now(), count: 1 }
    const noted = { failure, reason, claims: CLAIMS, nextRefreshAt: retryAt }
    expect(stored).toEqual({ ...connection, ...noted })
    const wait = (retryAt?.getTime() ?? 0) - world.now().getTime()
    expect(wait).toBeGreaterThanOrEqual(HOUR)
    expect(wait).toBeLessThanOrEqual(1.2 * HOUR)
  })

  test('is counted, and looked at as slowly each time', async () => {
    const { world, id } = await aDueConnection()
    for (let count = 1; count <= 3; count += 1) {
      world.tokenEndpoint.answerNextRefresh(refuse({ code: 53003 }))
      await refresh(world, id)
      const { failure, nextRefreshAt } = await storedIn(world, id)
      expect(failure?.count).toBe(count)
      world.clock.advance((nextRefreshAt?.getTime() ?? 0) - world.now().getTime())
    }
  })

  test('is still said after a failure that passes, which is no word on it', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ code: 53003, claims: CLAIMS }))
    await refresh(world, id)
    const { reason } = await storedIn(world, id)
    world.clock.advance(1.2 * HOUR)
    const unavailable = { outcome: 'unavailable', status: 503, retryAfter: undefined } as const
    world.tokenEndpoint.answerNextRefresh(unavailable)
    expect(await refresh(world, id, 'due')).toMatchObject({ outcome: 'transient' })
    expect(reason).toMatchObject({ code: 'AADSTS53003' })
    expect(await storedIn(world, id)).toMatchObject({ reason, claims: CLAIMS })
  })

  test('once it is lifted, the refresh goes on by itself and nothing of it is left', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ code: 53003, claims: CLAIMS }))
    await refresh(world, id)
    world.clock.advance(1.2 * HOUR)
    expect(await refresh(world, id, 'due')).toMatchObject({ outcome: 'refreshed' })
    const nothing = { failure: undefined, reason: undefined, claims: undefined }
    expect(await storedIn(world, id)).toMatchObject({ generation: 2, ...nothing })
  })

  test("an app that is missing in one customer's tenant concerns that connection alone", async () => {
    const { world, id } = await aDueConnection()
    const refusal = { status: 401, error: 'invalid_client', code: 7000229 }
    world.tokenEndpoint.answerNextRefresh(refuse(refusal))
    const reason = { who: 'administrator' }
    expect(await refresh(world, id)).toMatchObject({ outcome: 'blocked', reason })
    const { appBreaker } = await world.refreshBrakes.read(TENANT)
    expect(appBreaker).toBeUndefined()
    expect(world.notices).toEqual([])
  })

  test('an error that is not known ends no grant', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ error: 'a_new_error' }))
    const reason = { code: 'a_new_error', who: 'administrator' }
    expect(await refresh(world, id)).toMatchObject({ outcome: 'blocked', reason })
    expect((await storedIn(world, id)).status).toBe('connected')
  })
})

describe("the partner's own credential is rejected", () => {
  const REJECTED = { status: 401, error: 'invalid_client', code: 7000222 }

  /** A world in which one refresh has met the rejection, and another connection is due. */
  async function anOpenBreaker() {
    const { world, connection, id } = await aDueConnection()
    const { connection: second } = await connectedIn(world)
    world.tokenEndpoint.answerNextRefresh(refuse(REJECTED))
    const outcome = await refresh(world, id)
    return { world, connection, id, second, outcome, openedAt: world.now() }
  }
  const appBreakerOf = async (world: World) => (await world.refreshBrakes.read(TENANT)).appBreaker
  const accepted = (world: World) => ({ outcome: 'issued', tokenSet: world.minter.mint() }) as const

  test('no connection changes for it, and one notice is given', async () => {
    const { world, connection, id, outcome, openedAt } = await anOpenBreaker()
    const retryAt = new Date(openedAt.getTime() + MINUTE)
    const code = 'AADSTS7000222'
    expect(outcome).toMatchObject({ outcome: 'app_credential_rejected', code, retryAt })
    expect(await storedIn(world, id)).toEqual(connection)
    expect(await appBreakerOf(world)).toEqual({ code, openedAt, nextProbeAt: retryAt })
    expect(world.notices).toEqual([['app_credential_rejected', code]])
  })

  test("keeps Microsoft's identifiers of the refusal for its support", async () => {
    const { world, id } = await aDueConnection()
    const trace = { traceId: 'trace-1', correlationId: 'correlation-1' }
    world.tokenEndpoint.answerNextRefresh(refuse({ ...REJECTED, ...trace }))
    expect(await refresh(world, id)).toMatchObject({ trace })
  })

  test('within a minute nobody asks Microsoft again, for any connection', async () => {
    const { world, second, openedAt } = await anOpenBreaker()
    world.clock.advance(MINUTE - 1)
    world.tokenEndpoint.answerNextRefresh(() => expect.unreachable('Microsoft was asked'))
    expect(await refresh(world, second.id)).toEqual({
      outcome: 'app_credential_rejected',
      code: 'AADSTS7000222',
      retryAt: new Date(openedAt.getTime() + MINUTE),
    })
    expect(await storedIn(world, second.id)).toEqual(second)
  })

  test('after a minute one of all that come asks', async () => {
    const { world } = await anOpenBreaker()
    const others: number[] = []
    for (let n = 0; n < 10; n += 1) others.push((await connectedIn(world)).connection.id)
    world.clock.advance(MINUTE)
    world.tokenEndpoint.answerNextRefresh(refuse(REJECTED))
    const outcomes = await Promise.all(others.map((other) => refresh(world, other)))
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(
      new Set(['app_credential_rejected']),
    )
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(2)
    expect(world.notices).toHaveLength(1)
  })

  test('once it is accepted again, everybody goes on, and one notice is given', async () => {
    const { world, id, second } = await anOpenBreaker()
    world.clock.advance(MINUTE)
    expect(await refresh(world, second.id)).toMatchObject({ outcome: 'refreshed' })
    expect(await appBreakerOf(world)).toBeUndefined()
    world.clock.advance(MINUTE)
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed' })
    expect(world.notices).toEqual([
      ['app_credential_rejected', 'AADSTS7000222'],
      ['app_credential_restored', 'AADSTS7000222'],
    ])
  })

  test('of two that find it accepted, one says so', async () => {
    const { world, id, second } = await anOpenBreaker()
    world.clock.advance(MINUTE + 1)
    world.tokenEndpoint.answerNextRefresh(async () => {
      world.clock.advance(MINUTE)
      await refresh(world, id)
      return accepted(world)
    })
    await refresh(world, second.id)
    const restored = world.notices.filter(([what]) => what === 'app_credential_restored')
    expect(restored).toHaveLength(1)
  })

  test.each<[string, Parameters<World['tokenEndpoint']['answerNextRefresh']>[0], boolean]>([
    ['an ended grant', refuse(), false],
    ['a location policy', refuse({ code: 53003 }), false],
    ['the rejection', refuse(REJECTED), true],
    ['a throttle', refuse({ code: 50196 }), true],
    ['no answer', { outcome: 'unavailable', status: undefined, retryAfter: undefined }, true],
    ['an answer that does not validate', { outcome: 'malformed', what: 'x' }, true],
  ])('a probe that meets %s: the breaker stays open is %3$s', async (...row) => {
    const [, answer, staysOpen] = row
    const { world, second } = await anOpenBreaker()
    world.clock.advance(MINUTE)
    world.tokenEndpoint.answerNextRefresh(answer)
    await refresh(world, second.id)
    expect((await appBreakerOf(world)) !== undefined).toBe(staysOpen)
  })

  test("a probe in a customer's tenant without the app says nothing about the credential", async () => {
    const { world, second } = await anOpenBreaker()
    world.clock.advance(MINUTE)
    world.tokenEndpoint.answerNextRefresh(refuse({ ...REJECTED, code: 7000229 }))
    await refresh(world, second.id)
    expect(await appBreakerOf(world)).toBeDefined()
    expect(world.notices).toHaveLength(1)
  })

  test('a rotated secret needs no breaker: the new one is asked at once', async () => {
    const { world, id } = await aDueConnection()
    await world.appCredentials.read()
    const rotated = { ...APP_CREDENTIAL, clientSecret: 'the new one' }
    world.appCredentials.rotate(rotated)
    world.tokenEndpoint.answerNextRefresh(refuse(REJECTED))
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed' })
    expect(world.notices).toEqual([])
    const sent = world.tokenEndpoint.refreshGrants.map(({ appCredential }) => appCredential)
    expect(sent).toEqual([APP_CREDENTIAL, rotated])
  })

  test('tokens that a probe got are stored, also when the breaker cannot be closed', async () => {
    const { world, second } = await anOpenBreaker()
    world.clock.advance(MINUTE)
    const closeAppBreaker = () =>
      Promise.reject(new ServiceError('the store did not answer', { code: 'store_unavailable' }))
    const refreshBrakes = { ...world.refreshBrakes, closeAppBreaker }
    await refresh({ ...world, refreshBrakes }, second.id).catch(() => undefined)
    expect(await storedIn(world, second.id)).toMatchObject({ generation: 2 })
  })
})

describe('whoever comes while the claim of a failed attempt still holds', () => {
  const unavailable = { outcome: 'unavailable', status: 503, retryAfter: undefined } as const

  test('is told of the failure, and Microsoft is not asked again', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh({ outcome: 'malformed', what: 'x' })
    await refresh(world, id)
    world.clock.advance(59 * SECOND)
    const { nextRefreshAt: retryAt } = await storedIn(world, id)
    const code = 'answer_not_valid'
    expect(await refresh(world, id)).toEqual({ outcome: 'transient', code, retryAt })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('is told who must act, where somebody must', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ code: 53003 }))
    await refresh(world, id)
    const { reason, nextRefreshAt: retryAt } = await storedIn(world, id)
    expect(await refresh(world, id)).toEqual({ outcome: 'blocked', reason, retryAt })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('may ask again when it has expired', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(unavailable)
    await refresh(world, id)
    world.clock.advance(61 * SECOND)
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed' })
  })

  test.each<[string, Partial<Connection>]>([
    ['long ago', { failure: { code: 'http_503', at: at(49 * MINUTE), count: 1 } }],
    ['off the schedule', { nextRefreshAt: undefined }],
  ])('waits for the holder when the failure was %s', async (_, changes) => {
    const { world, connection, id } = await aDueConnection()
    const failure = { code: 'http_503', at: world.now(), count: 1 }
    const read = async () => ({ ...connection, failure, ...changes })
    const refreshClaims = { claim: async () => false }
    const claimed = { ...world, refreshClaims, tokenSets: { ...world.tokenSets, read } }
    expect(await refresh(claimed, id)).toEqual({ outcome: 'in_progress' })
  })
})

describe('a token request', () => {
  test('is not sent by a holder that was frozen until its claim was all but over', async () => {
    const { world, id } = await aDueConnection()
    const claim: World['refreshClaims']['claim'] = async (wanted) => {
      const claimed = await world.refreshClaims.claim(wanted)
      world.clock.advance(20 * SECOND + 1)
      return claimed
    }
    const frozen = { ...world, refreshClaims: { claim } }
    expect(await refresh(frozen, id)).toEqual({ outcome: 'in_progress' })
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('is sent by one that took its time, as long as the claim outlives the answer', async () => {
    const { world, id } = await aDueConnection()
    const claim: World['refreshClaims']['claim'] = async (wanted) => {
      const claimed = await world.refreshClaims.claim(wanted)
      world.clock.advance(20 * SECOND)
      return claimed
    }
    expect(await refresh({ ...world, refreshClaims: { claim } }, id)).toMatchObject({
      outcome: 'refreshed',
    })
  })

  test('is not sent when all was called off while it waited for its turn', async () => {
    const { world, id } = await aDueConnection()
    const turns = requestTurns(1)
    turns.callOff()
    const request = { connectionId: id, when: 'now', signal, turns } as const
    expect(await refreshConnection(world, request)).toEqual({ outcome: 'in_progress' })
    expect(world.tokenEndpoint.refreshGrants).toEqual([])
  })

  test('that probes the app credential waits for no turn', async () => {
    const { world, id } = await aDueConnection()
    await world.refreshBrakes.openAppBreaker('AADSTS7000222', world.now())
    world.clock.advance(MINUTE)
    const turns = requestTurns(0)
    const request = { connectionId: id, when: 'now', signal, turns } as const
    expect(await refreshConnection(world, request)).toMatchObject({ outcome: 'refreshed' })
  })

  test('ends when whoever asked ends', async () => {
    const { world, id } = await aDueConnection()
    const ended = AbortSignal.abort()
    await refreshConnection(world, { connectionId: id, when: 'now', signal: ended })
    expect(world.tokenEndpoint.refreshGrants[0]?.signal.aborted).toBe(true)
  })

  test('claims under a name of its own each time', async () => {
    const { world, id } = await aDueConnection()
    const holders: string[] = []
    const claim: World['refreshClaims']['claim'] = async ({ holder }) => {
      holders.push(holder)
      return false
    }
    const always = { ...world, refreshClaims: { claim } }
    await Promise.all([refresh(always, id), refresh(always, id)])
    expect(new Set(holders).size).toBe(2)
  })
})

describe('how hot a connection is', () => {
  const HOT = 24 * HOUR

  test('a scheduled refresh keeps nothing hot', async () => {
    const { world, connection, id } = await aDueConnection()
    await refresh(world, id, 'due')
    expect((await storedIn(world, id)).hotUntil).toEqual(connection.hotUntil)
  })

  test.each(['now', 1] as const)(
    'a refresh on request (%s) keeps it hot for a day',
    async (when) => {
      const { world, id } = await aDueConnection()
      await refresh(world, id, when)
      expect((await storedIn(world, id)).hotUntil).toEqual(at(50 * MINUTE + HOT))
    },
  )

  test('one that nobody asks for is refreshed until the day is over, then once a week', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    let refreshes = 0
    let last = connection
    while (last.nextRefreshAt && last.nextRefreshAt < at(30 * DAY)) {
      world.clock.advance(last.nextRefreshAt.getTime() - world.now().getTime())
      await refresh(world, connection.id, 'due')
      last = await storedIn(world, connection.id)
      refreshes += 1
    }
    const inTheFirstDay = (24 * HOUR) / (48 * MINUTE)
    expect(refreshes).toBeGreaterThan(inTheFirstDay)
    expect(refreshes).toBeLessThan(inTheFirstDay + 8)
  })

  test('under the policy always-hot it is refreshed before each expiry', async () => {
    const world = { ...aWorld(), refreshPolicy: 'always-hot' as const }
    const { connection } = await connectedIn(world, { hotUntil: T0 })
    world.clock.advance(2 * DAY)
    await refresh(world, connection.id, 'due')
    const { tokenSet, nextRefreshAt } = await storedIn(world, connection.id)
    expect(nextRefreshAt && tokenSet && nextRefreshAt < tokenSet.accessTokenExpiresAt).toBe(true)
  })

  test('one that was stored before hotness was kept counts as asked for just now', async () => {
    const { world, connection, id } = await aDueConnection()
    const read = async () => ({ ...connection, hotUntil: undefined })
    const tokenSets = { ...world.tokenSets, read }
    await refresh({ ...world, tokenSets }, id, 'due')
    expect((await storedIn(world, id)).hotUntil).toEqual(at(50 * MINUTE + HOT))
  })
})

describe('a store that does not answer after tokens were issued', () => {
  const down = new ServiceError('the store did not answer', { code: 'store_unavailable' })

  /** The world, whose first writes of a token set go as given. */
  function withReplaces(world: World, ...steps: readonly ('down' | 'lost' | 'repeated')[]): World {
    const left = [...steps]
    const replace: World['tokenSets']['replace'] = async (refreshed) => {
      const step = left.shift()
      if (step === 'down') throw down
      const stored = await world.tokenSets.replace(refreshed)
      if (step === 'lost') throw down
      return step === 'repeated' ? world.tokenSets.replace(refreshed) : stored
    }
    return { ...world, tokenSets: { ...world.tokenSets, replace } }
  }

  test.each([1, 2, 3, 4])('%i times is asked again from memory, and they are stored', async (n) => {
    const { world, id } = await aDueConnection()
    const steps = Array.from({ length: n }, () => 'down' as const)
    const outcome = await refresh(withReplaces(world, ...steps), id)
    expect(outcome).toMatchObject({ outcome: 'refreshed', generation: 2 })
    expect(world.waits).toEqual([100, 400, 1600, 3200].slice(0, n))
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
    const [, , , refreshToken] = world.minter.tokens
    expect((await tokensIn(world, id)).refreshToken).toBe(refreshToken)
  })

  test('five times is given up, with the old tokens as they were', async () => {
    const { world, connection, id } = await aDueConnection()
    const outcome = refresh(withReplaces(world, 'down', 'down', 'down', 'down', 'down'), id)
    await expect(outcome).rejects.toBe(down)
    expect(await storedIn(world, id)).toEqual(connection)
  })

  test.each([
    ['lost'],
    ['down', 'lost'],
    ['lost', 'down'],
    ['repeated'],
    ['down', 'down', 'repeated'],
  ] as const)('but has stored them (%s %s %s) is recognised', async (...steps) => {
    const { world, id } = await aDueConnection()
    const outcome = await refresh(withReplaces(world, ...steps), id)
    const { tokenSet, generation } = await storedIn(world, id)
    expect(generation).toBe(2)
    const expiresAt = tokenSet?.accessTokenExpiresAt
    expect(outcome).toEqual({ outcome: 'refreshed', generation: 2, expiresAt })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('and another came first meanwhile: its tokens are the truth', async () => {
    const { world, id } = await aDueConnection()
    const late = withReplaces(world, 'down')
    const wait: World['wait'] = async () => {
      world.clock.advance(2 * MINUTE)
      await refresh(world, id)
    }
    const outcome = await refresh({ ...late, wait }, id)
    const stored = await storedIn(world, id)
    expect(stored.generation).toBe(2)
    expect(outcome).toMatchObject({ expiresAt: stored.tokenSet?.accessTokenExpiresAt })
    expect(world.tokenEndpoint.refreshGrants).toHaveLength(2)
  })

  test('and refused the write without a reason that can be read says so, and stays as it is', async () => {
    const { world, connection, id } = await aDueConnection()
    const tokenSets = { ...world.tokenSets, replace: async () => false }
    expect(await refresh({ ...world, tokenSets }, id)).toEqual({ outcome: 'in_progress' })
    expect(await storedIn(world, id)).toEqual(connection)
  })

  test('another trouble than the store is not tried again', async () => {
    const { world, id } = await aDueConnection()
    const trouble = new Error('a bug')
    const replace = () => Promise.reject(trouble)
    const tokenSets = { ...world.tokenSets, replace }
    await expect(refresh({ ...world, tokenSets }, id)).rejects.toBe(trouble)
    expect(world.waits).toEqual([])
  })
})

describe("Microsoft's word that a person must act, which could not be noted", () => {
  test('since somebody noted it before is told as theirs', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(async () => {
      world.clock.advance(2 * MINUTE)
      world.tokenEndpoint.answerNextRefresh(refuse({ code: 50173 }))
      await refresh(world, id)
      return refuse({ code: 700082 })
    })
    const { reason } = { reason: { code: 'AADSTS50173' } }
    expect(await refresh(world, id)).toMatchObject({ outcome: 'reauthorization_required', reason })
    expect(await storedIn(world, id)).toMatchObject({ reason })
  })
})

describe('what is thrown', () => {
  test('a credential that cannot be read costs no claim', async () => {
    const { world, id } = await aDueConnection()
    world.appCredentials.set(undefined)
    await expect(refresh(world, id)).rejects.toMatchObject({ code: 'secret_unreadable' })
    world.appCredentials.set(APP_CREDENTIAL)
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed' })
  })

  test('a token whose key is gone costs no claim, and opens again when the key is back', async () => {
    const { world, connection, id } = await aDueConnection()
    const broken = { ...world, refreshTokens: aWorld().refreshTokens }
    await expect(refresh(broken, id)).rejects.toMatchObject({ code: 'token_unsealable' })
    expect(await storedIn(world, id)).toEqual(connection)
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed' })
  })

  test('nothing secret, wherever it fails', async () => {
    const unavailable = () => {
      throw new ServiceError('the store did not answer', { code: 'store_unavailable' })
    }
    const { world, id } = await aDueConnection()
    const broken: Partial<World>[] = [
      { tokenSets: { ...world.tokenSets, read: async () => unavailable() } },
      { refreshTokens: aWorld().refreshTokens },
      { refreshTokens: { ...world.refreshTokens, seal: async () => unavailable() } },
      { refreshClaims: { claim: async () => unavailable() } },
      { tokenSets: { ...world.tokenSets, replace: async () => unavailable() } },
    ]
    for (const part of broken) {
      world.clock.advance(2 * MINUTE)
      const error = await refresh({ ...world, ...part }, id).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(ServiceError)
      const everything = inspect(error, { depth: 20, showHidden: true })
      const secrets = [...world.minter.tokens, APP_CREDENTIAL.clientSecret]
      expect(secrets.filter((secret) => everything.includes(secret))).toEqual([])
    }
  })

  test('after tokens were issued but not stored, the next refresh still has the old token', async () => {
    const { world, tokens, id } = await aDueConnection()
    const replace = () => Promise.reject(new Error('the store is down'))
    const broken = { ...world, tokenSets: { ...world.tokenSets, replace } }
    await expect(refresh(broken, id)).rejects.toThrow('the store is down')
    world.clock.advance(2 * MINUTE)
    expect(await refresh(world, id)).toMatchObject({ outcome: 'refreshed', generation: 2 })
    const sent = world.tokenEndpoint.refreshGrants.map(
      (grant: RefreshTokenGrant) => grant.refreshToken,
    )
    expect(sent).toEqual([tokens.refreshToken, tokens.refreshToken])
  })
})
