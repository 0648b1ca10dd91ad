import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { HOUR, MINUTE } from '../../fakes/hand-clock.ts'
import { BOUND, FIRST, PARTNER, readable, serviceScene } from './support/service-scene.ts'

const SESSION = '__Host-dynamics-connect-console'
const HEALTH = '/console/health'

describe('the door', () => {
  test('lets an API client in, and leads on to where it wanted to go', async () => {
    const browser = serviceScene().browser()
    const sent = await browser.get('/console/clients?remove=x')
    expect(sent.status).toBe(303)
    await browser.get(String(sent.headers.location))
    const { status, headers } = await browser.submit('/console/sign-in', {
      id: ` ${PARTNER.clientId} `,
      secret: PARTNER.clientSecret,
    })
    expect([status, headers.location]).toEqual([303, '/console/clients?remove=x'])
    expect((await browser.get('/console/clients')).status).toBe(200)
  })

  test('lets an API client in that was added a moment ago, and keeps it in', async () => {
    const scene = serviceScene({ remembersClients: true })
    const added = await scene.apiClients.add({ clientId: 'just-added' })
    const clientSecret = added.outcome === 'added' ? added.clientSecret : ''
    const browser = scene.browser()
    expect((await browser.signIn({ clientId: 'just-added', clientSecret })).status).toBe(303)
    expect((await browser.get(HEALTH)).status).toBe(200)
  })

  test('lets the first sign-in in while it is open', async () => {
    const scene = serviceScene()
    const browser = scene.browser()
    await browser.signIn(FIRST)
    expect(readable(await browser.get(HEALTH))).toContain('Signed in as console')
    await scene.consoleAccess.closeFirstSignIn()
    expect((await browser.get(HEALTH)).status).toBe(303)
    expect((await browser.signIn(FIRST)).status).toBe(401)
  })

  test.each([
    { clientId: PARTNER.clientId, clientSecret: 'canary-wrong' },
    { clientId: PARTNER.clientId, clientSecret: BOUND.clientSecret },
    { clientId: 'nobody', clientSecret: PARTNER.clientSecret },
    { clientId: 'console', clientSecret: '' },
    { clientId: '', clientSecret: '' },
  ])('keeps $clientId with another secret out, and says no more than that', async (wrong) => {
    const scene = serviceScene()
    const browser = scene.browser()
    const refused = await browser.signIn(wrong)
    expect(refused.status).toBe(401)
    expect(readable(refused)).toContain('The id or the secret is wrong.')
    expect(browser.cookies.has(SESSION)).toBe(false)
    expect(refused.text).not.toContain('canary')
    expect(JSON.stringify(scene.log.lines)).not.toContain('canary')
  })

  test('lets API clients in when the secret of the console cannot be read', async () => {
    const scene = serviceScene()
    const browser = scene.browser()
    const unreadable = new ServiceError('fill the secret', { code: 'secret_unreadable' })
    scene.consoleAccess.read = () => Promise.reject(unreadable)
    expect((await browser.signIn(FIRST)).status).toBe(401)
    expect((await browser.signIn(PARTNER)).status).toBe(303)
    expect((await browser.get(HEALTH)).status).toBe(200)
    expect(scene.log.lines.map(({ name }) => name)).toContain('console_access_unreadable')
  })

  test('refuses the eleventh wrong attempt from an address, also a right one, and lets another address in', async () => {
    const scene = serviceScene()
    const browser = scene.browser()
    const [here, there] = [{ address: '203.0.113.9' }, { address: '203.0.113.10' }]
    const wrong = { id: PARTNER.clientId, secret: 'wrong' }
    const right = { id: PARTNER.clientId, secret: PARTNER.clientSecret }
    await browser.get('/console/sign-in')
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      expect((await browser.submit('/console/sign-in', wrong, here)).status).toBe(401)
    }
    const refused = await browser.submit('/console/sign-in', right, here)
    expect(refused.status).toBe(429)
    expect(refused.headers['retry-after']).toBe('900')
    expect(browser.cookies.has(SESSION)).toBe(false)
    expect((await browser.submit('/console/sign-in', right, there)).status).toBe(303)
    scene.clock.advance(15 * MINUTE)
    await browser.get('/console/sign-in')
    expect((await browser.submit('/console/sign-in', right, here)).status).toBe(303)
  })

  test('counts no attempt that succeeds', async () => {
    const browser = serviceScene().browser()
    for (let attempt = 1; attempt <= 12; attempt += 1) {
      expect((await browser.signIn(PARTNER)).status).toBe(303)
    }
  })

  test.each([
    'https://evil.example/',
    '//evil.example/console/clients',
    '/\\evil.example/console',
    'https:evil.example',
    'javascript:alert(1)',
    '/console/../oauth/token',
    '/consoles',
    '/v1.0/account/connectors',
    '\t//evil.example',
  ])('leads on to a page of the console alone, and not to %j', async (to) => {
    const browser = serviceScene().browser()
    await browser.get(`/console/sign-in?${new URLSearchParams({ to })}`)
    const { headers } = await browser.submit('/console/sign-in', {
      to,
      id: PARTNER.clientId,
      secret: PARTNER.clientSecret,
    })
    expect(headers.location).toBe('/console')
  })

  test('signs out, also where the session is stored', async () => {
    const browser = serviceScene().browser()
    await browser.signIn(PARTNER)
    await browser.get(HEALTH)
    const session = browser.cookies.get(SESSION) ?? ''
    const { headers } = await browser.submit('/console/sign-out')
    expect(headers.location).toBe('/console/sign-in?done=signed_out')
    expect(readable(await browser.get(String(headers.location)))).toContain('You are signed out.')
    browser.cookies.set(SESSION, session)
    expect((await browser.get(HEALTH)).status).toBe(303)
  })
})

describe('a session', () => {
  test('is never one that was planted in the browser', async () => {
    const scene = serviceScene()
    const [attacker, victim] = [scene.browser(), scene.browser()]
    await attacker.signIn(PARTNER)
    const planted = attacker.cookies.get(SESSION) ?? ''
    victim.cookies.set(SESSION, planted)
    await victim.signIn(BOUND)
    expect(victim.cookies.get(SESSION)).not.toBe(planted)
    expect((await victim.get('/console')).headers.location).toBe('/console/connections')
    expect((await attacker.get('/console')).headers.location).toBe('/console/setup')
  })

  test('that nobody began is none, whatever its cookie says', async () => {
    const browser = serviceScene().browser()
    browser.cookies.set(SESSION, 'A'.repeat(43))
    await browser.signIn(PARTNER)
    expect(browser.cookies.get(SESSION)).not.toBe('A'.repeat(43))
  })

  test('has another secret each time', async () => {
    const browser = serviceScene().browser()
    await browser.signIn(PARTNER)
    const before = browser.cookies.get(SESSION)
    await browser.signIn(PARTNER)
    expect(browser.cookies.get(SESSION)).not.toBe(before)
  })

  test('ends after eight hours', async () => {
    const scene = serviceScene()
    const browser = scene.browser()
    await browser.signIn(PARTNER)
    scene.clock.advance(8 * HOUR - 1)
    expect((await browser.get(HEALTH)).status).toBe(200)
    scene.clock.advance(1)
    const { status, headers } = await browser.get(HEALTH)
    expect([status, headers.location]).toEqual([303, '/console/sign-in?to=%2Fconsole%2Fhealth'])
  })

  test('ends with the API client that began it', async () => {
    const scene = serviceScene()
    const browser = scene.browser()
    await browser.signIn(PARTNER)
    await scene.apiClients.remove(PARTNER.clientId, { mayBeLast: true })
    expect((await browser.get(HEALTH)).status).toBe(303)
  })

  test('of one account does not learn what else there is', async () => {
    const browser = serviceScene().browser()
    await browser.signIn(BOUND)
    for (const path of [HEALTH, '/console/clients']) {
      expect((await browser.get(path)).status).toBe(404)
    }
  })
})

describe('a form', () => {
  const add = { id: 'another', account: '' }

  test('of another site is refused, as browsers say it', async () => {
    const scene = serviceScene()
    const browser = scene.browser()
    await browser.signIn(PARTNER)
    await browser.get('/console/clients')
    for (const site of ['cross-site', 'same-site', 'none']) {
      const headers = { 'sec-fetch-site': site }
      await browser.get('/console/clients')
      expect((await browser.submit('/console/clients', add, { headers })).status).toBe(403)
    }
    expect(await scene.apiClients.list()).toHaveLength(2)
  })

  test('without the token of its session is refused, or with that of another', async () => {
    const scene = serviceScene()
    const [browser, other] = [scene.browser(), scene.browser()]
    await browser.signIn(PARTNER)
    await other.signIn(PARTNER)
    const foreign = /name="formToken" value="([^"]+)"/.exec(
      (await other.get('/console/clients')).text,
    )?.[1]
    expect(foreign).toBeDefined()
    for (const formToken of [undefined, '', foreign ?? '', `${foreign}x`]) {
      const form = { ...add, ...(formToken !== undefined && { formToken }) }
      expect((await browser.post('/console/clients', form)).status).toBe(403)
    }
    expect(await scene.apiClients.list()).toHaveLength(2)
  })

  test('to sign in is of the browser that was shown it', async () => {
    const browser = serviceScene().browser()
    const form = { id: PARTNER.clientId, secret: PARTNER.clientSecret, formToken: 'x' }
    const refused = await browser.post('/console/sign-in', form)
    expect(refused.status).toBe(403)
    expect(readable(refused)).toContain('This page was open for too long.')
    expect(browser.cookies.has(SESSION)).toBe(false)
  })

  test('of a session that is over leads to the door, and does nothing', async () => {
    const scene = serviceScene()
    const browser = scene.browser()
    await browser.signIn(PARTNER)
    await browser.get('/console/clients')
    scene.clock.advance(9 * HOUR)
    const { status, headers } = await browser.submit('/console/clients', add)
    expect([status, headers.location]).toEqual([303, '/console/sign-in?to=%2Fconsole'])
    expect(await scene.apiClients.list()).toHaveLength(2)
  })
})

describe('the console', () => {
  test('keeps a language that was asked for', async () => {
    const browser = serviceScene().browser()
    const first = await browser.get('/console/sign-in?lang=de')
    expect(first.text).toContain('<html lang="de"')
    expect((await browser.get('/console/sign-in')).text).toContain('<html lang="de"')
  })

  test('has nothing at a path of nobody’s', async () => {
    const browser = serviceScene().browser()
    await browser.signIn(PARTNER)
    const missing = await browser.get('/console/nowhere')
    expect(missing.status).toBe(404)
    expect(readable(missing)).toContain('There is nothing here')
  })
})
