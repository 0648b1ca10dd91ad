import { describe, expect, onTestFinished, test } from 'vitest'
import { openidProvider } from '../../functions/adapters/openid-provider.ts'
import { isAdmitted } from '../../functions/domain/people.ts'
import type { PeopleProvider } from '../../functions/domain/people-provider.ts'
import {
  CONSOLE,
  PERSON,
  startPeopleProvider,
  type TokenEndpointAuthentication,
} from './servers/people-provider.ts'
import { Browser } from './support/browser.ts'

const people = openidProvider({ now: () => new Date() })
const { signal } = new AbortController()

/** The browser's way to the provider and back. */
async function backFrom(authentication: TokenEndpointAuthentication, clientSecret?: string) {
  const server = await startPeopleProvider(authentication)
  onTestFinished(() => server.close())
  const { clientId, redirectUri } = CONSOLE
  const provider: PeopleProvider = {
    issuer: server.issuer,
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    people: ['@partner.example'],
  }
  const request = { provider, redirectUri, signal }
  const begun = await people.begin(request)
  if (begun.outcome !== 'begun') throw new TypeError(`it did not begin: ${begun.why}`)
  const browser = new Browser()
  const back = await browser.followTo(redirectUri, await browser.get(begun.authorizationUrl))
  const callbackParameters = new URL(back).searchParams
  return { ...request, secrets: begun.secrets, callbackParameters }
}

describe('people sign in by oidc-provider', () => {
  test.each<[TokenEndpointAuthentication, string | undefined]>([
    ['client_secret_basic', CONSOLE.clientSecret],
    ['client_secret_post', CONSOLE.clientSecret],
    ['none', undefined],
  ])('with the client proven by %s', async (authentication, clientSecret) => {
    const answer = await backFrom(authentication, clientSecret)
    const completed = await people.complete(answer)
    expect(completed).toMatchObject({
      outcome: 'signed_in',
      person: { subject: PERSON.sub, email: PERSON.email, emailVerified: true, name: PERSON.name },
    })
    const person = completed.outcome === 'signed_in' ? completed.person : undefined
    expect(person && isAdmitted(person, answer.provider.people)).toBe(true)
  })

  test('once for each code', async () => {
    const answer = await backFrom('client_secret_basic', CONSOLE.clientSecret)
    expect(await people.complete(answer)).toMatchObject({ outcome: 'signed_in' })
    const again = { outcome: 'refused', why: 'not_redeemed', error: 'invalid_grant' }
    expect(await people.complete(answer)).toEqual(again)
  })

  test('not with a wrong client secret', async () => {
    const answer = await backFrom('client_secret_basic', 'wrong')
    const refused = { outcome: 'refused', why: 'not_redeemed', error: 'invalid_client' }
    expect(await people.complete(answer)).toEqual(refused)
  })

  test('not by the code of another browser', async () => {
    const first = await backFrom('client_secret_basic', CONSOLE.clientSecret)
    const begun = await people.begin(first)
    if (begun.outcome !== 'begun') throw new TypeError(`it did not begin: ${begun.why}`)
    const { secrets } = begun
    expect(await people.complete({ ...first, secrets })).toMatchObject({ why: 'not_the_answer' })
    const swapped = new URLSearchParams(first.callbackParameters)
    swapped.set('state', secrets.state)
    const stolen = { ...first, secrets, callbackParameters: swapped }
    expect(await people.complete(stolen)).toMatchObject({ why: 'not_redeemed' })
  })
})
