import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { PERSONAL_ACCOUNTS_TENANT } from '../../../functions/domain/authority.ts'
import {
  type AuthorizationSecrets,
  authorizationRequestIdOf,
  browserBindingOf,
  codeVerifierOf,
  nonceOf,
} from '../../../functions/domain/authorization-request.ts'
import {
  type AuthorizationResponse,
  completeAuthorization,
} from '../../../functions/domain/complete-authorization.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import type { WhoAmIOutcome } from '../../../functions/domain/environments.ts'
import { refreshConnection } from '../../../functions/domain/refresh-connection.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import type { SignInTerms } from '../../../functions/domain/sign-in-terms.ts'
import type { TokenEndpointFailure } from '../../../functions/domain/token-endpoint.ts'
import { at, DAY, HOUR, MINUTE } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import { ENVIRONMENT } from '../../fakes/scripted-environments.ts'
import {
  AUTHORITY,
  aNewConnection,
  type anAuthorizationRequest,
  aReason,
  aRefusal,
  aRefusedAuthorization,
  aSignInToken,
  aUser,
  OTHER_RESOURCE,
  OTHER_TENANT,
  RESOURCE,
} from '../../support/builders.ts'
import {
  aWorld,
  connectedIn,
  dueIn,
  signingIn,
  storedIn,
  tokensIn,
  type World,
} from '../../support/world.ts'

const { signal } = new AbortController()
const CODE = { code: 'canary-code', issuer: undefined }

function respond(
  world: World,
  secrets: AuthorizationSecrets,
  result: AuthorizationResponse['result'] = CODE,
) {
  return completeAuthorization(world, { secrets, result, signal })
}

/** A world in which a person is at Microsoft's sign-in, for a connection that is new unless given. */
async function aSignIn(made?: { readonly world: World; readonly connection: Connection }) {
  const world = made?.world ?? aWorld()
  const connection = made?.connection ?? (await world.connections.create(aNewConnection()))
  return { world, connection, ...(await signingIn(world, connection)) }
}

async function aReconnect() {
  const world = aWorld()
  const { connection, tokens } = await connectedIn(world)
  return { ...(await aSignIn({ world, connection })), tokens }
}

const failedWith = (code: string) => ({
  outcome: 'ended',
  result: { outcome: 'failed', reason: { code } },
})

const spentBy = (world: World, digest: string) => world.signInTokens.find(digest)?.spentBy

describe('a sign-in that succeeds', () => {
  test('connects the connection, with who signed in and what was proven', async () => {
    const { world, connection, secrets } = await aSignIn()
    expect(await respond(world, secrets)).toMatchObject({
      outcome: 'ended',
      request: { connectionId: connection.id },
      result: { outcome: 'connected' },
    })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      generation: 1,
      resource: RESOURCE,
      authority: AUTHORITY,
      user: aUser(),
      environment: ENVIRONMENT,
      connectedAt: world.now(),
    })
  })

  test('stores the tokens that were issued, sealed, and schedules their refresh', async () => {
    const { world, connection, secrets } = await aSignIn()
    await respond(world, secrets)
    const [accessToken, refreshToken] = world.minter.tokens
    expect(await tokensIn(world, connection.id)).toEqual({ accessToken, refreshToken })
    const stored = await storedIn(world, connection.id)
    expect(inspect(stored, { depth: 9 })).not.toContain('canary')
    expect(stored.nextRefreshAt?.getTime()).toBeGreaterThan(world.now().getTime())
    expect(await dueIn(world, stored.nextRefreshAt)).toEqual([connection.id])
  })

  test('redeems the code at the authority that it was begun with, with the derived secrets', async () => {
    const { world, secrets } = await aSignIn()
    await respond(world, secrets, { code: 'canary-code', issuer: 'https://issuer.example' })
    expect(world.tokenEndpoint.codeGrants).toEqual([
      {
        authority: AUTHORITY,
        appCredential: APP_CREDENTIAL,
        code: 'canary-code',
        issuer: 'https://issuer.example',
        redirectUri: world.redirectUri,
        codeVerifier: codeVerifierOf(secrets),
        nonce: nonceOf(secrets),
        resource: RESOURCE,
        signal,
      },
    ])
  })

  test('proves the new access token at the environment before it is stored', async () => {
    const { world, connection, secrets } = await aSignIn()
    world.environments.answerNextWhoAmI(async () => {
      expect((await storedIn(world, connection.id)).status).toBe('pending')
      return { outcome: 'proven', environment: ENVIRONMENT }
    })
    await respond(world, secrets)
    const accessToken = world.minter.tokens[0]
    expect(world.environments.proofs).toEqual([{ resource: RESOURCE, accessToken }])
  })

  test('uses the link up', async () => {
    const { world, secrets, digest, id } = await aSignIn()
    await respond(world, secrets)
    expect(spentBy(world, digest)).toBe(id)
  })

  test('accepts any work account where the environment did not say its tenant', async () => {
    const { world, connection, secrets, request } = await withRequest({
      authority: { ...AUTHORITY, tenant: 'organizations' },
    })
    const user = { tenantId: OTHER_TENANT, objectId: 'o' }
    world.signsIn(user)
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    const stored = await storedIn(world, connection.id)
    expect(stored).toMatchObject({ user, authority: request.authority })
  })

  test('connects a disconnected connection again, also for another person', async () => {
    const { world, connection, secrets } = await aReconnect()
    await world.connections.disconnect(connection)
    world.signsIn({ objectId: 'somebody-else' })
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      generation: 2,
      user: { objectId: 'somebody-else' },
    })
  })
})

async function withRequest(changes: Parameters<typeof anAuthorizationRequest>[0]) {
  const given = await aSignIn()
  const [request] = given.world.authorizationRequests.all()
  if (request === undefined) return expect.unreachable('there is no request')
  const changed = { ...request, ...changes }
  await given.world.authorizationRequests.create(changed)
  return { ...given, request: changed }
}

describe('the schedule of a new connection', () => {
  test('keeps it hot for a day, since somebody is about to use it', async () => {
    const { world, connection, secrets } = await aSignIn()
    await respond(world, secrets)
    const { hotUntil, nextRefreshAt } = await storedIn(world, connection.id)
    expect(hotUntil).toEqual(at(DAY))
    expect(nextRefreshAt?.getTime()).toBeLessThan(at(HOUR).getTime())
  })

  test('clears what was wrong with the grant before', async () => {
    const { world, connection, secrets } = await aReconnect()
    await world.tokenSets.requireReauthorization({
      connectionId: connection.id,
      expectedGeneration: connection.generation,
      reason: aReason(),
      claims: '{"access_token":{}}',
    })
    await respond(world, secrets)
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      reason: undefined,
      claims: undefined,
    })
  })
})

describe('a client secret that was rotated', () => {
  const rejected = { status: 401, error: 'invalid_client', code: 7000215 }
  const refusal = () => ({ outcome: 'refused', refusal: aRefusal(rejected) }) as const
  const rotated = { ...APP_CREDENTIAL, clientSecret: 'the new one' }

  test('does not disturb a sign-in: the code is redeemed with the new one', async () => {
    const { world, connection, secrets } = await aSignIn()
    await world.appCredentials.read()
    world.appCredentials.rotate(rotated)
    world.tokenEndpoint.answerNextCode(refusal())
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    const sent = world.tokenEndpoint.codeGrants.map(({ appCredential }) => appCredential)
    expect(sent).toEqual([APP_CREDENTIAL, rotated])
    expect(await storedIn(world, connection.id)).toMatchObject({ status: 'connected' })
  })

  test('in the secret before it is at Microsoft does not disturb one either', async () => {
    const { world, secrets } = await aSignIn()
    world.appCredentials.rotate(rotated)
    world.tokenEndpoint.answerNextCode(refusal())
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    const sent = world.tokenEndpoint.codeGrants.map(({ appCredential }) => appCredential)
    expect(sent).toEqual([rotated, APP_CREDENTIAL])
  })

  test('and is wrong in every version ends the sign-in, in the words for its owner', async () => {
    const { world, secrets, digest } = await aSignIn()
    world.tokenEndpoint.answerNextCode(refusal())
    expect(await respond(world, secrets)).toMatchObject({
      result: { outcome: 'failed', reason: { code: 'AADSTS7000215', who: 'application_owner' } },
    })
    expect(world.tokenEndpoint.codeGrants).toHaveLength(1)
    expect(spentBy(world, digest)).toBeUndefined()
  })
})

describe('a reload of the callback page', () => {
  test('shows the success again, and redeems nothing', async () => {
    const { world, connection, secrets } = await aSignIn()
    const first = await respond(world, secrets)
    const stored = await storedIn(world, connection.id)
    expect(await respond(world, secrets)).toEqual(first)
    expect(await respond(world, secrets)).toEqual(first)
    expect(world.tokenEndpoint.codeGrants).toHaveLength(1)
    expect(world.environments.proofs).toHaveLength(1)
    expect(await storedIn(world, connection.id)).toEqual(stored)
  })

  test('shows the failure again, and redeems nothing', async () => {
    const { world, secrets } = await aSignIn()
    world.tokenEndpoint.answerNextCode({ outcome: 'refused', refusal: aRefusal({ code: 50105 }) })
    const first = await respond(world, secrets)
    world.clock.advance(MINUTE)
    expect(await respond(world, secrets)).toEqual(first)
    expect(first).toMatchObject(failedWith('AADSTS50105'))
    expect(world.tokenEndpoint.codeGrants).toHaveLength(1)
  })

  test('while the first is at work says so', async () => {
    const { world, secrets } = await aSignIn()
    world.environments.answerNextWhoAmI(async () => {
      expect(await respond(world, secrets)).toEqual({ outcome: 'in_progress' })
      return { outcome: 'proven', environment: ENVIRONMENT }
    })
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
  })

  test('of 20 callbacks at once, one redeems', async () => {
    const { world, connection, secrets } = await aSignIn()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => respond(world, secrets)))
    expect(outcomes.filter(({ outcome }) => outcome === 'ended')).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'in_progress')).toHaveLength(19)
    expect(world.tokenEndpoint.codeGrants).toHaveLength(1)
    expect((await storedIn(world, connection.id)).generation).toBe(1)
  })

  test('with another code is still a reload', async () => {
    const { world, secrets } = await aSignIn()
    const first = await respond(world, secrets)
    expect(await respond(world, secrets, { code: 'injected', issuer: undefined })).toEqual(first)
    expect(world.tokenEndpoint.codeGrants).toHaveLength(1)
  })
})

describe('a response that belongs to nobody here', () => {
  test('with a state that was never made is unknown', async () => {
    const { world, secrets } = await aSignIn()
    expect(await respond(world, { ...secrets, state: 'made-up' })).toEqual({ outcome: 'unknown' })
    expect(world.tokenEndpoint.codeGrants).toEqual([])
  })

  test('from another browser is unknown, redeems nothing, and burns nothing', async () => {
    const { world, secrets } = await aSignIn()
    const other = { ...secrets, browserSecret: 'of another browser' }
    expect(await respond(world, other)).toEqual({ outcome: 'unknown' })
    expect(world.tokenEndpoint.codeGrants).toEqual([])
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
  })

  test('from another browser learns nothing once it is done', async () => {
    const { world, secrets } = await aSignIn()
    await respond(world, secrets)
    const other = { ...secrets, browserSecret: '' }
    expect(await respond(world, other)).toEqual({ outcome: 'unknown' })
  })

  test('too late is expired, and redeems nothing', async () => {
    const { world, secrets } = await aSignIn()
    world.clock.advance(30 * MINUTE)
    expect(await respond(world, secrets)).toEqual({ outcome: 'expired' })
    expect(world.tokenEndpoint.codeGrants).toEqual([])
  })
})

describe('who signed in', () => {
  const nothingKept = async ({
    world,
    connection,
    digest,
  }: Awaited<ReturnType<typeof aSignIn>>) => {
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(spentBy(world, digest)).toBeUndefined()
  }

  test("somebody of another tenant than the environment's is refused, and nothing is proven", async () => {
    const given = await aSignIn()
    given.world.signsIn({ tenantId: OTHER_TENANT })
    expect(await respond(given.world, given.secrets)).toMatchObject(failedWith('wrong_tenant'))
    expect(given.world.environments.proofs).toEqual([])
    await nothingKept(given)
  })

  test.each([AUTHORITY.tenant, 'organizations', PERSONAL_ACCOUNTS_TENANT])(
    'a personal account is refused at %s',
    async (tenant) => {
      const given = await withRequest({ authority: { ...AUTHORITY, tenant } })
      given.world.signsIn({ tenantId: PERSONAL_ACCOUNTS_TENANT })
      const outcome = await respond(given.world, given.secrets)
      expect(outcome).toMatchObject(failedWith('personal_account'))
      await nothingKept(given)
    },
  )

  test('the same person may reconnect, whatever changed about the name', async () => {
    const { world, connection, secrets, tokens } = await aReconnect()
    world.signsIn({ name: 'Ada King', username: 'ada.king@contoso.example' })
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    const stored = await storedIn(world, connection.id)
    expect(stored).toMatchObject({ generation: 2, user: { name: 'Ada King' } })
    expect((await tokensIn(world, connection.id)).refreshToken).not.toBe(tokens.refreshToken)
  })

  test.each([
    ['another person of the tenant', { objectId: 'somebody-else' }],
    ['another person of the same name', { objectId: 'x', username: aUser().username }],
  ])('%s may not take a connection over, which stays as it was', async (_, user) => {
    const given = await aReconnect()
    given.world.signsIn(user)
    expect(await respond(given.world, given.secrets)).toMatchObject(failedWith('wrong_user'))
    await nothingKept(given)
    expect(await tokensIn(given.world, given.connection.id)).toMatchObject({
      refreshToken: given.tokens.refreshToken,
    })
  })

  test('the same object id of another tenant is another person', async () => {
    const given = await aReconnect()
    const [request] = given.world.authorizationRequests.all()
    if (request) {
      const authority = { ...AUTHORITY, tenant: 'organizations' }
      await given.world.authorizationRequests.create({ ...request, authority })
    }
    given.world.signsIn({ tenantId: OTHER_TENANT })
    expect(await respond(given.world, given.secrets)).toMatchObject(failedWith('wrong_user'))
    await nothingKept(given)
  })
})

describe('an environment that does not take the token', () => {
  test.each<[WhoAmIOutcome, string]>([
    [{ outcome: 'forbidden', code: '0x80072560' }, '0x80072560'],
    [{ outcome: 'forbidden', code: '0x80095ffc' }, '0x80095ffc'],
    [{ outcome: 'forbidden', code: undefined }, 'environment_firewall'],
    [{ outcome: 'rejected' }, 'environment_rejected_token'],
    [{ outcome: 'unavailable' }, 'environment_unavailable'],
  ])('%j ends as %s, and the link is still good', async (proof, code) => {
    const { world, connection, secrets, digest } = await aSignIn()
    world.environments.answerNextWhoAmI(proof)
    expect(await respond(world, secrets)).toMatchObject(failedWith(code))
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(spentBy(world, digest)).toBeUndefined()
  })
})

describe('Microsoft does not give tokens', () => {
  test.each<[TokenEndpointFailure, string]>([
    [{ outcome: 'refused', refusal: aRefusal({ code: 65004 }) }, 'AADSTS65004'],
    [{ outcome: 'refused', refusal: aRefusal({ error: 'invalid_client' }) }, 'invalid_client'],
    [{ outcome: 'malformed', what: 'nonce' }, 'answer_not_valid'],
    [{ outcome: 'unavailable', status: 503, retryAfter: undefined }, 'microsoft_unavailable'],
  ])('%j ends as %s, and the link is still good', async (answer, code) => {
    const { world, connection, secrets, digest } = await aSignIn()
    world.tokenEndpoint.answerNextCode(answer)
    expect(await respond(world, secrets)).toMatchObject(failedWith(code))
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(spentBy(world, digest)).toBeUndefined()
  })

  test.each([
    [aRefusedAuthorization({ aadstsCode: 65004 }), 'AADSTS65004', 'user'],
    [aRefusedAuthorization({}), 'access_denied', 'user'],
    [
      aRefusedAuthorization({ error: 'consent_required', aadstsCode: 90094 }),
      'AADSTS90094',
      'administrator',
    ],
  ] as const)('%j in the response is %s, for the %s, and redeems nothing', async (...row) => {
    const [error, code, who] = row
    const { world, secrets, digest } = await aSignIn()
    expect(await respond(world, secrets, error)).toMatchObject({
      outcome: 'ended',
      result: { outcome: 'failed', reason: { code, who } },
    })
    expect(world.tokenEndpoint.codeGrants).toEqual([])
    expect(spentBy(world, digest)).toBeUndefined()
  })

  test('after a failure, the same link connects in a new attempt', async () => {
    const { world, connection, secrets, digest } = await aSignIn()
    await respond(world, secrets, aRefusedAuthorization())
    const again = await signingIn(world, connection)
    const [, request] = world.authorizationRequests.all()
    if (request) {
      await world.authorizationRequests.create({ ...request, signInTokenDigest: digest })
    }
    expect(await respond(world, again.secrets)).toMatchObject({ result: { outcome: 'connected' } })
    expect(spentBy(world, digest)).toBe(again.id)
  })
})

describe('a link', () => {
  test('connects once: a second sign-in that was begun with it fails, and changes nothing', async () => {
    const { world, connection, secrets, digest } = await aSignIn()
    const second = await signingIn(world, connection)
    const request = world.authorizationRequests.all().find(({ id }) => id === second.id)
    if (request) {
      await world.authorizationRequests.create({ ...request, signInTokenDigest: digest })
    }
    await respond(world, secrets)
    const stored = await storedIn(world, connection.id)
    expect(await respond(world, second.secrets)).toMatchObject(failedWith('link_used'))
    expect(await storedIn(world, connection.id)).toEqual(stored)
  })

  test('that was never made connects nothing', async () => {
    const { digest } = aSignInToken()
    const { world, connection, secrets } = await withRequest({ signInTokenDigest: digest })
    expect(await respond(world, secrets)).toMatchObject(failedWith('link_used'))
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })
})

describe('a connection that changes during the sign-in', () => {
  test.each<[string, (world: World, connection: Connection) => Promise<unknown>]>([
    ['gets another environment', (world, c) => world.connections.setResource(c, OTHER_RESOURCE)],
    ['loses its environment', (world, c) => world.connections.setResource(c, undefined)],
    ['is removed', (world, c) => world.connections.remove(c)],
  ])('and %s is not connected, and the link is still good', async (_, change) => {
    const { world, connection, secrets, digest } = await aSignIn()
    await change(world, connection)
    const before = await world.tokenSets.read(connection.id)
    expect(await respond(world, secrets)).toMatchObject(failedWith('connection_changed'))
    expect(await world.tokenSets.read(connection.id)).toEqual(before)
    expect(spentBy(world, digest)).toBeUndefined()
  })

  test('between the last look and the store is not connected either', async () => {
    const { world, connection, secrets } = await aSignIn()
    const tokenSets: World['tokenSets'] = {
      ...world.tokenSets,
      connect: async (signedIn) => {
        await world.connections.setResource(connection, OTHER_RESOURCE)
        return world.tokenSets.connect(signedIn)
      },
    }
    const outcome = await respond({ ...world, tokenSets }, secrets)
    expect(outcome).toMatchObject(failedWith('connection_changed'))
    expect((await storedIn(world, connection.id)).status).toBe('pending')
  })

  test('by a refresh of the old tokens still gets the new ones, as the generation after', async () => {
    const { world, connection, secrets } = await aReconnect()
    let refreshes = 0
    const tokenSets: World['tokenSets'] = {
      ...world.tokenSets,
      connect: async (signedIn) => {
        refreshes += 1
        if (refreshes === 1) {
          await refreshConnection(world, { connectionId: connection.id, when: 'now', signal })
        }
        return world.tokenSets.connect(signedIn)
      },
    }
    const outcome = await respond({ ...world, tokenSets }, secrets)
    expect(outcome).toMatchObject({ result: { outcome: 'connected' } })
    expect((await storedIn(world, connection.id)).generation).toBe(3)
    const { accessToken } = await tokensIn(world, connection.id)
    expect(world.environments.proofs.at(-1)?.accessToken).toBe(accessToken)
  })

  test('over and over is given up, and the link is still good', async () => {
    const { world, secrets, digest } = await aReconnect()
    let tries = 0
    const connect = async () => {
      tries += 1
      return false
    }
    const broken = { ...world, tokenSets: { ...world.tokenSets, connect } }
    expect(await respond(broken, secrets)).toMatchObject(failedWith('connection_changed'))
    expect(tries).toBe(3)
    expect(spentBy(world, digest)).toBeUndefined()
  })
})

describe('a sign-in that was cut off, as by a crash', () => {
  /** Consumes the request and ends there, as a process that is killed does. */
  async function cutOff() {
    const scene = await aSignIn()
    const { world, secrets } = scene
    await world.authorizationRequests.consume(
      authorizationRequestIdOf(secrets.state),
      browserBindingOf(secrets.browserSecret),
      world.now(),
    )
    return scene
  }

  test('is in progress for a minute, and then has failed: the link is good for another', async () => {
    const { world, secrets } = await cutOff()
    world.clock.advance(60_000)
    expect(await respond(world, secrets)).toEqual({ outcome: 'in_progress' })
    world.clock.advance(1)
    expect(await respond(world, secrets)).toMatchObject({
      outcome: 'ended',
      result: { outcome: 'failed', reason: { code: 'service_failed' } },
    })
    expect(world.tokenEndpoint.codeGrants).toEqual([])
  })

  test('after its store is shown as what it was: connected', async () => {
    const { world, secrets } = await aSignIn()
    const complete = () => Promise.reject(new TypeError('killed'))
    const authorizationRequests = { ...world.authorizationRequests, complete }
    await respond({ ...world, authorizationRequests }, secrets).catch(() => undefined)
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
  })

  test('knows its own store when the acknowledgement was lost', async () => {
    const { world, secrets, connection } = await aSignIn()
    const connect: World['tokenSets']['connect'] = async (signedIn) => {
      await world.tokenSets.connect(signedIn)
      return false
    }
    const tokenSets = { ...world.tokenSets, connect }
    expect(await respond({ ...world, tokenSets }, secrets)).toMatchObject({
      result: { outcome: 'connected' },
    })
    expect(await storedIn(world, connection.id)).toMatchObject({ generation: 1 })
  })
})

describe('when something here does not work', () => {
  const down = () => {
    throw new ServiceError('the store did not answer', { code: 'store_unavailable' })
  }
  const settled = (outcome: Promise<unknown>) =>
    outcome.then(
      () => {},
      () => {},
    )

  test('a credential that is not filled in leaves the link good for a new attempt', async () => {
    const { world, secrets, digest } = await aSignIn()
    world.appCredentials.set(undefined)
    await settled(respond(world, secrets))
    expect(world.tokenEndpoint.codeGrants).toEqual([])
    expect(spentBy(world, digest)).toBeUndefined()
  })

  test('a credential that is not filled in uses nothing up: a reload connects once it is', async () => {
    const { world, connection, secrets } = await aSignIn()
    const credential = await world.appCredentials.read()
    world.appCredentials.set(undefined)
    await settled(respond(world, secrets))
    world.appCredentials.set(credential)
    await respond(world, secrets)
    expect(await storedIn(world, connection.id)).toMatchObject({ status: 'connected' })
  })

  test('what fails after the request is used up is shown on a reload, not endless work', async () => {
    const { world, secrets } = await aSignIn()
    await settled(respond({ ...world, tokenSets: { ...world.tokenSets, read: down } }, secrets))
    expect(await respond(world, secrets)).toMatchObject({
      outcome: 'ended',
      result: { outcome: 'failed', reason: { code: 'service_failed', who: 'nobody' } },
    })
  })

  test.each<[string, (world: World) => Partial<World>]>([
    [
      'tokens cannot be sealed',
      ({ accessTokens }) => ({ accessTokens: { ...accessTokens, seal: down } }),
    ],
    ['the store is down', ({ tokenSets }) => ({ tokenSets: { ...tokenSets, connect: down } })],
    ['the store cannot be read', ({ tokenSets }) => ({ tokenSets: { ...tokenSets, read: down } })],
  ])('a link is not used up when %s', async (_, broken) => {
    const { world, connection, secrets, digest } = await aSignIn()
    await settled(respond({ ...world, ...broken(world) }, secrets))
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(spentBy(world, digest)).toBeUndefined()
  })

  test('nothing secret is thrown', async () => {
    const { world, secrets } = await aSignIn()
    const broken = { ...world, tokenSets: { ...world.tokenSets, connect: down } }
    const thrown = await respond(broken, secrets).catch((error: unknown) => error)
    const everything = inspect(thrown, { depth: 20, showHidden: true })
    const canaries = [
      ...world.minter.tokens,
      APP_CREDENTIAL.clientSecret,
      ...Object.values(secrets),
    ]
    expect(canaries.filter((canary) => everything.includes(canary))).toEqual([])
  })

  test('the outcome holds no secret either', async () => {
    const { world, secrets } = await aSignIn()
    const everything = inspect(await respond(world, secrets), { depth: 20, showHidden: true })
    const canaries = [...world.minter.tokens, 'canary', codeVerifierOf(secrets), nonceOf(secrets)]
    expect([...canaries, ...Object.values(secrets)].filter((c) => everything.includes(c))).toEqual(
      [],
    )
  })
})

describe('a consent that has not spread yet', () => {
  const notSpread = { outcome: 'refused', refusal: aRefusal({ code: 65001 }) } as const

  test('is waited for, and then the code is redeemed', async () => {
    const { world, secrets } = await aSignIn()
    world.tokenEndpoint.answerNextCode(notSpread)
    world.tokenEndpoint.answerNextCode(notSpread)
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    expect(world.waits).toEqual([1500, 3000])
  })

  test('is the administrator’s to give when it does not come', async () => {
    const { world, connection, secrets, digest } = await aSignIn()
    for (let tries = 0; tries < 3; tries += 1) world.tokenEndpoint.answerNextCode(notSpread)
    expect(await respond(world, secrets)).toMatchObject({
      result: { outcome: 'failed', reason: { code: 'AADSTS65001', who: 'administrator' } },
    })
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(spentBy(world, digest)).toBeUndefined()
  })
})

describe('what the person is told of a refusal', () => {
  test('Microsoft’s id of the attempt, for the administrator’s sign-in log', async () => {
    const { world, secrets } = await aSignIn()
    const correlationId = '0f0f0f0f-0000-4000-8000-000000000001'
    const refused = aRefusedAuthorization({ aadstsCode: 65004, correlationId })
    expect(await respond(world, secrets, refused)).toMatchObject({ result: { correlationId } })
  })

  test('the account that had signed in', async () => {
    const { world, secrets } = await aSignIn()
    world.signsIn({ tenantId: OTHER_TENANT, username: 'eve@fabrikam.example' })
    expect(await respond(world, secrets)).toMatchObject({
      result: { outcome: 'failed', account: 'eve@fabrikam.example' },
    })
  })
})

describe('whom the partner expects', () => {
  const signInWith = async (terms: Partial<SignInTerms>) => {
    const world = aWorld()
    const connection = await world.connections.create(aNewConnection())
    const authority = { ...AUTHORITY, tenant: 'organizations' }
    return { world, connection, ...(await signingIn(world, connection, { terms, authority })) }
  }

  test.each([
    [{ expectedTenantId: OTHER_TENANT }, 'unexpected_tenant'],
    [{ expectedObjectId: '0c0c0c0c-1111-4222-8333-444444444444' }, 'unexpected_user'],
  ])('%j: anybody else is %s, and the link is still good', async (terms, code) => {
    const { world, connection, secrets, digest } = await signInWith(terms)
    expect(await respond(world, secrets)).toMatchObject(failedWith(code))
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(spentBy(world, digest)).toBeUndefined()
  })

  test('connects', async () => {
    const { tenantId, objectId } = aUser()
    const terms = { expectedTenantId: tenantId, expectedObjectId: objectId }
    const { world, secrets } = await signInWith(terms)
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
  })

  test('may be another user than before where the partner allowed it for the link', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const terms = { allowsUserChange: true }
    const { secrets } = await signingIn(world, connection, { terms })
    const objectId = '0c0c0c0c-1111-4222-8333-444444444444'
    world.signsIn({ objectId })
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    expect((await storedIn(world, connection.id)).user?.objectId).toBe(objectId)
  })
})

describe('an environment that the person typed', () => {
  const typed = async () => {
    const world = aWorld()
    const connection = await world.connections.create(aNewConnection({ resource: undefined }))
    const wanted = { kind: 'typed', resource: RESOURCE } as const
    return { world, connection, ...(await signingIn(world, connection, { wanted })) }
  }

  test('is the connection’s once it is connected', async () => {
    const { world, connection, secrets } = await typed()
    expect(await respond(world, secrets)).toMatchObject({ result: { outcome: 'connected' } })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      resource: RESOURCE,
    })
  })

  test('does not take the place of one that the partner has set meanwhile', async () => {
    const { world, connection, secrets } = await typed()
    await world.connections.setResource(connection, OTHER_RESOURCE)
    expect(await respond(world, secrets)).toMatchObject(failedWith('connection_changed'))
    expect((await storedIn(world, connection.id)).resource).toBe(OTHER_RESOURCE)
  })

  test('of two that were typed at the same time, one is connected', async () => {
    const { world, connection, secrets } = await typed()
    const wanted = { kind: 'typed', resource: OTHER_RESOURCE } as const
    const other = await signingIn(world, connection, { wanted })
    const results = await Promise.all([respond(world, secrets), respond(world, other.secrets)])
    const connected = results.filter(
      (ended) => ended.outcome === 'ended' && ended.result.outcome === 'connected',
    )
    expect(connected).toHaveLength(1)
  })
})

test('an environment that the partner took away is not brought back by a sign-in to it', async () => {
  const { world, connection, secrets } = await aSignIn()
  await world.connections.setResource(connection, undefined)
  expect(await respond(world, secrets)).toMatchObject(failedWith('connection_changed'))
  expect((await storedIn(world, connection.id)).resource).toBeUndefined()
})
