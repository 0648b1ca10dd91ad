import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ROUTES, type RouteOf } from '../../functions/http/routes.ts'
import { STAND_IN_APP } from '../../infra/local/local-settings.ts'
import { TENANTS } from '../../infra/local/microsoft/directory.ts'
import {
  ask,
  attemptSignIn,
  type ConsoleAnswer,
  type ConsoleSession,
  cookiesOf,
  formTokenOn,
  signInToConsole,
} from './support/console-client.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { createPartner, LOCAL_CLIENT, type Partner } from './support/partner.ts'

type Route = RouteOf<'console'>

const LOCAL = { id: LOCAL_CLIENT.clientId, secret: LOCAL_CLIENT.clientSecret }
const FIRST = { id: 'console', secret: 'console-secret' }
const OWN = 'own-account'
const FOREIGN = 'foreign-account'
const CLOCK = join(import.meta.dirname, '../support/lambda/clock.cjs')
/** As long as pages may show the settings of before. */
const MINUTE_MS = 60 * 1000
const FOREIGN_HOST = 'contoso.crm4.dynamics.com'
const EVIL = 'evil.example'
const MARKUP = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`
const RIGHT_TO_LEFT = '\u202egnp.exe'

/** What anybody may ask, who is signed in or not. */
const OPEN: ReadonlySet<Route> = new Set<Route>([
  'GET /console/sign-in',
  'POST /console/sign-in',
  'POST /console/sign-in/provider',
  'GET /console/sign-in/return',
])

/** What is there for somebody who is bound to an account, and names no connection. */
const OF_ACCOUNT: ReadonlySet<Route> = new Set<Route>([
  'GET /console',
  'GET /console/connections',
  'GET /console/connections/new',
  'POST /console/connections',
  'POST /console/sign-out',
])

const CLOSED = ROUTES.console.filter((route) => !OPEN.has(route))
const isPost = (route: Route): boolean => route.startsWith('POST ')

let folder: string
let service: RunningService
let partner: Partner
/** Sees all accounts. */
let ofAll: ConsoleSession
/** Sees the account `own-account`. */
let bound: ConsoleSession
let boundSecret: string
let ownId: string
let foreignId: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynamics-connect-attacks-'))
  await clockAhead(0)
  service = await startLocalService({
    env: {
      LOG_LEVEL: 'INFO',
      NODE_OPTIONS: `--require=${CLOCK}`,
      CLOCK_AHEAD_FILE: join(folder, 'clock'),
    },
  })
  partner = createPartner(service.url)
  const own = await partner.signInLink({
    account: OWN,
    resource: 'https://example.crm.dynamics.com',
  })
  const foreign = await partner.signInLink({
    account: FOREIGN,
    resource: `https://${FOREIGN_HOST}`,
  })
  ownId = own.connectionId
  foreignId = foreign.connectionId
  ofAll = await signInToConsole(service.url, LOCAL)
  const added = await post('POST /console/clients', ofAll, { id: 'bound-client', account: OWN })
  boundSecret = /id="added-secret" value="([^"]+)"/.exec(added.body)?.[1] ?? ''
  // What was read within the last second is not read again.
  bound = await vi.waitFor(() => signInToConsole(service.url, boundClient()), {
    timeout: 5000,
    interval: 500,
  })
})
afterAll(async () => {
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})

const clockAhead = (milliseconds: number) => writeFile(join(folder, 'clock'), `${milliseconds}`)

const boundClient = () => ({ id: 'bound-client', secret: boundSecret })

/** Asks for a page, signed in. */
const get = (path: string, { cookie }: ConsoleSession) =>
  ask(service.url, `GET ${path}`, { cookie })

/** Sends a form as a page of the console does. */
const post = (
  route: string,
  session: ConsoleSession,
  form: Readonly<Record<string, string>> = {},
) =>
  ask(service.url, route, {
    cookie: session.cookie,
    form: { formToken: session.formToken, ...form },
  })

/** A form with every field that any route knows, and as it wants it. */
const everyField = (account: string) => ({
  account,
  id: 'local',
  confirm: 'local',
  name: 'changed',
  address: 'contoso-dev.crm4.dynamics.com',
  confirmed: 'yes',
  confirmation: account,
  username: 'somebody',
  lifetime: 'day',
  origin: service.url,
  colour: '#123456',
  origins: 'https://evil.example',
  clientId: STAND_IN_APP.clientId,
  clientSecret: STAND_IN_APP.clientSecret,
  kind: 'client_secret',
  issuer: 'https://evil.example',
  'client-id': 'evil',
  people: '@evil.example',
  storeAnyway: 'yes',
})

const addressOf = (route: Route, id: string): string => route.replace('{id}', id)

/** All that an attack could have changed. */
async function state(): Promise<unknown> {
  const connectionOf = async (account: string, id: string) =>
    (await partner.call('GET', `/v1.0/account/connectors/${id}`, { account })).json
  const [own, foreign, access, setup, list] = await Promise.all([
    connectionOf(OWN, ownId),
    connectionOf(FOREIGN, foreignId),
    get('/console/clients', ofAll),
    get('/console/setup', ofAll),
    get('/console/connections?order=oldest', ofAll),
  ])
  const told = [access, setup, list].map(({ status, body }) => {
    const rows = [...body.matchAll(/<tr>.*?<\/tr>|<(?:textarea|input)[^>]*>[^<]*/gs)].map(String)
    return { status, rows: rows.map((row) => row.replaceAll(/<time.*?<\/time>/g, '')) }
  })
  return { own, foreign, told }
}

function expectRefused({ status, body, headers }: ConsoleAnswer): void {
  expect(status).toBe(403)
  expect(body).toContain('<h1>')
  expect(headers.getSetCookie()).toEqual([])
}

describe('a form of another site', () => {
  test.each(CLOSED.filter(isPost))(
    'without a token of the session changes nothing: %s',
    async (route) => {
      const before = await state()
      const form = everyField(OWN)
      const { cookie } = ofAll
      const address = addressOf(route, ownId)
      const door = await ask(service.url, 'GET /console/sign-in')
      const tokens = [undefined, '', 'made-up', bound.formToken, formTokenOn(door)]
      for (const formToken of tokens) {
        const sent = formToken === undefined ? form : { ...form, formToken }
        expectRefused(await ask(service.url, address, { cookie, form: sent }))
      }
      // With the token in the address, and the fields where a form of GET has them.
      const query = new URLSearchParams({ ...form, formToken: ofAll.formToken })
      expectRefused(await ask(service.url, `${address}?${query}`, { cookie, form }))
      expect(await state()).toEqual(before)
    },
  )

  test.each(CLOSED.filter(isPost))(
    'is told by its origin, whatever its token: %s',
    async (route) => {
      const before = await state()
      for (const site of ['cross-site', 'same-site', 'none', 'anything']) {
        const answer = await ask(service.url, addressOf(route, ownId), {
          cookie: ofAll.cookie,
          form: { ...everyField(OWN), formToken: ofAll.formToken },
          headers: { 'sec-fetch-site': site },
        })
        expectRefused(answer)
      }
      expect(await state()).toEqual(before)
    },
  )

  test('signs nobody in (login CSRF)', async () => {
    const door = await ask(service.url, 'GET /console/sign-in')
    const formToken = formTokenOn(door)
    const other = cookiesOf(await ask(service.url, 'GET /console/sign-in'))
    for (const request of [
      { form: { ...LOCAL, formToken } },
      { form: { ...LOCAL, formToken }, cookie: other },
      { form: LOCAL, cookie: cookiesOf(door) },
      {
        form: { ...LOCAL, formToken },
        cookie: cookiesOf(door),
        headers: { 'sec-fetch-site': 'cross-site' },
      },
    ]) {
      const answer = await ask(service.url, 'POST /console/sign-in', request)
      expect(answer.status).toBe(403)
      expect(cookiesOf(answer)).not.toMatch(/dynamics-connect-console=/)
    }
  })
})

describe('a session', () => {
  test('that somebody planted is not the one that begins (fixation)', async () => {
    const planted = `dynamics-connect-console=${'A'.repeat(43)}`
    const visitor = `dynamics-connect-console-visitor=${'B'.repeat(43)}`
    const answer = await attemptSignIn(service.url, LOCAL, { cookie: `${planted}; ${visitor}` })
    expect(answer.status).toBe(303)
    expect(cookiesOf(answer)).toMatch(/^dynamics-connect-console=[\w-]{43}$/)
    expect(cookiesOf(answer)).not.toBe(planted)
    expect((await ask(service.url, 'GET /console/health', { cookie: planted })).status).toBe(303)
    const [sessionCookie = ''] = answer.headers.getSetCookie()
    expect(sessionCookie).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
  })

  test('that was stolen ends with the sign-out of whoever it is', async () => {
    const session = await signInToConsole(service.url, LOCAL)
    expect((await get('/console/health', session)).status).toBe(200)
    expect((await post('POST /console/sign-out', session)).status).toBe(303)
    for (const route of CLOSED) {
      const form = { formToken: session.formToken, ...everyField(OWN) }
      const answer = await ask(service.url, addressOf(route, ownId), {
        cookie: session.cookie,
        ...(isPost(route) && { form }),
      })
      expect(answer.status, route).toBe(303)
      expect(answer.location, route).toMatch(/^\/console\/sign-in\?/)
    }
  })

  test('is nothing that can be made up', async () => {
    const [, secret = ''] = ofAll.cookie.split('=')
    for (const value of ['', 'x', secret.slice(0, -1), `${secret}A`, secret.toLowerCase()]) {
      const cookie = `dynamics-connect-console=${value}`
      expect((await ask(service.url, 'GET /console/setup', { cookie })).status).toBe(303)
    }
  })
})

describe('somebody who is bound to an account', () => {
  test.each(CLOSED)('sees and changes nothing of another one: %s', async (route) => {
    const session = await signInToConsole(service.url, boundClient())
    const before = await state()
    const address = addressOf(route, foreignId)
    const answer = isPost(route)
      ? await post(address, session, everyField(FOREIGN))
      : await get(address.replace('GET ', ''), session)
    if (!OF_ACCOUNT.has(route)) expect(answer.status).toBe(404)
    if (route === 'POST /console/connections') expect(answer.status).toBe(403)
    for (const told of [FOREIGN, FOREIGN_HOST, 'local-secret'])
      expect(answer.body).not.toContain(told)
    expect(await state()).toEqual(before)
  })

  test.each(CLOSED.filter((route) => route.includes('{id}')))(
    'cannot tell a connection of another account from none: %s',
    async (route) => {
      const answers = await Promise.all(
        [foreignId, '1', 'x', '-1', '9'.repeat(30), '%00', encodeURIComponent('1 OR 1=1')].map(
          (id) =>
            isPost(route)
              ? post(addressOf(route, id), bound, everyField(FOREIGN))
              : get(addressOf(route, id).replace('GET ', ''), bound),
        ),
      )
      const pages = answers.map(({ status, body }) => {
        const page = body.replace(/<dd>[^<]*<\/dd>/, '')
        return `${status} ${page.replaceAll(/value="[\w-]{43}"/g, '')}`
      })
      expect(new Set(pages).size).toBe(1)
      expect(pages[0]).toMatch(/^404 /)
    },
  )

  test('finds nothing of another account by any filter, order or cursor', async () => {
    const all = await get('/console/connections?order=oldest', ofAll)
    expect(all.body).toContain(FOREIGN)
    for (const query of [
      `account=${FOREIGN}`,
      `search=${FOREIGN}`,
      `search=${FOREIGN_HOST}`,
      `search=${foreignId}`,
      `order=account&after=${FOREIGN}`,
      `order=oldest&state=pending&account=${FOREIGN}`,
    ]) {
      const { status, body } = await get(`/console/connections?${query}`, bound)
      expect([200, 400]).toContain(status)
      const shown = body.replaceAll(/<(?:input|a)\b[^>]*>/g, '')
      for (const told of [FOREIGN, FOREIGN_HOST, `/connections/${foreignId}`]) {
        expect(shown).not.toContain(told)
      }
    }
  })
})

describe('what somebody wrote', () => {
  /** No markup of theirs, and no mark that turns the text around outside of what isolates it. */
  function expectHarmless({ body, headers, location = '' }: ConsoleAnswer): void {
    expect(body).not.toMatch(/<script>alert|<img src=x|<h1>injected/)
    const open = body.replaceAll(
      /<textarea[^>]*>[^<]*<\/textarea>|<bdi[^>]*>.*?<\/bdi>|<title>[^<]*|="[^"]*"/gs,
      '',
    )
    expect(/.{0,80}\u202e/s.exec(open)?.[0]).toBeUndefined()
    expect(headers.has('x-injected')).toBe(false)
    expect(headers.getSetCookie().join()).not.toContain('injected')
    expect(location).not.toMatch(/[<>"\r\n]/)
  }

  test('never becomes markup on a page', async () => {
    const account = `${MARKUP.slice(0, 60)}`
    const name = `${RIGHT_TO_LEFT}${MARKUP}`
    const created = await post('POST /console/connections', ofAll, { account, name })
    const path = created.location?.split('?')[0] ?? ''
    expect(path).toMatch(/^\/console\/connections\/\d+$/)
    const brand = '<script>alert(1)</script>'
    expect(
      (await post('POST /console/setup/brand', ofAll, { name: brand, colour: '' })).status,
    ).toBe(303)
    await clockAhead(MINUTE_MS)
    expect((await get('/console/health', ofAll)).body).toContain('&lt;script&gt;alert(1)')
    const query = (fields: Readonly<Record<string, string>>) =>
      new URLSearchParams(fields).toString()
    const pages = [
      path,
      `${path}?${query({ done: MARKUP })}`,
      `${path}?${query({ status: MARKUP, connectionId: MARKUP })}`,
      '/console/connections',
      `/console/connections?${query({ account })}`,
      `/console/connections?${query({ search: name, state: MARKUP, who: MARKUP, order: MARKUP })}`,
      `/console/connections/new?${query({ account: name })}`,
      `/console/setup?${query({ done: MARKUP })}`,
      `/console/setup/preview?${query({ name, colour: MARKUP })}`,
      `/console/clients?${query({ remove: MARKUP, done: MARKUP })}`,
      `/console/sign-in?${query({ to: MARKUP, problem: MARKUP, done: MARKUP })}`,
      `/console/sign-in/return?${query({ code: MARKUP, state: MARKUP, error: MARKUP })}`,
      `/console/health?${query({ lang: MARKUP })}`,
    ]
    for (const page of pages) expectHarmless(await get(page, ofAll))
    for (const [route, form] of [
      [`POST ${path}/link`, { username: name, lifetime: 'day', origin: service.url }],
      [`POST ${path}/rename`, { name: MARKUP.repeat(9) }],
      [`POST ${path}/environment`, { address: name }],
      [`POST ${path}/delete`, { confirmation: name }],
      ['POST /console/connections', { account: name, name, address: name }],
      ['POST /console/clients', { id: name, account: name }],
      ['POST /console/clients/remove', { id: name, confirm: MARKUP }],
      ['POST /console/provider', { issuer: name, 'client-id': name, people: name }],
      ['POST /console/setup/origins', { origins: `${name}\n${MARKUP}` }],
      ['POST /console/setup/brand', { name: name.repeat(9), colour: MARKUP }],
      ['POST /console/setup/app-credential', { clientId: name, kind: MARKUP, tenant: MARKUP }],
      ['POST /console/setup/check', { checkTenant: name }],
    ] as const) {
      expectHarmless(await post(route, ofAll, form))
    }
    expect((await post('POST /console/setup/brand', ofAll, { name: '', colour: '' })).status).toBe(
      303,
    )
  })

  test('in an address becomes no header and no cookie', async () => {
    const crLf = 'x\r\nSet-Cookie: injected=1\r\nX-Injected: 1\r\n\r\n<h1>injected</h1>'
    for (const parameter of [
      'lang',
      'to',
      'done',
      'problem',
      'account',
      'search',
      'after',
      'remove',
    ]) {
      const query = new URLSearchParams({ [parameter]: crLf })
      for (const path of [
        '/console',
        '/console/sign-in',
        '/console/connections',
        '/console/setup',
      ]) {
        expectHarmless(await ask(service.url, `GET ${path}?${query}`))
        expectHarmless(await get(`${path}?${query}`, ofAll))
      }
    }
    const to = `/console/health${crLf}`
    expectHarmless(await attemptSignIn(service.url, { ...LOCAL, to }))
  })

  test.each([
    `//${EVIL}`,
    `https://${EVIL}`,
    `https://${EVIL}/console`,
    `https://console.invalid@${EVIL}/console`,
    `/\\${EVIL}`,
    `\\\\${EVIL}/console`,
    `\t//${EVIL}/console`,
    `/console/..//${EVIL}`,
    `/console/%2e%2e//${EVIL}`,
    `/console@${EVIL}`,
    `/consolexyz`,
    `.${EVIL}`,
    `:80@${EVIL}`,
    'javascript:alert(1)',
  ])('leads nobody elsewhere after the sign-in: %j', async (to) => {
    const { status, location = '' } = await attemptSignIn(service.url, { ...LOCAL, to })
    expect(status).toBe(303)
    const { origin, pathname } = new URL(location, service.url)
    expect(origin).toBe(service.url)
    expect(pathname).toMatch(/^\/console(\/|$)/)
  })
})

describe('a program that guesses', () => {
  test('has ten attempts from one address, and keeps nobody else out', async () => {
    const attacker = { from: '127.0.0.9' }
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { status } = await attemptSignIn(
        service.url,
        { id: 'local', secret: `${attempt}` },
        attacker,
      )
      expect(status).toBe(401)
    }
    const held = await attemptSignIn(service.url, LOCAL, attacker)
    expect(held.status).toBe(429)
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0)
    const forwarded = await ask(service.url, 'POST /console/sign-in', {
      ...attacker,
      headers: { 'x-forwarded-for': '127.0.0.10', forwarded: 'for=127.0.0.10' },
      cookie: cookiesOf(held),
      form: { ...LOCAL, formToken: formTokenOn(held) },
    })
    expect(forwarded.status).toBe(429)
    expect((await attemptSignIn(service.url, LOCAL, { from: '127.0.0.10' })).status).toBe(303)
  })
})

describe('a form that no page sends', () => {
  const multipart = (parts: readonly string[], boundary = 'xyz') => ({
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${parts.map((part) => `--xyz\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--xyz--\r\n`,
  })
  const field = (name: string, value: string) => `name="${name}"\r\n\r\n${value}`
  const brand = (request: { body?: string; headers?: Readonly<Record<string, string>> }) =>
    ask(service.url, 'POST /console/setup/brand', { cookie: ofAll.cookie, ...request })

  test('is refused when it is huge', async () => {
    const { formToken } = ofAll
    const long = await post('POST /console/setup/origins', ofAll, { origins: 'x'.repeat(70_000) })
    expect(long.status).toBe(413)
    const file = `name="logo"; filename="l.png"\r\n\r\n${'x'.repeat(5_000_000)}`
    const large = await brand(multipart([field('formToken', formToken), file]))
    expect(large.status).toBe(413)
  })

  test('is refused when a field comes twice, or what is a file is a token', async () => {
    const token = field('formToken', ofAll.formToken)
    const name = field('name', 'one')
    for (const parts of [
      [token, token, name],
      [token, name, name],
      [token, name, 'name="name"; filename="x"\r\n\r\nx'],
      [token, 'name="logo"; filename="a"\r\n\r\nx', 'name="logo"; filename="b"\r\n\r\nx'],
    ]) {
      expect((await brand(multipart(parts))).status).toBe(400)
    }
    const asFile = `name="formToken"; filename="t"\r\n\r\n${ofAll.formToken}`
    expect((await brand(multipart([asFile, name]))).status).toBe(403)
    const twice = `formToken=${ofAll.formToken}&formToken=${ofAll.formToken}&name=x`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await brand({ body: twice, headers })).status).toBe(400)
  })

  test('is refused without a boundary, with another one, cut off, or in another form', async () => {
    const parts = [field('formToken', ofAll.formToken), field('name', 'one')]
    const { body } = multipart(parts)
    for (const [request, status] of [
      [{ body, headers: { 'content-type': 'multipart/form-data' } }, 400],
      [multipart(parts, 'another'), 400],
      [{ ...multipart(parts), body: body.slice(0, -9) }, 400],
      [{ body: '{}', headers: { 'content-type': 'application/json' } }, 415],
      [{ body, headers: { 'content-type': 'text/plain' } }, 415],
      [{ body, headers: {} }, 415],
    ] as const) {
      expect((await brand(request)).status).toBe(status)
    }
  })

  test('is nothing by another method, or at another path', async () => {
    const before = await state()
    const paths = [...new Set(CLOSED.map((route) => addressOf(route, ownId).split(' ')[1] ?? ''))]
    for (const path of [
      ...paths,
      '/console/',
      '/console/nothing',
      '/console/connections/1/nothing',
    ]) {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const answer = await ask(service.url, `${method} ${path}`, {
          cookie: ofAll.cookie,
          form: { ...everyField(OWN), formToken: ofAll.formToken },
        })
        expect([404, 405], `${method} ${path}`).toContain(answer.status)
      }
    }
    const override = await post(`POST /console/connections/${ownId}`, ofAll, { _method: 'DELETE' })
    expect([404, 405]).toContain(override.status)
    expect(await state()).toEqual(before)
  })
})

test('no secret, token or verifier is in a log line, or in an address', async () => {
  const secretTyped = 'canary-of-a-client-secret'
  const session = await signInToConsole(service.url, FIRST)
  const answers: ConsoleAnswer[] = []
  const did = async (route: string, form: Readonly<Record<string, string>>) => {
    const answer = await post(route, session, form)
    answers.push(answer)
    return answer
  }
  const added = await did('POST /console/clients', { id: 'canary', account: '' })
  const secret = /id="added-secret" value="([^"]+)"/.exec(added.body)?.[1] ?? ''
  const link = { username: 'x', lifetime: 'day', origin: service.url }
  const made = await did(`POST /console/connections/${ownId}/link`, link)
  const token = /token=([\w-]{43})/.exec(made.body)?.[1] ?? ''
  const now = await did(`POST /console/connections/${ownId}/link`, { now: 'yes' })
  const tokenNow = /token=([\w-]{43})/.exec(now.body)?.[1] ?? ''
  await did('POST /console/setup/app-credential', {
    clientId: STAND_IN_APP.clientId,
    clientSecret: secretTyped,
    tenant: TENANTS.contoso.domain,
  })
  await did('POST /console/provider', {
    issuer: `${service.microsoftUrl}/${TENANTS.contoso.id}/v2.0`,
    'client-id': STAND_IN_APP.clientId,
    'client-secret': STAND_IN_APP.clientSecret,
    people: '@contoso.example',
  })
  const door = await ask(service.url, 'GET /console/sign-in')
  const begun = await ask(service.url, 'POST /console/sign-in/provider', {
    cookie: cookiesOf(door),
    form: { formToken: formTokenOn(door), to: '' },
  })
  const kept = begun.headers.getSetCookie().join().split('=')[1]?.split(';')[0]?.split('.') ?? []
  const verifier = kept[3] ?? ''
  const back = await ask(
    service.url,
    'GET /console/sign-in/return?code=canary-code&state=canary-state',
    {
      cookie: cookiesOf(begun),
    },
  )
  await attemptSignIn(service.url, { id: 'canary-id', secret: 'canary-of-a-wrong-secret' })
  await did('POST /console/provider/remove', {})
  await did('POST /console/clients/remove', { id: 'canary', confirm: 'canary' })
  const sessionSecret = session.cookie.split('=')[1] ?? ''
  const secrets = [secret, token, tokenNow, verifier, sessionSecret, session.formToken]
  expect(secrets.every((one) => one.length >= 43)).toBe(true)
  const typed = [secretTyped, 'console-secret', 'local-secret', 'canary-of-a-wrong-secret']
  const [, log = ''] = service.output().split('Ctrl+C')
  expect(log).toContain('console_action')
  for (const one of [
    ...secrets,
    ...typed,
    'canary-code',
    'canary-state',
    STAND_IN_APP.clientSecret,
  ]) {
    expect(log.includes(one), 'a canary is in the log').toBe(false)
  }
  const { location = '' } = back
  const addresses = [...answers.map((answer) => answer.location ?? ''), location]
  for (const one of [...secrets, ...typed, 'canary-code']) {
    expect(
      addresses.some((address) => address.includes(one)),
      'a canary is in an address',
    ).toBe(false)
  }
  expect(begun.body).not.toContain(verifier)
  for (const { body } of [...answers, begun, back]) expect(body).not.toContain(secretTyped)
})
