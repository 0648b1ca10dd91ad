import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn, signInUpToCallback, type Visit } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { createPartner, type Partner, type SignInLinkOptions } from './support/partner.ts'

const RESOURCE = 'https://example.crm.dynamics.com'

let service: RunningService
let partner: Partner

beforeAll(async () => {
  service = await startLocalService({ env: { LOG_LEVEL: 'DEBUG' } })
  partner = createPartner(service.url)
})
afterEach(() => fetch(`${service.microsoftUrl}/admin/faults`, { method: 'DELETE' }))
afterAll(() => service.stop())

const link = (options: Partial<SignInLinkOptions> = {}) =>
  partner.signInLink({ account: 'acme', resource: RESOURCE, ...options })

async function statusOf(connectionId: string): Promise<unknown> {
  const path = `/v1.0/account/connectors/${connectionId}`
  return (await partner.call('GET', path, { account: 'acme' })).json
}

/** Signs in at Microsoft and stops in front of the callback. */
async function upToCallback(signInLink: string) {
  const browser = createBrowser()
  const { username } = USERS.contosoMember
  return { browser, callback: await signInUpToCallback(browser, signInLink, username) }
}

async function fault(json: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'PUT', headers, body: JSON.stringify(json) }
  expect((await fetch(`${service.microsoftUrl}/admin/faults`, init)).ok).toBe(true)
}

function expectPage(visit: Visit, status: number, text: string | RegExp): void {
  expect(visit.status).toBe(status)
  expect(visit.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(visit.body).toMatch(text)
}

describe('a sign-in that works', () => {
  test('a guest signs in at the tenant of the environment', async () => {
    const { connectionId, link: url } = await link()
    const end = await signIn(createBrowser(), url, USERS.fabrikamGuest.username)
    expect(end.location).toContain('status=connected')
    expect(await statusOf(connectionId)).toMatchObject({ Authenticated: true })
  })

  test('a reload of the callback shows the same result and redeems nothing', async () => {
    const { connectionId, link: url } = await link()
    const { browser, callback } = await upToCallback(url)
    const first = await browser.open(callback)
    const before = await statusOf(connectionId)
    const second = await browser.open(callback)
    expect(second.location).toBe(first.location)
    expect(await statusOf(connectionId)).toEqual(before)
  })

  test('with a callback message the page posts it to the exact origin and to nobody else', async () => {
    const { link: url } = await link({ callbackMessage: '<done> & "well"' })
    const end = await signIn(createBrowser(), url, USERS.contosoMember.username)
    expectPage(end, 200, 'Dynamics 365 is now connected')
    expect(end.body).toContain('data-words="&lt;done&gt; &amp; &quot;well&quot;"')
    expect(end.body).toContain(`data-origin="${service.url}"`)
    const policy = end.headers.get('content-security-policy')
    expect(policy).toMatch(/script-src 'sha256-[\w+/=]+'$/)
    expect(policy).not.toContain('unsafe')
  })

  test('opening the link many times, as a mail scanner does, uses nothing up', async () => {
    const { link: url } = await link()
    for (const method of ['HEAD', 'GET', 'GET', 'POST']) {
      await fetch(url, { method, redirect: 'manual' })
    }
    const end = await signIn(createBrowser(), url, USERS.contosoMember.username)
    expect(end.location).toContain('status=connected')
  })

  test('a reconnect keeps the connection and asks Microsoft for the same account', async () => {
    const { connectionId, link: url } = await link()
    await signIn(createBrowser(), url, USERS.contosoMember.username)
    const again = await link({ connectionId })
    const start = await createBrowser().open(again.link)
    const parameters = new URL(start.location ?? '').searchParams
    expect(parameters.has('login_hint')).toBe(true)
    expect(parameters.has('prompt')).toBe(false)
    const end = await signIn(createBrowser(), again.link, USERS.contosoMember.username)
    expect(end.location).toContain('status=connected')
  })
})

describe('a sign-in that does not work says why and stores nothing', () => {
  test('another user on a reconnect is refused, and the old tokens stay', async () => {
    const { connectionId, link: url } = await link()
    await signIn(createBrowser(), url, USERS.contosoMember.username)
    const before = await statusOf(connectionId)
    const again = await link({ connectionId })
    const end = await signIn(createBrowser(), again.link, USERS.contosoAdmin.username)
    expectPage(end, 200, 'belongs to another account')
    expect(await statusOf(connectionId)).toEqual(before)
  })

  test('a user without a Dataverse role', async () => {
    const { connectionId, link: url } = await link()
    const end = await signIn(createBrowser(), url, USERS.contosoWithoutRole.username)
    expectPage(end, 200, '0x80072560')
    expect(end.body).toContain(`/?connectionId=${connectionId}&amp;status=failed`)
    expect(await statusOf(connectionId)).toMatchObject({ Authenticated: false, User: null })
  })

  test('the link works again after a sign-in that did not', async () => {
    const { link: url } = await link()
    await signIn(createBrowser(), url, USERS.contosoWithoutRole.username)
    const end = await signIn(createBrowser(), url, USERS.contosoMember.username)
    expect(end.location).toContain('status=connected')
  })

  test.each([
    [65001, 'Microsoft administrator', 'AADSTS65001'],
    [500011, 'Microsoft does not know an environment', 'AADSTS500011'],
    [7000215, 'the owner has to renew the client secret', 'AADSTS7000215'],
  ])('AADSTS%i at the token endpoint', async (code, words, shown) => {
    await fault({ endpoint: 'token', code })
    const { connectionId, link: url } = await link()
    const end = await signIn(createBrowser(), url, USERS.contosoMember.username)
    expectPage(end, 200, words)
    expect(end.body).toContain(shown)
    expect(await statusOf(connectionId)).toMatchObject({ Authenticated: false })
  })

  test('a code that only Microsoft showed has a page of its own', async () => {
    const help = (code: string) => createBrowser().open(`${service.url}/help/aadsts/${code}`)
    expectPage(await help('AADSTS50105'), 200, 'add this account to the users of the application')
    expectPage(await help('canary'), 404, 'There is no help under this address')
  })

  test('a cancelled sign-in', async () => {
    const { link: url } = await link()
    const browser = createBrowser()
    const picker = await browser.follow(await browser.open(url))
    const cancelled = await browser.press(picker, { name: 'outcome', value: 'cancel' })
    expectPage(await browser.open(cancelled.location ?? ''), 200, 'The sign-in was cancelled')
  })

  test('a link that has been used', async () => {
    const { link: url } = await link()
    await signIn(createBrowser(), url, USERS.contosoMember.username)
    expectPage(await createBrowser().open(url), 403, 'used already')
  })

  test('an environment that does not answer is signed in at organizations and still proven', async () => {
    await fault({ endpoint: 'whoami', status: 503, authenticated: false })
    const { connectionId, link: url } = await link()
    const start = await createBrowser().open(url)
    expect(start.location).toContain('/organizations/oauth2/v2.0/authorize')
    const end = await signIn(createBrowser(), url, USERS.contosoMember.username)
    expect(end.location).toContain('status=connected')
    const refresh = `/v1.0/account/connectors/${connectionId}/refresh`
    expect((await partner.call('POST', refresh, { account: 'acme' })).status).toBe(200)
  })
})

test('a page is in the language that the link asks for, in the name of the partner', async () => {
  const answer = await fetch(`${service.url}/connector/authorize?lang=de`)
  const body = await answer.text()
  expect(body).toContain('<html lang="de" dir="ltr">')
  expect(body).toMatch(/<header class="brand"><img src="data:image[^>]+><bdi>Fabrikam Sales Cloud</)
})

test('two callbacks at once redeem the code once', async () => {
  const { browser, callback } = await upToCallback((await link()).link)
  const visits = await Promise.all([browser.open(callback), browser.open(callback)])
  expect(visits.filter(({ status }) => status === 303).length).toBeGreaterThanOrEqual(1)
  for (const { status } of visits) expect([202, 303]).toContain(status)
  expect((await browser.open(callback)).location).toContain('status=connected')
})

test('nothing secret is in any log line', async () => {
  const { connectionId, link: url } = await link()
  const { browser, callback } = await upToCallback(url)
  const cookies = [...browser.cookies(service.url).values()]
  await browser.open(callback)
  const token = `/v1.0/account/connectors/${connectionId}/token`
  const { json } = await partner.call('GET', token, { account: 'acme' })
  const secrets = [
    new URL(url).searchParams.get('token'),
    new URL(callback).searchParams.get('code'),
    new URL(callback).searchParams.get('state'),
    ...cookies,
    (json as { AccessToken: string }).AccessToken,
    'local-secret',
    'local-app-secret',
  ]
  // What greets whoever starts it says how to sign in, on this machine alone.
  const greeting = /.*(?:local \/ local-secret|BEARER=).*/g
  const log = service.output().replaceAll(greeting, '')
  expect(log).toContain('authorization_ended')
  for (const secret of secrets) {
    expect(secret).toBeTruthy()
    expect(log).not.toContain(secret)
  }
})
