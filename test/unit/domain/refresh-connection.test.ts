import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  type RefreshOutcome,
  type RefreshRequest,
  refreshConnection,
} from '../../../functions/domain/refresh-connection.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import type { RefreshTokenGrant } from '../../../functions/domain/token-endpoint.ts'
import { at, HOUR, MINUTE, SECOND, T0 } from '../../fakes/hand-clock.ts'
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
import { aWorld, connectedIn, storedIn, tokensIn, type World } from '../../support/world.ts'

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
        signal,
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
    await world.refreshClaims.claim(id, connection.generation, world.now())
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
    expect(await world.dueConnections.due(0, at(999 * HOUR), 10)).toEqual([])
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
    ['a location policy', refuse({ suberror: 'message_only', code: 53003 }), 'AADSTS53003'],
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
      expect(outcome).toEqual({ outcome: 'transient', code, retryAt: stored.nextRefreshAt })
      const failure = { code, at: world.now(), count: 1 }
      expect(stored).toEqual({ ...connection, failure, nextRefreshAt: stored.nextRefreshAt })
      const wait = (stored.nextRefreshAt?.getTime() ?? 0) - world.now().getTime()
      expect(wait).toBeGreaterThanOrEqual(MINUTE)
      expect(wait).toBeLessThanOrEqual(1.2 * MINUTE)
    },
  )

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
})

describe("the partner's own credential is rejected", () => {
  test('no connection changes but for when to try again', async () => {
    const { world, connection, id } = await aDueConnection()
    const refusal = { status: 401, error: 'invalid_client', code: 7000222 }
    world.tokenEndpoint.answerNextRefresh(refuse(refusal))
    const outcome = await refresh(world, id)
    const stored = await storedIn(world, id)
    const retryAt = stored.nextRefreshAt
    expect(outcome).toEqual({ outcome: 'app_credential_rejected', code: 'AADSTS7000222', retryAt })
    const failure = { code: 'AADSTS7000222', at: world.now(), count: 1 }
    expect(stored).toEqual({ ...connection, failure, nextRefreshAt: retryAt })
  })

  test('once it is right, the refresh goes on by itself', async () => {
    const { world, id } = await aDueConnection()
    world.tokenEndpoint.answerNextRefresh(refuse({ status: 401, error: 'invalid_client' }))
    await refresh(world, id)
    world.appCredentials.set({ ...APP_CREDENTIAL, clientSecret: 'the new one' })
    world.clock.advance(2 * MINUTE)
    expect(await refresh(world, id, 'due')).toMatchObject({ outcome: 'refreshed' })
    expect(world.tokenEndpoint.refreshGrants.at(-1)?.appCredential.clientSecret).toBe('the new one')
  })

  test("an app that is missing in one customer's tenant concerns that connection alone", async () => {
    const { world, id } = await aDueConnection()
    const refusal = { status: 401, error: 'invalid_client', code: 7000229 }
    world.tokenEndpoint.answerNextRefresh(refuse(refusal))
    expect(await refresh(world, id)).toMatchObject({
      outcome: 'reauthorization_required',
      reason: { who: 'administrator' },
    })
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
