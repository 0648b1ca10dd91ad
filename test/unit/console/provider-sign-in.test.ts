import { describe, expect, test } from 'vitest'
import type { Person } from '../../../functions/domain/people.ts'
import { attribute, unescaped } from '../support/markup.ts'
import {
  type Browser,
  FIRST,
  PARTNER,
  PROVIDER,
  readable,
  type Sent,
  serviceScene,
} from './support/service-scene.ts'

const SESSION = '__Host-dynamics-connect-console'
const BEGUN = '__Host-dynamics-connect-console-sign-in'
const HEALTH = '/console/health'
const ANA = { email: 'ana@partner.example', name: 'Ana Costa' }

const withProvider = () => serviceScene({ stored: { ...FIRST, provider: PROVIDER } })
type Scene = ReturnType<typeof withProvider>

/** Goes to the provider. @returns the address there */
async function begin(browser: Browser, to = HEALTH, sent?: Sent): Promise<URL> {
  await browser.get(`/console/sign-in?${new URLSearchParams({ to })}`)
  const { text } = await browser.submit('/console/sign-in/provider', {}, sent)
  return new URL(unescaped(/class="button secondary" href="([^"]+)"/.exec(text)?.[1] ?? ''))
}

/** Comes back from the provider as that person. */
function comeBack(
  { people }: Scene,
  browser: Browser,
  { at, person = ANA, sent }: { at: URL; person?: Partial<Person>; sent?: Sent },
) {
  const state = at.searchParams.get('state') ?? ''
  const code = people.codeFor(person)
  return browser.get(`/console/sign-in/return?${new URLSearchParams({ code, state })}`, sent)
}

/** What the door says to which somebody was sent back. */
async function toldAtTheDoor(browser: Browser, { headers }: { headers: Answered }) {
  const location = String(headers.location)
  expect(location).toMatch(/^\/console\/sign-in\?problem=/)
  return { location, words: readable(await browser.get(location)) }
}

type Answered = Readonly<Record<string, unknown>>

describe('the way to the provider', () => {
  test('is named by its host, and there only when there is one', async () => {
    const door = await withProvider().browser().get('/console/sign-in')
    expect(readable(door)).toContain('Sign in with login.partner.example')
    expect(readable(await serviceScene().browser().get('/console/sign-in'))).not.toContain('or ')
  })

  test('is a page that goes on by itself, since no redirect may follow a form', async () => {
    const browser = withProvider().browser()
    await browser.get('/console/sign-in')
    const page = await browser.submit('/console/sign-in/provider')
    expect(page.status).toBe(200)
    const url = attribute(page.text.slice(page.text.indexOf('<main')), 'href')
    expect(url).toMatch(/^https:\/\/login\.partner\.example\/authorize\?/)
    expect(page.headers.refresh).toBe(`0;url=${url}`)
    const redirectUri = new URL(url).searchParams.get('redirect_uri')
    expect(redirectUri).toBe('https://connect.example/console/sign-in/return')
  })

  test.each(['cross-site', 'same-site'])('is none for a form of another site: %s', async (site) => {
    const browser = withProvider().browser()
    await browser.get('/console/sign-in')
    const headers = { 'sec-fetch-site': site }
    const refused = await browser.submit('/console/sign-in/provider', {}, { headers })
    expect(refused.status).toBe(403)
    expect(browser.cookies.has(BEGUN)).toBe(false)
  })

  test('is none for a form that this browser was not shown', async () => {
    const browser = withProvider().browser()
    const refused = await browser.post('/console/sign-in/provider', { formToken: 'x', to: HEALTH })
    expect(refused.status).toBe(403)
    expect(browser.cookies.has(BEGUN)).toBe(false)
  })

  test('is closed while the provider does not answer, which is told', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    scene.people.trouble({ outcome: 'unavailable', why: 'no_answer', status: 502 })
    await browser.get('/console/sign-in')
    const closed = await browser.submit('/console/sign-in/provider')
    expect(closed.status).toBe(503)
    expect(readable(closed)).toContain('The sign-in could not be reached')
    expect(scene.log.lines.at(-1)?.fields).toMatchObject({ outcome: 'no_answer' })
  })
})

describe('whoever comes back', () => {
  test('is let in when the list has the person, and led on', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    const at = await begin(browser, '/console/clients?remove=x')
    const { status, headers } = await comeBack(scene, browser, { at })
    expect([status, headers.location]).toEqual([303, '/console/clients?remove=x'])
    expect(browser.cookies.has(BEGUN)).toBe(false)
    expect(readable(await browser.get(HEALTH))).toContain('Signed in as ana@partner.example')
  })

  test('gets a session of its own, whatever was planted', async () => {
    const scene = withProvider()
    const [attacker, victim] = [scene.browser(), scene.browser()]
    await attacker.signIn(PARTNER)
    victim.cookies.set(SESSION, attacker.cookies.get(SESSION) ?? '')
    await comeBack(scene, victim, { at: await begin(victim) })
    expect(victim.cookies.get(SESSION)).not.toBe(attacker.cookies.get(SESSION))
    expect(readable(await attacker.get(HEALTH))).toContain('Signed in as partner-backend')
  })

  test('is told when the list has not the person', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    const at = await begin(browser)
    const back = await comeBack(scene, browser, { at, person: { email: 'eve@evil.example' } })
    const { location, words } = await toldAtTheDoor(browser, back)
    expect(words).toContain('you are not on the list')
    expect(location).toContain('to=%2Fconsole%2Fhealth')
    expect(browser.cookies.has(SESSION)).toBe(false)
  })

  test('is told when the provider says no', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    const state = (await begin(browser)).searchParams.get('state') ?? ''
    const query = new URLSearchParams({ error: 'access_denied', state })
    const back = await browser.get(`/console/sign-in/return?${query}`)
    expect((await toldAtTheDoor(browser, back)).words).toContain('The sign-in was refused')
    expect(scene.log.lines.at(-1)?.fields).toMatchObject({ outcome: 'not_granted: access_denied' })
  })

  test('is told when it took too long, or was another browser', async () => {
    const scene = withProvider()
    const [browser, other] = [scene.browser(), scene.browser()]
    const at = await begin(browser)
    const back = await comeBack(scene, other, { at })
    expect((await toldAtTheDoor(other, back)).words).toContain('The sign-in took too long')
    expect(scene.people.redemptions).toBe(0)
    const cookie = await browser.get('/console/sign-in').then(() => begin(browser))
    expect(cookie.searchParams.get('state')).not.toBe(at.searchParams.get('state'))
  })

  test('keeps its secrets for ten minutes, in a cookie of this host alone', async () => {
    const browser = withProvider().browser()
    await browser.get('/console/sign-in')
    const { cookies } = await browser.submit('/console/sign-in/provider')
    const [header = ''] = cookies.filter((cookie) => cookie.startsWith(BEGUN))
    expect(header.split('; ').slice(1)).toEqual([
      'Path=/',
      'Max-Age=600',
      'HttpOnly',
      'SameSite=Lax',
      'Secure',
    ])
  })

  test('is refused with the answer to a sign-in of somebody else', async () => {
    const scene = withProvider()
    const [victim, attacker] = [scene.browser(), scene.browser()]
    const at = await begin(attacker)
    await begin(victim)
    const back = await comeBack(scene, victim, { at })
    expect((await toldAtTheDoor(victim, back)).words).toContain('its answer was not for this')
    expect(scene.people.redemptions).toBe(0)
    expect(victim.cookies.has(SESSION)).toBe(false)
  })

  test('is refused with an answer that was used already', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    const at = await begin(browser)
    const kept = browser.cookies.get(BEGUN) ?? ''
    const code = scene.people.codeFor(ANA)
    const query = new URLSearchParams({ code, state: at.searchParams.get('state') ?? '' })
    await browser.get(`/console/sign-in/return?${query}`)
    const replay = scene.browser()
    const again = await replay.get(`/console/sign-in/return?${query}`)
    expect((await toldAtTheDoor(replay, again)).location).toContain('return_old')
    replay.cookies.set(BEGUN, kept)
    const withCookie = await replay.get(`/console/sign-in/return?${query}`)
    expect((await toldAtTheDoor(replay, withCookie)).location).toContain('provider_refused')
    expect(replay.cookies.has(SESSION)).toBe(false)
  })

  test('is refused when another provider took the place of the one where it began', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    const at = await begin(browser)
    await scene.consoleAccess.saveProvider({ ...PROVIDER, issuer: 'https://other.example' })
    const back = await comeBack(scene, browser, { at })
    expect((await toldAtTheDoor(browser, back)).location).toContain('return_old')
    expect(scene.people.redemptions).toBe(0)
  })

  test('is refused after ten failed attempts from its address, and let in from another', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    const [here, there] = [{ address: '203.0.113.9' }, { address: '203.0.113.10' }]
    const eve = { email: 'eve@evil.example' }
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const at = await begin(browser, HEALTH, there)
      await comeBack(scene, browser, { at, person: eve, sent: here })
    }
    const at = await begin(browser, HEALTH, there)
    const back = await comeBack(scene, browser, { at, sent: here })
    expect((await toldAtTheDoor(browser, back)).words).toContain('There were too many attempts')
    const other = await begin(browser, HEALTH, there)
    await comeBack(scene, browser, { at: other, sent: there })
    expect(browser.cookies.has(SESSION)).toBe(true)
  })

  test.each(['https://evil.example/', '//evil.example/console', '/v1.0/account/connectors'])(
    'is led on to a page of the console alone, and not to %j',
    async (to) => {
      const scene = withProvider()
      const browser = scene.browser()
      await browser.get('/console/sign-in')
      const { text } = await browser.submit('/console/sign-in/provider', { to })
      const url = /class="button secondary" href="([^"]+)"/.exec(text)?.[1] ?? ''
      const back = await comeBack(scene, browser, { at: new URL(unescaped(url)) })
      expect(back.headers.location).toBe('/console')
    },
  )

  test('is led on to a page of the console alone, whatever was put into its cookie', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    const at = await begin(browser)
    const kept = browser.cookies.get(BEGUN) ?? ''
    const evil = Buffer.from('https://evil.example/').toString('base64url')
    browser.cookies.set(BEGUN, kept.replace(/\.[^.]*$/, `.${evil}`))
    expect((await comeBack(scene, browser, { at })).headers.location).toBe('/console')
  })

  test('finds neither code nor state on a page or in the log', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    await begin(browser)
    const query = 'code=canary-code&state=canary-state'
    const back = await browser.get(`/console/sign-in/return?${query}`)
    const door = await browser.get(String(back.headers.location))
    const seen = JSON.stringify([back.headers, door.text, scene.log.lines])
    expect(seen).not.toContain('canary')
  })

  test('finds neither on the page of an error', async () => {
    const scene = withProvider()
    const browser = scene.browser()
    await begin(browser)
    scene.people.complete = () => Promise.reject(new TypeError('broken'))
    const failed = await browser.get('/console/sign-in/return?code=canary-code&state=canary-state')
    expect(failed.status).toBe(500)
    expect(failed.text).not.toContain('canary')
  })
})

describe('the session of a person', () => {
  const signedIn = async (person: Partial<Person> = ANA) => {
    const scene = withProvider()
    const browser = scene.browser()
    await comeBack(scene, browser, { at: await begin(browser), person })
    expect((await browser.get(HEALTH)).status).toBe(200)
    return { scene, browser }
  }

  test('ends when the entry that let the person in leaves the list', async () => {
    const { scene, browser } = await signedIn()
    const people = ['someone@partner.example', 'groups=operators']
    await scene.consoleAccess.saveProvider({ ...PROVIDER, people })
    expect((await browser.get(HEALTH)).status).toBe(303)
  })

  test('goes on when other entries do', async () => {
    const { scene, browser } = await signedIn({ claims: { groups: ['operators'] } })
    await scene.consoleAccess.saveProvider({ ...PROVIDER, people: ['groups=operators'] })
    expect((await browser.get(HEALTH)).status).toBe(200)
  })

  test('ends when another provider takes the place of the one that vouched', async () => {
    const { scene, browser } = await signedIn()
    await scene.consoleAccess.saveProvider({ ...PROVIDER, issuer: 'https://other.example' })
    expect((await browser.get(HEALTH)).status).toBe(303)
  })

  test('ends with the provider', async () => {
    const { scene, browser } = await signedIn()
    await scene.consoleAccess.removeProvider()
    expect((await browser.get(HEALTH)).status).toBe(303)
  })

  test('shows a name as text', async () => {
    const { browser } = await signedIn({ name: '<b>Ana</b>', claims: { groups: 'operators' } })
    expect((await browser.get(HEALTH)).text).toContain('<bdi>&lt;b&gt;Ana&lt;/b&gt;</bdi>')
  })
})
