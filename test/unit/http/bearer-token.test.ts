import { createSecretKey, randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ApiAccess } from '../../../functions/domain/api-access.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { callerOf, issueBearerToken } from '../../../functions/http/bearer-token.ts'
import { HOUR, handClock, SECOND, T0 } from '../../fakes/hand-clock.ts'
import { ACCESS, BOUND, bearer, PARTNER } from '../support/api-clients.ts'
import { httpEvent } from '../support/http-event.ts'

const { clientId } = PARTNER
const seconds = T0.getTime() / 1000

async function callerWith(
  authorization: string | undefined,
  access: ApiAccess = ACCESS,
  later = 0,
) {
  const clock = handClock()
  clock.advance(later)
  const headers = authorization === undefined ? {} : { authorization }
  return callerOf(httpEvent({ headers }), { readApiAccess: async () => access, now: clock.now })
}

const refusedAs = (code: string) => expect.objectContaining({ code })

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const CLAIMS = {
  iss: 'dynamics-connect',
  aud: 'dynamics-connect',
  sub: clientId,
  exp: seconds + 60,
}

/** A token like ours, with claims and header bent. */
function forged(
  claims: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, string>> = {},
): Promise<string> {
  const payload = JSON.parse(JSON.stringify({ ...CLAIMS, ...claims }))
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
    .sign(ACCESS.signingKey)
}

describe('a bearer token', () => {
  test('speaks for the client that it was issued to', async () => {
    const { authorization } = await bearer()
    expect(await callerWith(authorization)).toEqual({ clientId, accountId: undefined })
  })

  test('may speak for one account only', async () => {
    const { authorization } = await bearer({ clientId, accountId: 'contoso' })
    expect(await callerWith(authorization)).toEqual({ clientId, accountId: 'contoso' })
  })

  test.each(['bearer', 'BEARER', 'Bearer'])('may be announced as %s', async (scheme) => {
    const token = issueBearerToken(ACCESS, PARTNER, T0)
    expect(await callerWith(`${scheme} ${token}`)).toMatchObject({ clientId })
  })

  test('is good for an hour, and not a second longer', async () => {
    const { authorization } = await bearer()
    expect(await callerWith(authorization, ACCESS, HOUR - SECOND)).toMatchObject({ clientId })
    await expect(callerWith(authorization, ACCESS, HOUR)).rejects.toThrow(
      refusedAs('bearer_token_invalid'),
    )
  })

  test('differs from one client to the other', async () => {
    const { authorization } = await bearer(BOUND)
    expect(await callerWith(authorization)).toEqual({
      clientId: BOUND.clientId,
      accountId: 'contoso',
    })
  })
})

describe('no bearer token', () => {
  test.each([undefined, '', 'Bearer', 'Bearer ', 'Basic cGFydG5lcjpzZWNyZXQ=', 'token'])(
    'is in the header %j',
    async (authorization) => {
      await expect(callerWith(authorization)).rejects.toThrow(refusedAs('bearer_token_missing'))
    },
  )
})

describe('a bearer token is refused', () => {
  test.each(['canary', 'a.b.c', 'e30.e30.e30', '..', `${'a'.repeat(10_000)}.b.c`])(
    'when it is none: %s',
    async (token) => {
      await expect(callerWith(`Bearer ${token}`)).rejects.toThrow(refusedAs('bearer_token_invalid'))
    },
  )

  test('when it is signed with another key', async () => {
    const other = { ...ACCESS, signingKey: createSecretKey(randomBytes(32)) }
    const token = issueBearerToken(other, PARTNER, T0)
    await expect(callerWith(`Bearer ${token}`)).rejects.toThrow(refusedAs('bearer_token_invalid'))
  })

  test.each(['none', 'None', 'HS256'])('when nobody signed it, by alg %s', async (alg) => {
    const token = `${encoded({ alg, typ: 'at+jwt' })}.${encoded(CLAIMS)}.`
    await expect(callerWith(`Bearer ${token}`)).rejects.toThrow(refusedAs('bearer_token_invalid'))
  })

  test.each<[what: string, claims: Record<string, unknown>, header: Record<string, string>]>([
    ['by another algorithm', {}, { alg: 'HS512' }],
    ['as another type', {}, { typ: 'JWT' }],
    ['for another audience', { aud: 'another' }, {}],
    ['for no audience', { aud: undefined }, {}],
    ['by another issuer', { iss: 'another' }, {}],
    ['for nobody', { sub: undefined }, {}],
    ['for a client that was removed', { sub: 'removed' }, {}],
    ['without an expiry', { exp: undefined }, {}],
    ['an hour ago', { exp: seconds - 1 }, {}],
    ['for later', { nbf: seconds + 60 }, {}],
  ])('when it was made %s', async (_, claims, header) => {
    const token = await forged(claims, header)
    await expect(callerWith(`Bearer ${token}`)).rejects.toThrow(refusedAs('bearer_token_invalid'))
  })

  test('when a claim was changed after it was signed', async () => {
    const [header, , signature] = (await forged()).split('.')
    const token = `${header}.${encoded({ ...CLAIMS, sub: BOUND.clientId })}.${signature}`
    await expect(callerWith(`Bearer ${token}`)).rejects.toThrow(refusedAs('bearer_token_invalid'))
  })

  test('when its client has been bound to another account since', async () => {
    const { authorization } = await bearer({ clientId, accountId: 'fabrikam' })
    const clients = [{ ...PARTNER, accountId: 'contoso' }]
    await expect(callerWith(authorization, { ...ACCESS, clients })).rejects.toThrow(
      refusedAs('bearer_token_invalid'),
    )
  })

  test('when its client has been bound to one account since, and it speaks for all', async () => {
    const { authorization } = await bearer()
    const clients = [{ ...PARTNER, accountId: 'contoso' }]
    await expect(callerWith(authorization, { ...ACCESS, clients })).rejects.toThrow(
      refusedAs('bearer_token_invalid'),
    )
  })

  test('without being repeated', async () => {
    const error = await callerWith('Bearer canary').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServiceError)
    expect(String(error)).not.toContain('canary')
  })
})

test('a secret that cannot be read is not the fault of the token', async () => {
  const { authorization } = await bearer()
  const unreadable = new ServiceError('read', { code: 'secret_unreadable' })
  const request = httpEvent({ headers: { authorization } })
  const readApiAccess = () => Promise.reject(unreadable)
  await expect(callerOf(request, { readApiAccess, now: () => T0 })).rejects.toBe(unreadable)
})

test('a bearer token of a client that was added a moment ago is good at once', async () => {
  const added = { ...PARTNER, clientId: 'added' }
  const request = httpEvent({ headers: await bearer(added) })
  const readApiAccess = async ({ reread } = { reread: false }) =>
    reread ? { ...ACCESS, clients: [...ACCESS.clients, added] } : ACCESS
  const caller = await callerOf(request, { readApiAccess, now: () => T0 })
  expect(caller).toEqual({ clientId: 'added', accountId: undefined })
})

test('a bearer token that we did not sign has nothing read anew', async () => {
  const headers = { authorization: `Bearer ${await forged({ sub: 'added' }, {})}x` }
  const readApiAccess = async ({ reread } = { reread: false }) =>
    reread ? expect.unreachable('the secret was read anew') : ACCESS
  const refused = callerOf(httpEvent({ headers }), { readApiAccess, now: () => T0 })
  await expect(refused).rejects.toEqual(refusedAs('bearer_token_invalid'))
})
