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
import { NO_TERMS, type SignInTerms } from '../../../functions/domain/sign-in-terms.ts'
import { digestOf, MOST_STARTS } from '../../../functions/domain/sign-in-token.ts'
import { at, MINUTE } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import {
  AUTHORITY,
  aNewConnection,
  aNewSignInToken,
  anAccountId,
  anUnknownId,
  aResource,
  aReturnTarget,
  OTHER_TENANT,
  RESOURCE,
  TENANT,
} from '../../support/builders.ts'
import { aWorld, connectedIn, PARTNER_ORIGIN, storedIn, type World } from '../../support/world.ts'

const { signal } = new AbortController()
const USER_ID = '0b0b0b0b-1111-4222-8333-444444444444'
const RETURN_TARGET = aReturnTarget({ targetOrigin: `${PARTNER_ORIGIN}/done` })

async function aLinkTo(
  world: World,
  connection: Connection,
  options: Parameters<typeof aNewSignInToken>[2] = {},
): Promise<SignInLink> {
  const { token } = aNewSignInToken(connection.accountId, world.now(), options)
  await world.signInTokens.create(token)
  return {
    connectionId: connection.id,
    signInTokenDigest: token.digest,
    returnTarget: RETURN_TARGET,
    language: undefined,
    step: { step: 'open' },
  }
}

async function aWorldWithLink(about: Pick<Connection, 'resource'> = { resource: RESOURCE }) {
  const world = aWorld()
  const connection = await world.connections.create(aNewConnection(about))
  return { world, connection, link: await aLinkTo(world, connection) }
}

function returningTo(targetOrigin: string): Pick<SignInLink, 'returnTarget'> {
  return { returnTarget: { targetOrigin, callbackMessage: undefined, mode: 'redirect' } }
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
    const { world, link } = await aWorldWithLink({
      resource: aResource('https://a.crm.dynamics.cn'),
    })
    const { authority } = await begun({ ...world, clouds: ['commercial', 'china'] }, link)
    expect(authority.loginHost).toBe('login.partner.microsoftonline.cn')
  })

  test('stores one request, tied to this browser and to this link, for half an hour', async () => {
    const { world, connection, link } = await aWorldWithLink()
    const { secrets } = await begun(world, link)
    expect(world.authorizationRequests.all()).toEqual([
      {
        id: authorizationRequestIdOf(secrets.state),
        browserBinding: browserBindingOf(secrets.browserSecret),
        connectionId: connection.id,
        accountId: connection.accountId,
        signInTokenDigest: link.signInTokenDigest,
        wanted: { kind: 'known', resource: RESOURCE },
        terms: NO_TERMS,
        authority: AUTHORITY,
        returnTarget: RETURN_TARGET,
        language: undefined,
        expiresAt: at(30 * MINUTE),
      },
    ])
  })

  test('stores neither the state nor the browser’s secret', async () => {
    const { world, link } = await aWorldWithLink()
    const { secrets } = await begun(world, link)
    const stored = JSON.stringify(world.authorizationRequests.all())
    for (const secret of [secrets.state, secrets.browserSecret]) {
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
    expect(world.signInTokens.find(link.signInTokenDigest)?.spentBy).toBeUndefined()
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
        ...returningTo('https://evil.example'),
      }),
    ],
    [
      'a made-up token',
      'link_invalid',
      ({ link }) => ({ ...link, signInTokenDigest: digestOf('made-up') }),
    ],
    [
      'the digest in place of the token',
      'link_invalid',
      ({ link }) => ({ ...link, signInTokenDigest: digestOf(link.signInTokenDigest) }),
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
        await world.signInTokens.spend(link.signInTokenDigest, 'an earlier request')
        return link
      },
    ],
    [
      'a used token whose time is over too',
      'link_used',
      async ({ world, link }) => {
        await world.signInTokens.spend(link.signInTokenDigest, 'an earlier request')
        world.clock.advance(6 * MINUTE)
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

  test('a foreign address is what is wrong with a link, whatever else is', async () => {
    const { world, link } = await aWorldWithLink()
    world.register(undefined)
    const bent = { ...link, ...returningTo('https://evil.example'), signInTokenDigest: 'made-up' }
    expect(await beginAuthorization(world, bent, signal)).toEqual({ outcome: 'target_not_allowed' })
  })
})

describe('an origin of the settings', () => {
  const OTHER = 'https://other.example'

  test('is returned to as one of the deployment is, and both stand side by side', async () => {
    const { world, link } = await aWorldWithLink()
    world.allowOrigins(OTHER)
    for (const target of [`${OTHER}/done`, `${PARTNER_ORIGIN}/done`]) {
      const outcome = await beginAuthorization(world, { ...link, ...returningTo(target) }, signal)
      expect(outcome).toMatchObject({ outcome: 'begun' })
    }
    const targets = world.authorizationRequests.all().map(({ returnTarget }) => returnTarget)
    expect(targets).toMatchObject([
      { targetOrigin: `${OTHER}/done` },
      { targetOrigin: `${PARTNER_ORIGIN}/done` },
    ])
  })

  test('is refused as soon as it is taken away', async () => {
    const { world, link } = await aWorldWithLink()
    world.allowOrigins(OTHER)
    world.allowOrigins()
    const outcome = await beginAuthorization(world, { ...link, ...returningTo(OTHER) }, signal)
    expect(outcome).toEqual({ outcome: 'target_not_allowed' })
    expect(world.authorizationRequests.all()).toEqual([])
  })

  test('comes with the one read that a link needs anyway', async () => {
    const { world, link } = await aWorldWithLink()
    world.allowOrigins(OTHER)
    const reads: number[] = []
    const signInContexts = {
      read: (id: number, digest: string) => {
        reads.push(id)
        return world.signInContexts.read(id, digest)
      },
    }
    await beginAuthorization({ ...world, signInContexts }, link, signal)
    expect(reads).toEqual([link.connectionId])
  })
})

describe('a link of a connection without an environment', () => {
  const withoutEnvironment = () => aWorldWithLink({ resource: undefined })
  const typing = (link: SignInLink, address: string, isSure = false): SignInLink => ({
    ...link,
    step: { step: 'type', address, isSure },
  })

  test('asks for the environment, and stores nothing', async () => {
    const { world, link } = await withoutEnvironment()
    expect(await beginAuthorization(world, link, signal)).toEqual({
      outcome: 'environment_wanted',
      problem: undefined,
      resource: undefined,
    })
    expect(world.authorizationRequests.all()).toEqual([])
  })

  test('goes on with the address that the person typed, without writing it to the connection', async () => {
    const { world, connection, link } = await withoutEnvironment()
    const { resource } = await begun(world, typing(link, 'Contoso.crm4.dynamics.com/'))
    expect(resource).toBe(RESOURCE)
    const [request] = world.authorizationRequests.all()
    expect(request?.wanted).toEqual({ kind: 'typed', resource: RESOURCE })
    expect((await storedIn(world, connection.id)).resource).toBeUndefined()
  })

  test('shows what it understood of a longer address before it goes on', async () => {
    const { world, link } = await withoutEnvironment()
    const pasted = 'https://contoso.crm4.dynamics.com/main.aspx?appid=1&pagetype=dashboard'
    expect(await beginAuthorization(world, typing(link, pasted), signal)).toEqual({
      outcome: 'welcome',
      resource: RESOURCE,
      isMended: true,
    })
  })

  test.each([
    ['make.powerapps.com', 'not_understood'],
    ['', 'not_understood'],
    ['https://contoso.crm.dynamics.cn', 'cloud_not_enabled'],
  ])('refuses %j as %s', async (address, problem) => {
    const { world, link } = await withoutEnvironment()
    expect(await beginAuthorization(world, typing(link, address), signal)).toMatchObject({
      outcome: 'environment_wanted',
      problem,
    })
  })

  test('doubts an address at which nothing answers, until the person is sure', async () => {
    const { world, link } = await withoutEnvironment()
    world.environments.answerNextTenant({ tenantId: undefined })
    const doubtful = await beginAuthorization(world, typing(link, RESOURCE), signal)
    expect(doubtful).toEqual({
      outcome: 'environment_wanted',
      problem: 'nothing_there',
      resource: RESOURCE,
    })
    world.environments.answerNextTenant({ tenantId: undefined })
    const { authority } = await begun(world, typing(link, RESOURCE, true))
    expect(authority.tenant).toBe('organizations')
  })

  test('signs in to the list of environments at any organization of the cloud', async () => {
    const { world, link } = await withoutEnvironment()
    const outcome = await begun(world, { ...link, step: { step: 'find', cloud: undefined } })
    expect(outcome).toMatchObject({
      resource: 'https://globaldisco.crm.dynamics.com',
      authority: { ...AUTHORITY, tenant: 'organizations' },
    })
    const [request] = world.authorizationRequests.all()
    expect(request?.wanted).toEqual({ kind: 'to_find', cloud: 'commercial' })
    expect(world.environments.asked).toEqual([])
  })
})

describe('an environment that stands on the connection', () => {
  test('is the one that is signed in to, whatever is typed', async () => {
    const { world, link } = await aWorldWithLink()
    const address = 'https://fabrikam.crm11.dynamics.com'
    const typed = { ...link, step: { step: 'type', address, isSure: true } } as const
    expect((await begun(world, typed)).resource).toBe(RESOURCE)
  })

  test('is shown first when the link was mailed, and is signed in to after that', async () => {
    const { world, connection } = await aWorldWithLink()
    const link = await aLinkTo(world, connection, { lifetimeMs: 24 * 60 * MINUTE })
    expect(await beginAuthorization(world, link, signal)).toEqual({
      outcome: 'welcome',
      resource: RESOURCE,
      isMended: false,
    })
    expect(world.authorizationRequests.all()).toEqual([])
    expect((await begun(world, { ...link, step: { step: 'go_on' } })).resource).toBe(RESOURCE)
  })
})

describe('what the partner asked for', () => {
  const linkWith = async (terms: Partial<SignInTerms>) => {
    const { world, connection } = await aWorldWithLink()
    return { world, connection, link: await aLinkTo(world, connection, { terms }) }
  }

  test('goes with the request', async () => {
    const terms = { expectedTenantId: TENANT, expectedObjectId: USER_ID, needsConfirmation: true }
    const { world, link } = await linkWith(terms)
    await begun(world, link)
    const [request] = world.authorizationRequests.all()
    expect(request?.terms).toEqual({ ...NO_TERMS, ...terms })
  })

  test('names the organization where the environment does not', async () => {
    const { world, link } = await linkWith({ expectedTenantId: OTHER_TENANT })
    world.environments.answerNextTenant({ tenantId: undefined })
    expect((await begun(world, link)).authority.tenant).toBe(OTHER_TENANT)
  })

  test('and an environment of another organization go nowhere', async () => {
    const { world, link } = await linkWith({ expectedTenantId: OTHER_TENANT })
    const outcome = await beginAuthorization(world, link, signal)
    expect(outcome).toEqual({ outcome: 'environment_of_other_organization' })
    expect(world.authorizationRequests.all()).toEqual([])
  })

  test('lets another user be chosen on a reconnect', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const link = await aLinkTo(world, connection, { terms: { allowsUserChange: true } })
    expect((await begun(world, link)).loginHint).toBeUndefined()
  })
})

describe('once more, from the page of a sign-in that failed', () => {
  const wanted = { kind: 'typed', resource: RESOURCE } as const

  test('it is for what it was for', async () => {
    const { world, link } = await aWorldWithLink({ resource: undefined })
    const again = { step: 'again', wanted, choosesAccount: false } as const
    expect((await begun(world, { ...link, step: again })).resource).toBe(RESOURCE)
  })

  test('the account is asked for when the person wants to choose', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const link = await aLinkTo(world, connection)
    const again = { step: 'again', wanted, choosesAccount: true } as const
    expect((await begun(world, { ...link, step: again })).loginHint).toBeUndefined()
  })
})

test('a link starts so many sign-ins and no more', async () => {
  const { world, link } = await aWorldWithLink()
  for (let start = 0; start < MOST_STARTS; start += 1) await begun(world, link)
  const outcome = await beginAuthorization(world, link, signal)
  expect(outcome).toEqual({ outcome: 'link_worn_out' })
})
