import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CALLBACK_PATH, SIGN_IN_PATH } from '../../functions/http/routes.ts'
import { TENANTS, USERS, type User } from '../../infra/local/microsoft/directory.ts'
import {
  type Browser,
  createBrowser,
  signIn,
  signInUpToCallback,
  type Visit,
} from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import {
  type ApiRequest,
  createPartner,
  field,
  type Partner,
  type SignInLink,
  type SignInLinkOptions,
} from './support/partner.ts'

const ACCOUNT = 'acme'
const HOST = 'example.crm.dynamics.com'
const RESOURCE = `https://${HOST}`
const EVIL = 'evil.example'
const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`
const CR_LF = 'x\r\nSet-Cookie: injected=1\r\nX-Injected: 1\r\n\r\n<h1>injected</h1>'
const AUTHORIZE_PARAMETERS = ['id', 'token', 'targetOrigin', 'callbackMessage']
const CALLBACK_PARAMETERS = ['code', 'state', 'session_state', 'iss', 'error', 'error_description']

let service: RunningService
let partner: Partner

beforeAll(async () => {
  service = await startLocalService()
  partner = createPartner(service.url)
})
afterEach(() => fetch(`${service.microsoftUrl}/admin/faults`, { method: 'DELETE' }))
afterAll(() => service.stop())

const aLink = (options: Partial<SignInLinkOptions> = {}) =>
  partner.signInLink({ account: ACCOUNT, resource: RESOURCE, ...options })

const connectionOf = async ({ connectionId }: SignInLink, account = ACCOUNT) => {
  const path = `/v1.0/account/connectors/${connectionId}`
  return (await partner.call('GET', path, { account })).json
}

/** A sign-in that its own browser is about to complete. */
interface Attempt {
  readonly link: SignInLink
  readonly browser: Browser
  readonly callback: string
}

async function anAttempt(
  options: Partial<SignInLinkOptions> = {},
  person: User = USERS.contosoMember,
): Promise<Attempt> {
  const link = await aLink(options)
  const browser = createBrowser()
  return { link, browser, callback: await signInUpToCallback(browser, link.link, person.username) }
}

const cookiesOf = ({ browser }: Attempt): string =>
  [...browser.cookies(service.url)].map(([name, value]) => `${name}=${value}`).join('; ')

function changed(url: string, parameters: Readonly<Record<string, string>>): string {
  const changedUrl = new URL(url)
  for (const [name, value] of Object.entries(parameters)) changedUrl.searchParams.set(name, value)
  return changedUrl.href
}

/** Nothing is connected, and nothing of the sign-in is stored. */
async function expectNothingConnected(link: SignInLink): Promise<void> {
  const nothing = { Status: 'pending', Authenticated: false, User: null, ConnectedAtUtc: null }
  expect(await connectionOf(link)).toMatchObject(nothing)
}

/** The attack used nothing up: the person whose attempt it is completes it. */
async function expectStillToBeCompleted({ browser, callback, link }: Attempt): Promise<void> {
  expect((await browser.open(callback)).location).toContain('status=connected')
  expect(await connectionOf(link)).toMatchObject({ Status: 'connected' })
}

/** A page of ours that says no, loads nothing and leads nowhere. */
function expectRefused({ status, headers, location }: Visit, statuses = [400]): void {
  expect(statuses).toContain(status)
  expect(location).toBeUndefined()
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
  expect(headers.get('content-security-policy')).not.toContain('unsafe-')
}

/** What was sent is not in the answer as markup, nor as a header. */
function expectNoEcho({ body, headers, location }: Visit): void {
  expect(body).not.toMatch(/<script>alert|<img src=x|<h1>injected/)
  expect(headers.has('x-injected')).toBe(false)
  expect(headers.getSetCookie().join()).not.toContain('injected')
  expect(location ?? '').not.toMatch(/[<>"\r\n]/)
}

describe('session fixation', () => {
  test("the attacker's callback in a victim's browser, which has no cookie for it", async () => {
    const attempt = await anAttempt()
    expectRefused(await createBrowser().open(attempt.callback))
    await expectNothingConnected(attempt.link)
    await expectStillToBeCompleted(attempt)
  })

  test("the attacker's callback with the cookie of the victim's own attempt in its place", async () => {
    const attempt = await anAttempt()
    const victim = await anAttempt()
    const [name] = [...attempt.browser.cookies(service.url).keys()]
    const [secret] = [...victim.browser.cookies(service.url).values()]
    const init = { headers: { cookie: `${name}=${secret}` }, redirect: 'manual' } as const
    const { status } = await fetch(attempt.callback, init)
    expect(status).toBe(400)
    await expectNothingConnected(attempt.link)
    await expectNothingConnected(victim.link)
    await expectStillToBeCompleted(victim)
    await expectStillToBeCompleted(attempt)
  })

  test("a victim who follows the attacker's address at Microsoft ends without a connection", async () => {
    const link = await aLink()
    const attacker = createBrowser()
    const { location = '' } = await attacker.open(link.link)
    const victim = createBrowser()
    expectRefused(await signIn(victim, location, USERS.contosoAdmin.username))
    await expectNothingConnected(link)
  })
})

describe('state injection', () => {
  test.each(['A'.repeat(43), '', 'null', '../settings', MARKUP])(
    'the state %j, which was never given out',
    async (state) => {
      const attempt = await anAttempt()
      const end = await attempt.browser.open(changed(attempt.callback, { state }))
      expectRefused(end)
      expectNoEcho(end)
      await expectNothingConnected(attempt.link)
      await expectStillToBeCompleted(attempt)
    },
  )

  test("another browser's state with this browser's code", async () => {
    const [mine, theirs] = [await anAttempt(), await anAttempt()]
    const state = new URL(theirs.callback).searchParams.get('state') ?? ''
    expectRefused(await mine.browser.open(changed(mine.callback, { state })))
    await expectNothingConnected(mine.link)
    await expectNothingConnected(theirs.link)
    await expectStillToBeCompleted(theirs)
  })
})

describe('code injection', () => {
  test("another attempt's code, stolen, in this browser's callback", async () => {
    const [mine, theirs] = [await anAttempt(), await anAttempt({}, USERS.contosoAdmin)]
    const code = new URL(theirs.callback).searchParams.get('code') ?? ''
    const end = await mine.browser.open(changed(mine.callback, { code }))
    expectRefused(end, [200])
    await expectNothingConnected(mine.link)
    await expectNothingConnected(theirs.link)
  })

  test('the code of another attempt in the same browser', async () => {
    const browser = createBrowser()
    const [one, other] = [await aLink(), await aLink()]
    const { username } = USERS.contosoMember
    const first = await signInUpToCallback(browser, one.link, username)
    const second = await signInUpToCallback(browser, other.link, username)
    const code = new URL(first).searchParams.get('code') ?? ''
    expectRefused(await browser.open(changed(second, { code })), [200])
    await expectNothingConnected(one)
    await expectNothingConnected(other)
  })

  test('a code that is used again', async () => {
    const attempt = await anAttempt()
    await expectStillToBeCompleted(attempt)
    const before = await connectionOf(attempt.link)
    const victim = await anAttempt()
    const code = new URL(attempt.callback).searchParams.get('code') ?? ''
    expectRefused(await victim.browser.open(changed(victim.callback, { code })), [200])
    await expectNothingConnected(victim.link)
    expect(await connectionOf(attempt.link)).toEqual(before)
  })
})

describe('tenant swap', () => {
  const { username: stranger } = USERS.fabrikamMember
  const swapped = (authorizeUrl: string, from: string, to: string) =>
    authorizeUrl.replace(`/${from}/`, `/${to}/`).replace(HOST, 'fabrikam.crm4.dynamics.com')

  test('a code that Microsoft gave out at the authority of another organization', async () => {
    const link = await aLink()
    const browser = createBrowser()
    const { location = '' } = await browser.open(link.link)
    const elsewhere = swapped(location, TENANTS.contoso.id, TENANTS.fabrikam.id)
    const callback = await signInUpToCallback(browser, elsewhere, stranger)
    expect(new URL(callback).searchParams.has('code')).toBe(true)
    expectRefused(await browser.open(callback), [200])
    await expectNothingConnected(link)
  })

  test('a person of another organization, where the tenant is not known beforehand', async () => {
    const headers = { 'content-type': 'application/json' }
    const body = '{"endpoint":"whoami","status":503,"authenticated":false}'
    await fetch(`${service.microsoftUrl}/admin/faults`, { method: 'PUT', headers, body })
    const link = await aLink()
    const browser = createBrowser()
    const { location = '' } = await browser.open(link.link)
    expect(location).toContain('/organizations/')
    const elsewhere = swapped(location, 'organizations', 'organizations')
    const callback = await signInUpToCallback(browser, elsewhere, stranger)
    expect(new URL(callback).searchParams.has('code')).toBe(true)
    expectRefused(await browser.open(callback), [200])
    await expectNothingConnected(link)
  })

  test('an issuer parameter that names another organization', async () => {
    const attempt = await anAttempt()
    const iss = `${service.microsoftUrl}/${TENANTS.fabrikam.id}/v2.0`
    expectRefused(await attempt.browser.open(changed(attempt.callback, { iss })), [200])
    await expectNothingConnected(attempt.link)
  })
})

describe('open redirect: a targetOrigin that is not the allowed one', () => {
  const TRICKS: readonly (readonly [what: string, trick: (origin: string) => string])[] = [
    ['another site', () => `http://${EVIL}/`],
    ['the allowed origin as user', (origin) => `${origin}@${EVIL}/`],
    ['the allowed origin as user and password', (origin) => `${origin}:x@${EVIL}/`],
    ['a user at the allowed origin', (origin) => origin.replace('//', `//${EVIL}@`)],
    ['a backslash before the user', (origin) => `http://${EVIL}\\@${new URL(origin).host}/`],
    ['backslashes for slashes', () => `http:\\\\${EVIL}/`],
    ['a backslash after the host', (origin) => `${origin}\\.${EVIL}/`],
    ['a subdomain', (origin) => origin.replace('localhost', 'evil.localhost')],
    ['a host that begins alike', (origin) => origin.replace('localhost', `localhost.${EVIL}`)],
    ['a host that ends alike', (origin) => origin.replace('localhost', 'evillocalhost')],
    ['a dot at the end of the host', (origin) => origin.replace('localhost', 'localhost.')],
    ['another port', () => 'http://localhost:1/'],
    ['no port', () => 'http://localhost/'],
    ['a port that begins alike', (origin) => `${origin}0/`],
    ['another scheme', (origin) => origin.replace('http', 'https')],
    ['the allowed origin as path', (origin) => `http://${EVIL}/${origin}/`],
    ['the allowed origin as query', (origin) => `http://${EVIL}?${origin}/`],
    ['the allowed origin as fragment', (origin) => `http://${EVIL}#${origin}/`],
    ['an encoded slash', (origin) => `${origin}%2f@${EVIL}/`],
    ['an encoded URL', () => `http%3A%2F%2F${EVIL}%2F`],
    ['an encoded letter in the host', (origin) => origin.replace('localhost', '%65vil.example')],
    ['no scheme', () => `//${EVIL}/`],
    ['three slashes', () => `///${EVIL}/`],
    ['a slash and a backslash', () => `/\\${EVIL}/`],
    ['a path', () => '/'],
    ['a script', () => 'javascript:alert(1)'],
    ['a script in capitals', () => 'JaVaScRiPt:alert(1)'],
    ['a script behind the host', (origin) => `javascript://${new URL(origin).host}/%0aalert(1)`],
    ['a script with a tab', () => 'java\tscript:alert(1)'],
    ['a data URL', () => 'data:text/html,<script>alert(1)</script>'],
    ['a null byte in front', (origin) => `\0${origin}/`],
    ['a null byte in the host', (origin) => `${origin}\0.${EVIL}/`],
    ['a null byte behind', (origin) => `${origin}/\0`],
    ['an encoded null byte', (origin) => `${origin}%00.${EVIL}/`],
    ['a space in front', (origin) => ` ${origin}/`],
    ['a line feed behind', (origin) => `${origin}/\n`],
    ['a full-width slash', (origin) => `${origin}／@${EVIL}/`],
    ['a full-width letter', (origin) => origin.replace('localhost', 'ｌocalhost')],
    ['two URLs', (origin) => `${origin}/, http://${EVIL}/`],
    ['the null origin', () => 'null'],
    ['a wildcard', () => '*'],
    ['nothing', () => ''],
  ]

  test.each(TRICKS)('%s', async (_what, trick) => {
    const targetOrigin = trick(service.url)
    for (const callbackMessage of [undefined, 'done']) {
      const message = callbackMessage === undefined ? {} : { callbackMessage }
      const link = await aLink({ targetOrigin, ...message })
      const end = await createBrowser().open(link.link)
      expectRefused(end)
      expectNoEcho(end)
      expect(end.body).not.toContain(EVIL)
      await expectNothingConnected(link)
    }
  })

  test('a path that looks like a host stays at the allowed origin', async () => {
    for (const path of [`//${EVIL}/`, `/.${EVIL}/`, `/@${EVIL}/`, `/?next=//${EVIL}`]) {
      const { link } = await aLink({ targetOrigin: `${service.url}${path}` })
      const { location = '' } = await signIn(createBrowser(), link, USERS.contosoMember.username)
      expect(new URL(location).origin).toBe(service.url)
    }
  })

  test('with a callback message an origin is wanted, and a path is refused', async () => {
    const targetOrigin = `${service.url}/path`
    const link = await aLink({ targetOrigin, callbackMessage: 'done' })
    expectRefused(await createBrowser().open(link.link))
    await expectNothingConnected(link)
  })

  test('a targetOrigin that is put into the callback counts for nothing', async () => {
    const attempt = await anAttempt()
    const callback = changed(attempt.callback, { targetOrigin: `http://${EVIL}/` })
    const { location = '' } = await attempt.browser.open(callback)
    expect(new URL(location).origin).toBe(service.url)
  })
})

describe('reflected markup', () => {
  test.each(['error', 'error_description', 'error_uri', 'error_subcode', 'iss', 'session_state'])(
    'in %s of the callback',
    async (name) => {
      const attempt = await anAttempt()
      const refused = new URL(attempt.callback)
      refused.searchParams.delete('code')
      refused.searchParams.set('error', 'access_denied')
      const end = await attempt.browser.open(changed(refused.href, { [name]: MARKUP }))
      expectRefused(end, [200])
      expectNoEcho(end)
      expect(end.body).not.toContain('alert(1)')
      await expectNothingConnected(attempt.link)
    },
  )

  test.each(AUTHORIZE_PARAMETERS)('in %s of a link that leads nowhere', async (name) => {
    const link = await aLink()
    const end = await createBrowser().open(changed(link.link, { token: 'no', [name]: MARKUP }))
    expectRefused(end, [400, 403])
    expectNoEcho(end)
    expect(end.body).not.toContain('alert(1)')
    await expectNothingConnected(link)
  })

  test('in the callback message: the page has it as data of an attribute', async () => {
    const { browser, callback } = await anAttempt({ callbackMessage: MARKUP })
    const end = await browser.open(callback)
    expectRefused(end, [200])
    expectNoEcho(end)
    expect(end.body).toContain('data-words="&quot;&#39;&gt;&lt;script&gt;alert(1)')
  })

  test.each(['fails', 'is done'])(
    'in the path of targetOrigin when the sign-in %s',
    async (how) => {
      const person = how === 'fails' ? USERS.contosoWithoutRole : USERS.contosoMember
      const targetOrigin = `${service.url}/${MARKUP.replaceAll(' ', '/')}`
      const { browser, callback } = await anAttempt({ targetOrigin }, person)
      const end = await browser.open(callback)
      expect(end.status).toBe(how === 'fails' ? 200 : 303)
      expectNoEcho(end)
    },
  )

  test('in a path: the answer is no page', async () => {
    for (const path of ['/', '/connector/', '/v1.0/connectors/', '/v1.0/account/connectors/']) {
      const end = await createBrowser().open(`${service.url}${path}${encodeURIComponent(MARKUP)}`)
      expect(end.headers.get('content-type')).toMatch(/^application\/json/)
      expectRefused(end, [401, 404])
    }
  })
})

describe('header injection by CR LF', () => {
  test.each(AUTHORIZE_PARAMETERS)('in %s of the link', async (name) => {
    const link = await aLink()
    const value = name === 'targetOrigin' ? `${service.url}/${CR_LF}` : CR_LF
    const end = await createBrowser().open(changed(link.link, { [name]: value }))
    expect(end.status).toBeLessThan(500)
    expectNoEcho(end)
    await expectNothingConnected(link)
  })

  test.each(CALLBACK_PARAMETERS)('in %s of the callback', async (name) => {
    const attempt = await anAttempt()
    const end = await attempt.browser.open(changed(attempt.callback, { [name]: CR_LF }))
    expect(end.status).toBeLessThan(500)
    expectNoEcho(end)
  })

  test('in a callback message that is posted', async () => {
    const { browser, callback } = await anAttempt({ callbackMessage: CR_LF })
    const end = await browser.open(callback)
    expectRefused(end, [200])
    expectNoEcho(end)
  })

  test('in a path', async () => {
    for (const path of [SIGN_IN_PATH, CALLBACK_PATH, '/v1.0/connectors']) {
      const end = await createBrowser().open(`${service.url}${path}${encodeURIComponent(CR_LF)}`)
      expectRefused(end, [401, 404])
      expectNoEcho(end)
    }
  })
})

describe('oversized parameters', () => {
  /** The most that API Gateway lets through is 10,240 bytes of request line and headers. */
  const LARGE = 'A'.repeat(9 * 1024)
  const TOO_LARGE = 'A'.repeat(64 * 1024)

  test.each(['id', 'token', 'targetOrigin'])('%s of the link', async (name) => {
    const link = await aLink()
    const end = await createBrowser().open(changed(link.link, { [name]: LARGE }))
    expectRefused(end, [400, 403])
    expect(end.body).not.toContain(LARGE)
    await expectNothingConnected(link)
  })

  test.each(['code', 'state', 'error', 'error_description'])('%s of the callback', async (name) => {
    const attempt = await anAttempt()
    const start = `${service.url}${CALLBACK_PATH}`
    const state = new URL(attempt.callback).searchParams.get('state') ?? ''
    const end = await attempt.browser.open(changed(start, { state, [name]: LARGE }))
    expectRefused(end, [200, 400])
    expect(end.body).not.toContain(LARGE)
    await expectNothingConnected(attempt.link)
  })

  test('more than a server takes', async () => {
    for (const path of [SIGN_IN_PATH, CALLBACK_PATH]) {
      const { status } = await fetch(`${service.url}${path}?state=${TOO_LARGE}&id=${TOO_LARGE}`)
      expect([400, 413, 414, 431]).toContain(status)
    }
  })

  test('a body of the API', async () => {
    const link = await aLink()
    const path = `/v1.0/account/connectors/${link.connectionId}`
    const before = await connectionOf(link)
    const answer = await partner.call('PUT', path, { account: ACCOUNT, json: { Name: TOO_LARGE } })
    expect(answer.status).toBe(413)
    expect(await connectionOf(link)).toEqual(before)
  })
})

describe('repeated parameters', () => {
  const repeated = (url: string, name: string, value: string) => {
    const polluted = new URL(url)
    polluted.searchParams.append(name, value)
    return polluted.href
  }

  test.each(AUTHORIZE_PARAMETERS)('%s of the link', async (name) => {
    const link = await aLink({ targetOrigin: service.url, callbackMessage: 'done' })
    const same = new URL(link.link).searchParams.get(name) ?? ''
    for (const value of [same, 'another', '']) {
      expectRefused(await createBrowser().open(repeated(link.link, name, value)))
    }
    await expectNothingConnected(link)
  })

  test.each(['code', 'state', 'session_state'])('%s of the callback', async (name) => {
    const attempt = await anAttempt()
    const same = new URL(attempt.callback).searchParams.get(name) ?? ''
    for (const value of [same, 'another', '']) {
      expectRefused(await attempt.browser.open(repeated(attempt.callback, name, value)))
    }
    await expectNothingConnected(attempt.link)
    await expectStillToBeCompleted(attempt)
  })
})

describe('method confusion', () => {
  test.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s on the callback completes nothing and uses nothing up',
    async (method) => {
      const attempt = await anAttempt()
      const headers = { cookie: cookiesOf(attempt) }
      const { status } = await fetch(attempt.callback, { method, headers, redirect: 'manual' })
      expect(status).toBe(405)
      await expectNothingConnected(attempt.link)
      await expectStillToBeCompleted(attempt)
    },
  )

  test('a form post of the response, as response_mode=form_post makes it', async () => {
    const attempt = await anAttempt()
    const body = new URL(attempt.callback).searchParams
    const init = { method: 'POST', headers: { cookie: cookiesOf(attempt) }, body }
    const { status } = await fetch(`${service.url}${CALLBACK_PATH}`, init)
    expect(status).toBe(405)
    await expectNothingConnected(attempt.link)
    await expectStillToBeCompleted(attempt)
  })

  test.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
    '%s makes no GET of a POST and no DELETE of a GET',
    async (name) => {
      const attempt = await anAttempt()
      const headers = { cookie: cookiesOf(attempt), [name]: 'GET' }
      const { status } = await fetch(attempt.callback, { method: 'POST', headers })
      expect(status).toBe(405)
      await expectNothingConnected(attempt.link)
      const bearer = await bearerFor(ACCOUNT)
      const authorization = `Bearer ${bearer}`
      const path = `/v1.0/account/connectors/${attempt.link.connectionId}`
      await fetch(`${service.url}${path}`, { headers: { authorization, [name]: 'DELETE' } })
      await expectStillToBeCompleted(attempt)
    },
  )
})

/** A bearer token for one account alone. */
async function bearerFor(account: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'local',
    client_secret: 'local-secret',
    scope: `account:${account}`,
  })
  const answer = await fetch(`${service.url}/oauth/token`, { method: 'POST', body })
  return field(await answer.json(), 'access_token')
}

describe('cross-account access through the API', () => {
  const CALLS: readonly (readonly [method: string, path: string, json?: object])[] = [
    ['GET', ''],
    ['GET', '/token'],
    ['GET', '/properties'],
    ['GET', '/properties/1'],
    ['PUT', '', { Name: 'taken over' }],
    ['PUT', '', { AuthValue: { RefreshToken: 'x' } }],
    ['PUT', '/deauthenticate', {}],
    ['POST', '/refresh', {}],
    ['POST', '/properties', { Name: 'Resource', Value: 'https://fabrikam.crm4.dynamics.com' }],
    ['PUT', '/properties/1', { Name: 'Resource', Value: 'https://fabrikam.crm4.dynamics.com' }],
    ['DELETE', '/properties/1'],
    ['DELETE', ''],
  ]
  const UNKNOWN_ID = '999999999'
  let connected: Attempt
  let before: unknown

  beforeAll(async () => {
    connected = await anAttempt()
    await expectStillToBeCompleted(connected)
    before = await connectionOf(connected.link)
  })
  afterEach(async () => {
    expect(await connectionOf(connected.link)).toEqual(before)
  })

  const calls = (id: string, request: ApiRequest) =>
    CALLS.map(async ([method, path, json]) => {
      const url = `/v1.0/account/connectors/${id}${path}`
      const answer = await partner.call(method, url, { ...request, ...(json && { json }) })
      const { Message, Code } = answer.json as { Message: string; Code: string }
      return { method, path, status: answer.status, Message, Code }
    })

  test("another account's connection answers as one that never was", async () => {
    const bearer = await bearerFor('other')
    const foreign = await Promise.all(calls(connected.link.connectionId, { bearer }))
    const unknown = await Promise.all(calls(UNKNOWN_ID, { bearer }))
    expect(foreign).toEqual(unknown)
    expect(new Set(foreign.map(({ status }) => status))).toEqual(new Set([404]))
  })

  test('a bearer token for one account does not speak for another', async () => {
    const bearer = await bearerFor('other')
    const id = connected.link.connectionId
    const answers = await Promise.all(calls(id, { bearer, account: ACCOUNT }))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]))
    const path = `/v1.0/accounts/${ACCOUNT}/signintoken`
    const signInToken = await partner.call('POST', path, { bearer, json: { Username: 'x' } })
    expect(signInToken.status).toBe(403)
  })

  test('no bearer token, a made-up one and an unsigned one open nothing', async () => {
    const genuine = await bearerFor(ACCOUNT)
    const [, payload = ''] = genuine.split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    for (const bearer of ['', 'made-up', unsigned, `${genuine.slice(0, -8)}AAAAAAAA`]) {
      const answers = await Promise.all(
        calls(connected.link.connectionId, { bearer, account: ACCOUNT }),
      )
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    }
  })

  test("a sign-in token of another account does not open this account's connection", async () => {
    const mine = await aLink()
    const theirs = await partner.signInLink({ account: 'other', resource: RESOURCE })
    expectRefused(
      await createBrowser().open(changed(mine.link, { id: theirs.connectionId })),
      [403],
    )
    expectRefused(
      await createBrowser().open(changed(theirs.link, { id: mine.connectionId })),
      [403],
    )
    await expectNothingConnected(mine)
  })

  test('a list of another account names none of its connections', async () => {
    const bearer = await bearerFor('nobody')
    const { json } = await partner.call('GET', '/v1.0/account/connectors', { bearer })
    expect(json).toEqual([])
  })

  test('a list of all accounts names no other than its own to a client of one', async () => {
    const path = '/v1.0/accounts/connectors'
    const everybody = await partner.call('GET', `${path}?pageSize=1`)
    const bearer = await bearerFor('nobody')
    for (const query of ['', '?pageSize=100', `?after=${field(everybody.json, 'Next')}`]) {
      const { status, json } = await partner.call('GET', `${path}${query}`, { bearer })
      expect([status, json]).toEqual([200, { Connectors: [], Next: null }])
    }
    const named = await partner.call('GET', path, { bearer, account: ACCOUNT })
    expect(named.status).toBe(403)
  })

  test('fields that are not for callers to set change nothing (mass assignment)', async () => {
    const link = await aLink()
    const path = `/v1.0/account/connectors/${link.connectionId}`
    const json = {
      Name: 'renamed',
      Id: 1,
      AccountId: 'other',
      Status: 'connected',
      Authenticated: true,
      Generation: 9,
      User: { TenantId: TENANTS.fabrikam.id, ObjectId: 'x' },
      ...JSON.parse('{"__proto__":{"Status":"connected"}}'),
    }
    expect((await partner.call('PUT', path, { account: ACCOUNT, json })).status).toBe(200)
    await expectNothingConnected(link)
    expect(await connectionOf(link)).toMatchObject({
      Id: Number(link.connectionId),
      Name: 'renamed',
    })
  })
})
