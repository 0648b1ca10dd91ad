import { describe, expect, test } from 'vitest'
import {
  authorizationRequestIdOf,
  browserBindingOf,
} from '../../../functions/domain/authorization-request.ts'
import {
  type BegunAuthorization,
  beginAuthorization,
  type SignInLink,
} from '../../../functions/domain/begin-authorization.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import { digestOf, newSignInToken } from '../../../functions/domain/sign-in-token.ts'
import { at, MINUTE } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import {
  AUTHORITY,
  aNewConnection,
  anAccountId,
  anUnknownId,
  aResource,
  RESOURCE,
} from '../../support/builders.ts'
import { aWorld, connectedIn, PARTNER_ORIGIN, type World } from '../../support/world.ts'

const { signal } = new AbortController()
const RETURN_TARGET = { targetOrigin: `${PARTNER_ORIGIN}/done`, callbackMessage: undefined }

async function aLinkTo(world: World, connection: Connection): Promise<SignInLink> {
  const { text, token } = newSignInToken(connection.accountId, 'ada', world.now())
  await world.signInTokens.create(token)
  return { connectionId: connection.id, signInToken: text, returnTarget: RETURN_TARGET }
}

async function aWorldWithLink(resource: Connection['resource'] = RESOURCE) {
  const world = aWorld()
  const connection = await world.connections.create(aNewConnection({ resource }))
  return { world, connection, link: await aLinkTo(world, connection) }
}

async function begun(world: World, link: SignInLink): Promise<BegunAuthorization> {
  const outcome = await beginAuthorization(world, link, signal)
  if (outcome.outcome !== 'begun') return expect.unreachable(outcome.outcome)
  return outcome
}

describe('a link that is good', () => {
  test('leads to the environment’s own tenant, for the app and the environment', async () => {
    const { world, link } = await aWorldWithLink()
    const outcome = await begun(world, link)
    expect(outcome).toEqual({
      outcome: 'begun',
      authority: AUTHORITY,
      clientId: APP_CREDENTIAL.clientId,
      resource: RESOURCE,
      secrets: outcome.secrets,
      loginHint: undefined,
    })
    expect(world.environments.asked).toEqual([RESOURCE])
  })

  test('leads to any work account of the cloud when the environment does not say its tenant', async () => {
    const { world, link } = await aWorldWithLink()
    world.environments.answerNextTenant({ tenantId: undefined })
    const { authority } = await begun(world, link)
    expect(authority).toEqual({ ...AUTHORITY, tenant: 'organizations' })
  })

  test('leads to the login host of the cloud that the environment is in', async () => {
    const { world, link } = await aWorldWithLink(aResource('https://a.crm.dynamics.cn'))
    const { authority } = await begun({ ...world, clouds: ['commercial', 'china'] }, link)
    expect(authority.loginHost).toBe('login.partner.microsoftonline.cn')
  })

  test('stores one request, tied to this browser and to this link, for a quarter of an hour', async () => {
    const { world, connection, link } = await aWorldWithLink()
    const { secrets } = await begun(world, link)
    expect(world.authorizationRequests.all()).toEqual([
      {
        id: authorizationRequestIdOf(secrets.state),
        browserBinding: browserBindingOf(secrets.browserSecret),
        connectionId: connection.id,
        accountId: connection.accountId,
        signInTokenDigest: digestOf(link.signInToken),
        resource: RESOURCE,
        authority: AUTHORITY,
        returnTarget: RETURN_TARGET,
        expiresAt: at(15 * MINUTE),
      },
    ])
  })

  test('stores neither the state nor the browser’s secret nor the sign-in token', async () => {
    const { world, link } = await aWorldWithLink()
    const { secrets } = await begun(world, link)
    const stored = JSON.stringify(world.authorizationRequests.all())
    for (const secret of [secrets.state, secrets.browserSecret, link.signInToken]) {
      expect(stored).not.toContain(secret)
    }
  })

  test('is used up by nothing: each opening is an attempt of its own', async () => {
    const { world, link } = await aWorldWithLink()
    const [one, two, three] = [
      await begun(world, link),
      await begun(world, link),
      await begun(world, link),
    ]
    const states = new Set([one, two, three].map(({ secrets }) => secrets.state))
    const browsers = new Set([one, two, three].map(({ secrets }) => secrets.browserSecret))
    expect([states.size, browsers.size]).toEqual([3, 3])
    expect(world.signInTokens.find(digestOf(link.signInToken))?.spentBy).toBeUndefined()
  })

  test('preselects the account of before on a reconnect', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const { loginHint } = await begun(world, await aLinkTo(world, connection))
    expect(loginHint).toBe('hint-of-ada')
  })

  test('is good for every connection of its account', async () => {
    const { world, connection, link } = await aWorldWithLink()
    const { accountId } = connection
    const other = await world.connections.create(aNewConnection({ accountId }))
    expect(await begun(world, { ...link, connectionId: other.id })).toBeDefined()
  })
})

describe('a link that leads nowhere', () => {
  type Case = Awaited<ReturnType<typeof aWorldWithLink>>
  const rows: [string, string, (given: Case) => Promise<SignInLink> | SignInLink][] = [
    [
      'an address to return to that is not on the list',
      'target_not_allowed',
      ({ link }) => ({
        ...link,
        returnTarget: { targetOrigin: 'https://evil.example', callbackMessage: undefined },
      }),
    ],
    ['a made-up token', 'link_invalid', ({ link }) => ({ ...link, signInToken: 'made-up' })],
    [
      'the digest in place of the token',
      'link_invalid',
      ({ link }) => ({ ...link, signInToken: digestOf(link.signInToken) }),
    ],
    [
      'a connection that never was',
      'link_invalid',
      ({ link }) => ({ ...link, connectionId: anUnknownId() }),
    ],
    [
      'a connection of another account',
      'link_invalid',
      async ({ world, link }) => {
        const other = aNewConnection({ accountId: anAccountId() })
        return { ...link, connectionId: (await world.connections.create(other)).id }
      },
    ],
    [
      'a connection that was removed',
      'link_invalid',
      async ({ world, connection, link }) => {
        await world.connections.remove(connection)
        return link
      },
    ],
    [
      'a token whose time is over',
      'link_expired',
      ({ world, link }) => {
        world.clock.advance(5 * MINUTE)
        return link
      },
    ],
    [
      'a token that was used',
      'link_used',
      async ({ world, link }) => {
        await world.signInTokens.spend(digestOf(link.signInToken), 'an earlier request')
        return link
      },
    ],
    [
      'a used token whose time is over too',
      'link_used',
      async ({ world, link }) => {
        await world.signInTokens.spend(digestOf(link.signInToken), 'an earlier request')
        world.clock.advance(6 * MINUTE)
        return link
      },
    ],
    [
      'a connection without an environment',
      'resource_missing',
      async ({ world, connection, link }) => {
        await world.connections.setResource(connection, undefined)
        return link
      },
    ],
    [
      'an environment of a cloud that is not enabled',
      'resource_not_enabled',
      async ({ world, connection, link }) => {
        await world.connections.setResource(connection, aResource('https://a.crm.dynamics.cn'))
        return link
      },
    ],
    [
      'an app that is not registered',
      'app_not_registered',
      ({ world, link }) => {
        world.register(undefined)
        return link
      },
    ],
  ]

  test.each(rows)('%s: %s, and nothing is stored or asked', async (_, outcome, prepare) => {
    const given = await aWorldWithLink()
    const link = await prepare(given)
    expect(await beginAuthorization(given.world, link, signal)).toEqual({ outcome })
    expect(given.world.authorizationRequests.all()).toEqual([])
    expect(given.world.environments.asked).toEqual([])
  })

  test('a token is good until the last millisecond of its time', async () => {
    const { world, link } = await aWorldWithLink()
    world.clock.advance(5 * MINUTE - 1)
    expect(await beginAuthorization(world, link, signal)).toMatchObject({ outcome: 'begun' })
  })

  test('a foreign address is refused before anything is read', async () => {
    const { world, link } = await aWorldWithLink()
    const read = () => expect.unreachable('something was read')
    const returnTarget = { targetOrigin: 'https://evil.example', callbackMessage: undefined }
    const deps = { ...world, signInContexts: { read } }
    const outcome = await beginAuthorization(deps, { ...link, returnTarget }, signal)
    expect(outcome).toEqual({ outcome: 'target_not_allowed' })
  })
})
