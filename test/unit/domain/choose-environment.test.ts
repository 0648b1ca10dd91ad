import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  type AuthorizationSecrets,
  authorizationRequestIdOf,
} from '../../../functions/domain/authorization-request.ts'
import { chooseEnvironment } from '../../../functions/domain/choose-environment.ts'
import { completeAuthorization } from '../../../functions/domain/complete-authorization.ts'
import type { ListedEnvironment } from '../../../functions/domain/environment-directory.ts'
import type { SignInTerms } from '../../../functions/domain/sign-in-terms.ts'
import { MINUTE } from '../../fakes/hand-clock.ts'
import {
  AUTHORITY,
  aNewConnection,
  aRefusal,
  OTHER_RESOURCE,
  RESOURCE,
  TENANT,
} from '../../support/builders.ts'
import { aWorld, signingIn, storedIn, tokensIn, type World } from '../../support/world.ts'

const { signal } = new AbortController()
const CODE = { code: 'canary-code', issuer: undefined }
const TO_FIND = { kind: 'to_find', cloud: 'commercial' } as const
const ANYWHERE = { ...AUTHORITY, tenant: 'organizations' }

const SALES: ListedEnvironment = {
  resource: RESOURCE,
  name: 'Contoso Sales',
  region: 'EUR',
  purpose: 'production',
}
const SANDBOX: ListedEnvironment = {
  resource: OTHER_RESOURCE,
  name: 'Contoso Sandbox',
  region: undefined,
  purpose: 'sandbox',
}

/** A person who signed in to find an environment, and what Microsoft lists. */
async function finding(environments = [SALES, SANDBOX], terms: Partial<SignInTerms> = {}) {
  const world = aWorld()
  world.environmentDirectory.lists({ outcome: 'listed', environments })
  const connection = await world.connections.create(aNewConnection({ resource: undefined }))
  const options = { wanted: TO_FIND, authority: ANYWHERE, terms }
  const { secrets, digest, id } = await signingIn(world, connection, options)
  const ended = await completeAuthorization(world, { secrets, result: CODE, signal })
  return { world, connection, secrets, digest, id, ended }
}

const choose = (
  world: World,
  { state, browserSecret }: AuthorizationSecrets,
  resource?: string,
) => {
  const own = { id: authorizationRequestIdOf(state), browserSecret }
  return chooseEnvironment(world, { own, resource, signal })
}

describe('a sign-in to find an environment', () => {
  test('offers those that Microsoft lists for whoever signed in', async () => {
    const { world, ended } = await finding()
    expect(ended).toMatchObject({
      outcome: 'ended',
      result: { outcome: 'environments_offered', environments: [SALES, SANDBOX] },
    })
    const [accessToken] = world.minter.tokens
    expect(world.environmentDirectory.askedWith).toEqual([accessToken])
  })

  test('redeems its code for the list, at any organization', async () => {
    const { world } = await finding()
    expect(world.tokenEndpoint.codeGrants).toMatchObject([
      { resource: 'https://globaldisco.crm.dynamics.com', authority: ANYWHERE },
    ])
  })

  test('connects nothing, spends no link, and keeps no token that opens', async () => {
    const { world, connection, secrets, digest, id } = await finding()
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(world.signInTokens.find(digest)?.spentBy).toBeUndefined()
    const { browserBinding = '' } = world.authorizationRequests.all()[0] ?? {}
    const kept = await world.authorizationRequests.find(id, browserBinding)
    expect(inspect(kept, { depth: 9 })).not.toContain('canary')
    expect(secrets.state).not.toBe('')
  })

  test.each([
    [[], 'no_environments_found'],
    ['unavailable', 'microsoft_unavailable'],
    ['rejected', 'environment_rejected_token'],
  ] as const)('that lists %j ends as %s', async (answer, code) => {
    const world = aWorld()
    world.environmentDirectory.lists(
      typeof answer === 'string'
        ? { outcome: answer }
        : { outcome: 'listed', environments: answer },
    )
    const connection = await world.connections.create(aNewConnection({ resource: undefined }))
    const { secrets } = await signingIn(world, connection, { wanted: TO_FIND, authority: ANYWHERE })
    const ended = await completeAuthorization(world, { secrets, result: CODE, signal })
    expect(ended).toMatchObject({ result: { outcome: 'failed', reason: { code } } })
  })

  test('by somebody whom the partner does not expect lists nothing', async () => {
    const { world, ended } = await finding([SALES], {
      expectedObjectId: '0c0c0c0c-1111-4222-8333-444444444444',
    })
    expect(ended).toMatchObject({ result: { reason: { code: 'unexpected_user' } } })
    expect(world.environmentDirectory.askedWith).toEqual([])
  })
})

describe('picking one', () => {
  test('connects it without another sign-in, at the organization of whoever signed in', async () => {
    const { world, connection, secrets } = await finding()
    expect(await choose(world, secrets, RESOURCE)).toMatchObject({
      outcome: 'ended',
      result: { outcome: 'connected' },
    })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      resource: RESOURCE,
      authority: { ...AUTHORITY, tenant: TENANT },
    })
    const [, firstRefreshToken, accessToken, refreshToken] = world.minter.tokens
    expect(world.tokenEndpoint.refreshGrants).toMatchObject([
      { refreshToken: firstRefreshToken, resource: RESOURCE, authority: { tenant: TENANT } },
    ])
    expect(await tokensIn(world, connection.id)).toEqual({ accessToken, refreshToken })
  })

  test('spends the link', async () => {
    const { world, secrets, digest, id } = await finding()
    await choose(world, secrets, RESOURCE)
    expect(world.signInTokens.find(digest)?.spentBy).toBe(id)
  })

  test('twice connects once', async () => {
    const { world, connection, secrets } = await finding()
    await choose(world, secrets, RESOURCE)
    expect(await choose(world, secrets, OTHER_RESOURCE)).toMatchObject({
      result: { outcome: 'connected' },
    })
    expect(await storedIn(world, connection.id)).toMatchObject({
      generation: 1,
      resource: RESOURCE,
    })
  })

  test.each([undefined, '', 'https://evil.example', 'https://other.crm4.dynamics.com'])(
    '%j, which was not offered, shows the offer once more',
    async (resource) => {
      const { world, connection, secrets } = await finding()
      expect(await choose(world, secrets, resource)).toMatchObject({
        result: { outcome: 'environments_offered' },
      })
      expect(world.tokenEndpoint.refreshGrants).toEqual([])
      expect(await storedIn(world, connection.id)).toEqual(connection)
    },
  )

  test('one that lets the person not in leaves the others to pick from', async () => {
    const { world, secrets } = await finding()
    world.environments.answerNextWhoAmI({ outcome: 'forbidden', code: '0x80072560' })
    expect(await choose(world, secrets, RESOURCE)).toMatchObject({
      result: { outcome: 'failed', reason: { code: '0x80072560' } },
    })
    expect(await choose(world, secrets, OTHER_RESOURCE)).toMatchObject({
      result: { outcome: 'connected' },
    })
  })

  test('one that Microsoft refuses a token for leaves the others to pick from', async () => {
    const { world, secrets } = await finding()
    world.tokenEndpoint.answerNextRefresh({
      outcome: 'refused',
      refusal: aRefusal({ error: 'invalid_resource', code: 500011 }),
    })
    expect(await choose(world, secrets, RESOURCE)).toMatchObject({
      result: { outcome: 'failed', reason: { code: 'AADSTS500011' } },
    })
    expect(await choose(world, secrets)).toMatchObject({
      result: { outcome: 'environments_offered' },
    })
  })

  test('by another browser is unknown', async () => {
    const { world, connection, secrets } = await finding()
    const foreign = { ...secrets, browserSecret: 'another browser' }
    expect(await choose(world, foreign, RESOURCE)).toEqual({ outcome: 'unknown' })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })

  test('too late is expired', async () => {
    const { world, secrets } = await finding()
    world.clock.advance(30 * MINUTE)
    expect(await choose(world, secrets, RESOURCE)).toEqual({ outcome: 'expired' })
  })

  test('waits for the partner where it has to confirm', async () => {
    const { world, connection, secrets } = await finding([SALES], { needsConfirmation: true })
    expect(await choose(world, secrets, RESOURCE)).toMatchObject({
      result: { outcome: 'confirmation_required' },
    })
    expect(await storedIn(world, connection.id)).toEqual(connection)
  })
})
