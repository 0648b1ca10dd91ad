import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { PERSONAL_ACCOUNTS_TENANT } from '../../../functions/domain/authority.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import type { WhoAmIOutcome } from '../../../functions/domain/environments.ts'
import { importTokenSet } from '../../../functions/domain/import-token-set.ts'
import { refreshConnection } from '../../../functions/domain/refresh-connection.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import type { TokenEndpointFailure } from '../../../functions/domain/token-endpoint.ts'
import { tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { at, DAY, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import { ENVIRONMENT } from '../../fakes/scripted-environments.ts'
import {
  AUTHORITY,
  aNewConnection,
  anUnknownId,
  aReason,
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
const REFRESH_TOKEN = 'canary-refresh-token-of-another-service'

function importInto(world: World, connectionId: number) {
  return importTokenSet(world, { connectionId, refreshToken: REFRESH_TOKEN, signal })
}

/** A connection that nobody has connected yet. */
async function aPending(
  changes: Parameters<typeof aNewConnection>[0] = {},
): Promise<{ readonly world: World; readonly connection: Connection; readonly id: number }> {
  const world = aWorld()
  const connection = await world.connections.create(aNewConnection(changes))
  return { world, connection, id: connection.id }
}

const refuse = (refusal: Parameters<typeof aRefusal>[0] = {}) =>
  ({ outcome: 'refused', refusal: aRefusal(refusal) }) as const
const appRejected = refuse({ status: 401, error: 'invalid_client', code: 7000222 })
const noAnswer = { outcome: 'unavailable', status: undefined, retryAfter: undefined } as const

describe('a refresh token that Microsoft and the environment accept', () => {
  test('connects the connection, with whose it is and what was proven', async () => {
    const { world, id } = await aPending()
    expect(await importInto(world, id)).toEqual({ outcome: 'imported' })
    expect(await storedIn(world, id)).toMatchObject({
      status: 'connected',
      generation: 1,
      authority: AUTHORITY,
      user: aUser(),
      environment: ENVIRONMENT,
      connectedAt: world.now(),
      hotUntil: at(DAY),
    })
  })

  test('is replaced by the tokens that were issued for it, sealed, whose refresh is scheduled', async () => {
    const { world, id } = await aPending()
    await importInto(world, id)
    const [accessToken, refreshToken] = world.minter.tokens
    expect(await tokensIn(world, id)).toEqual({ accessToken, refreshToken })
    const stored = await storedIn(world, id)
    expect(inspect(stored, { depth: 9 })).not.toContain('canary')
    expect(await dueIn(world, stored.nextRefreshAt)).toEqual([id])
  })

  test('is redeemed once, for the environment, at the tenant that the environment names', async () => {
    const { world, id } = await aPending()
    await importInto(world, id)
    expect(world.environments.asked).toEqual([RESOURCE])
    expect(world.tokenEndpoint.adoptedGrants).toMatchObject([
      {
        authority: AUTHORITY,
        appCredential: APP_CREDENTIAL,
        refreshToken: REFRESH_TOKEN,
        resource: RESOURCE,
      },
    ])
  })

  test('is redeemed at organizations where the environment names no tenant', async () => {
    const { world, id } = await aPending()
    world.environments.answerNextTenant({ tenantId: undefined })
    world.signsIn({ tenantId: OTHER_TENANT })
    expect(await importInto(world, id)).toEqual({ outcome: 'imported' })
    const authority = { ...AUTHORITY, tenant: 'organizations' }
    expect(world.tokenEndpoint.adoptedGrants).toMatchObject([{ authority }])
    expect(await storedIn(world, id)).toMatchObject({ authority, user: { tenantId: OTHER_TENANT } })
  })

  test('is proven before anything is stored', async () => {
    const { world, connection, id } = await aPending()
    world.environments.answerNextWhoAmI(async () => {
      expect(await storedIn(world, id)).toEqual(connection)
      return { outcome: 'proven', environment: ENVIRONMENT }
    })
    await importInto(world, id)
    const accessToken = world.minter.tokens[0]
    expect(world.environments.proofs).toEqual([{ resource: RESOURCE, accessToken }])
  })

  test('may follow what its own user had connected, and ends what was wrong with that', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const { id } = connection
    await world.tokenSets.requireReauthorization({
      connectionId: id,
      expectedGeneration: 1,
      reason: aReason(),
      claims: '{}',
    })
    expect(await importInto(world, id)).toEqual({ outcome: 'imported' })
    const untroubled = { reason: undefined, claims: undefined }
    expect(await storedIn(world, id)).toMatchObject({
      status: 'connected',
      generation: 2,
      ...untroubled,
    })
  })

  test('may be anybody’s for a connection whose tokens were forgotten', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    await world.connections.disconnect(connection)
    world.signsIn({ objectId: 'somebody-else' })
    expect(await importInto(world, connection.id)).toEqual({ outcome: 'imported' })
    const { user } = await storedIn(world, connection.id)
    expect(user).toMatchObject({ objectId: 'somebody-else' })
  })

  test('is redeemed by the app credential that works, when it has just been rotated', async () => {
    const { world, id } = await aPending()
    const rotated = { ...APP_CREDENTIAL, clientSecret: 'the new one' }
    await world.appCredentials.read()
    world.appCredentials.rotate(rotated)
    world.tokenEndpoint.answerNextAdoption(appRejected)
    expect(await importInto(world, id)).toEqual({ outcome: 'imported' })
    const sent = world.tokenEndpoint.adoptedGrants.map(({ appCredential }) => appCredential)
    expect(sent).toEqual([APP_CREDENTIAL, rotated])
  })

  test('whose store is told twice is imported once', async () => {
    const { world, id } = await aPending()
    const { tokenSets } = world
    const forgetful: World = {
      ...world,
      tokenSets: {
        ...tokenSets,
        connect: async (signedIn) => {
          await tokenSets.connect(signedIn)
          return tokenSets.connect(signedIn)
        },
      },
    }
    expect(await importInto(forgetful, id)).toEqual({ outcome: 'imported' })
    expect(await storedIn(world, id)).toMatchObject({ generation: 1 })
  })
})

describe('a refresh token that is not accepted leaves the connection as it was', () => {
  const REFUSALS: [what: string, answer: TokenEndpointFailure, reason: object][] = [
    ['that was revoked', refuse({ code: 50173 }), { code: 'AADSTS50173', who: 'user' }],
    [
      'that is no token',
      refuse({ code: 9002313, error: 'invalid_request' }),
      { code: 'AADSTS9002313' },
    ],
    [
      'that a policy forbids',
      refuse({ code: 53003, suberror: 'message_only' }),
      { code: 'AADSTS53003', who: 'administrator' },
    ],
    [
      'that brings no id_token that holds',
      { outcome: 'malformed', what: 'x' },
      { code: 'answer_not_valid' },
    ],
  ]

  test.each(REFUSALS)('%s', async (_, answer, reason) => {
    const { world, connection, id } = await aPending()
    world.tokenEndpoint.answerNextAdoption(answer)
    expect(await importInto(world, id)).toMatchObject({ outcome: 'refused', reason })
    expect(await storedIn(world, id)).toEqual(connection)
    expect(world.environments.proofs).toEqual([])
  })

  test.each(REFUSALS)('%s, for a connection that works', async (_, answer) => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    world.tokenEndpoint.answerNextAdoption(answer)
    expect(await importInto(world, connection.id)).toMatchObject({ outcome: 'refused' })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('with Microsoft’s identifiers of the refusal for its support', async () => {
    const { world, id } = await aPending()
    const trace = { traceId: 'trace-1', correlationId: 'correlation-1' }
    world.tokenEndpoint.answerNextAdoption(refuse({ code: 50173, ...trace }))
    expect(await importInto(world, id)).toMatchObject({ trace })
  })

  test.each([
    ['wrong_tenant', { tenantId: OTHER_TENANT }],
    ['personal_account', { tenantId: PERSONAL_ACCOUNTS_TENANT }],
  ])('of an account that may not connect: %s', async (code, user) => {
    const { world, connection, id } = await aPending()
    world.signsIn(user)
    expect(await importInto(world, id)).toMatchObject({ outcome: 'refused', reason: { code } })
    expect(world.environments.proofs).toEqual([])
    expect(await storedIn(world, id)).toEqual(connection)
  })

  test('of a personal account, also where the environment names no tenant', async () => {
    const { world, connection, id } = await aPending()
    world.environments.answerNextTenant({ tenantId: undefined })
    world.signsIn({ tenantId: PERSONAL_ACCOUNTS_TENANT })
    const reason = { code: 'personal_account' }
    expect(await importInto(world, id)).toMatchObject({ outcome: 'refused', reason })
    expect(await storedIn(world, id)).toEqual(connection)
  })

  test.each<[WhoAmIOutcome, object]>([
    [
      { outcome: 'forbidden', code: '0x80072560' },
      { code: '0x80072560', who: 'administrator' },
    ],
    [{ outcome: 'forbidden', code: undefined }, { code: 'environment_firewall' }],
    [{ outcome: 'rejected' }, { code: 'environment_rejected_token' }],
  ])('whose access token the environment does not take: %j', async (answer, reason) => {
    const { world, connection, id } = await aPending()
    world.environments.answerNextWhoAmI(answer)
    expect(await importInto(world, id)).toMatchObject({ outcome: 'refused', reason })
    expect(await storedIn(world, id)).toEqual(connection)
  })

  test.each([
    { objectId: '0c0c0c0c-1111-4222-8333-444444444444' },
    { tenantId: OTHER_TENANT, objectId: aUser().objectId },
  ])('of another user than the one who is connected: %j', async (other) => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    world.environments.answerNextTenant({ tenantId: other.tenantId ?? TENANT })
    world.signsIn(other)
    const reason = { code: 'wrong_user' }
    expect(await importInto(world, connection.id)).toMatchObject({ outcome: 'refused', reason })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })
})

describe('what Microsoft or the environment cannot be asked', () => {
  test.each<[what: string, answer: TokenEndpointFailure, code: string]>([
    ['no answer', noAnswer, 'no_answer'],
    ['503', { ...noAnswer, status: 503 }, 'http_503'],
    ['a throttle', refuse({ code: 50196 }), 'AADSTS50196'],
  ])('is for later, and its tenant is left alone: %s', async (_, answer, code) => {
    const { world, connection, id } = await aPending()
    world.tokenEndpoint.answerNextAdoption(answer)
    const retryAt = at(30 * SECOND)
    expect(await importInto(world, id)).toMatchObject({ outcome: 'transient', code, retryAt })
    expect(await world.refreshBrakes.read(TENANT)).toMatchObject({ tenantHeldUntil: retryAt })
    expect(await storedIn(world, id)).toEqual(connection)
    expect(await importInto(world, id)).toEqual({
      outcome: 'transient',
      code: 'tenant_held',
      retryAt,
    })
    expect(world.tokenEndpoint.adoptedGrants).toHaveLength(1)
  })

  test('is for when Microsoft says', async () => {
    const { world, id } = await aPending()
    world.tokenEndpoint.answerNextAdoption({
      ...noAnswer,
      status: 429,
      retryAfter: at(5 * MINUTE),
    })
    expect(await importInto(world, id)).toMatchObject({ retryAt: at(5 * MINUTE) })
  })

  test('holds nobody else back where the tenant is not known', async () => {
    const { world, id } = await aPending()
    world.environments.answerNextTenant({ tenantId: undefined })
    world.tokenEndpoint.answerNextAdoption(noAnswer)
    const later = { outcome: 'transient', retryAt: at(30 * SECOND) }
    expect(await importInto(world, id)).toMatchObject(later)
    world.environments.answerNextTenant({ tenantId: undefined })
    expect(await importInto(world, id)).toEqual({ outcome: 'imported' })
  })

  test('is for later when the environment does not answer to the access token', async () => {
    const { world, connection, id } = await aPending()
    world.environments.answerNextWhoAmI({ outcome: 'unavailable' })
    expect(await importInto(world, id)).toEqual({
      outcome: 'transient',
      code: 'environment_unavailable',
      retryAt: at(30 * SECOND),
    })
    expect(await storedIn(world, id)).toEqual(connection)
  })
})

describe('the app credential that Microsoft rejects', () => {
  test('opens the breaker for everybody, and changes no connection', async () => {
    const { world, connection, id } = await aPending()
    world.tokenEndpoint.answerNextAdoption(appRejected)
    const code = 'AADSTS7000222'
    expect(await importInto(world, id)).toMatchObject({
      outcome: 'app_credential_rejected',
      code,
      retryAt: at(MINUTE),
    })
    expect(world.notices).toEqual([['app_credential_rejected', code]])
    expect(await storedIn(world, id)).toEqual(connection)
    const { appBreaker } = await world.refreshBrakes.read(TENANT)
    expect(appBreaker).toMatchObject({ code })
  })

  test('is asked about once a minute, by an import too, and is told when it is accepted', async () => {
    const { world, id } = await aPending()
    world.tokenEndpoint.answerNextAdoption(appRejected)
    await importInto(world, id)
    expect(await importInto(world, id)).toMatchObject({
      outcome: 'app_credential_rejected',
      retryAt: at(MINUTE),
    })
    expect(world.tokenEndpoint.adoptedGrants).toHaveLength(1)
    world.clock.advance(MINUTE)
    expect(await importInto(world, id)).toEqual({ outcome: 'imported' })
    expect(world.notices.at(-1)).toEqual(['app_credential_restored', 'AADSTS7000222'])
  })

  test('is accepted by a refusal that is about the token', async () => {
    const { world, id } = await aPending()
    await world.refreshBrakes.openAppBreaker('AADSTS7000222', at(-MINUTE))
    world.tokenEndpoint.answerNextAdoption(refuse({ code: 50173 }))
    expect(await importInto(world, id)).toMatchObject({ outcome: 'refused' })
    expect((await world.refreshBrakes.read(TENANT)).appBreaker).toBeUndefined()
  })
})

describe('a connection that changes during the import', () => {
  /** What happens while the environment is asked, and what is stored then. */
  async function duringProof(happen: (world: World, id: number) => Promise<unknown>) {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const { id } = connection
    let then: Connection | undefined
    world.environments.answerNextWhoAmI(async () => {
      await happen(world, id)
      then = await world.tokenSets.read(id)
      return { outcome: 'proven', environment: ENVIRONMENT }
    })
    const outcome = await importInto(world, id)
    return { outcome, then, now: await world.tokenSets.read(id) }
  }

  test.each<[string, (world: World, id: number) => Promise<unknown>]>([
    [
      'is refreshed',
      (world, connectionId) => refreshConnection(world, { connectionId, when: 'now', signal }),
    ],
    [
      'is connected by a sign-in',
      async (world, id) => world.tokenSets.connect(aSignedIn(await storedIn(world, id))),
    ],
    [
      'is given another environment',
      async (world, id) => world.connections.setResource(await storedIn(world, id), OTHER_RESOURCE),
    ],
    ['is deleted', async (world, id) => world.connections.remove(await storedIn(world, id))],
  ])('stays as that left it: it %s', async (_, happen) => {
    const { outcome, then, now } = await duringProof(happen)
    expect(outcome).toMatchObject({ outcome: 'refused', reason: { code: 'connection_changed' } })
    expect(now).toEqual(then)
  })

  test('is imported by one of two imports', async () => {
    const { world, id } = await aPending()
    const both = await Promise.all([importInto(world, id), importInto(world, id)])
    const outcomes = both.map(({ outcome }) => outcome)
    expect(outcomes.toSorted()).toEqual(['imported', 'refused'])
    expect(await storedIn(world, id)).toMatchObject({ generation: 1 })
  })
})

describe('nothing is asked of Microsoft', () => {
  test('for a connection without an environment', async () => {
    const { world, connection, id } = await aPending({ resource: undefined })
    expect(await importInto(world, id)).toEqual({ outcome: 'no_environment' })
    expect(await storedIn(world, id)).toEqual(connection)
    expect(world.tokenEndpoint.adoptedGrants).toEqual([])
  })

  test('for a connection that is not there', async () => {
    const { world } = await aPending()
    expect(await importInto(world, anUnknownId())).toEqual({ outcome: 'unknown' })
    expect(world.tokenEndpoint.adoptedGrants).toEqual([])
  })

  const unreadable = tokenSealer('access', async () => {
    throw new ServiceError('the secret cannot be read', { code: 'secret_unreadable' })
  })

  test.each<[string, Partial<World>]>([
    ['access token', { accessTokens: unreadable }],
    ['refresh token', { refreshTokens: unreadable }],
  ])('when the %s that was issued could not be sealed', async (_, bent) => {
    const { world, connection, id } = await aPending()
    await expect(importInto({ ...world, ...bent }, id)).rejects.toMatchObject({
      code: 'secret_unreadable',
    })
    expect(world.tokenEndpoint.adoptedGrants).toEqual([])
    expect(await storedIn(world, id)).toEqual(connection)
  })

  test('by an import that was called off', async () => {
    const { world, connection, id } = await aPending()
    const off = AbortSignal.abort()
    world.tokenEndpoint.answerNextAdoption(() => {
      const [grant] = world.tokenEndpoint.adoptedGrants
      expect(grant?.signal.aborted).toBe(true)
      return noAnswer
    })
    const tokenImport = { connectionId: id, refreshToken: REFRESH_TOKEN, signal: off }
    expect(await importTokenSet(world, tokenImport)).toMatchObject({ outcome: 'transient' })
    expect(await storedIn(world, id)).toEqual(connection)
  })
})
