import { describe, expect, test } from 'vitest'
import type { Person } from '../../../functions/domain/people.ts'
import { unescaped } from '../support/markup.ts'
import {
  BOUND,
  type Browser,
  FIRST,
  PARTNER,
  PROVIDER,
  readable,
  type SceneOptions,
  serviceScene,
} from './support/service-scene.ts'

const CLIENTS = '/console/clients'
const SESSION = '__Host-dynamics-connect-console'

async function signedIn(options: SceneOptions = {}, as = PARTNER) {
  const scene = serviceScene(options)
  const browser = scene.browser()
  await browser.signIn(as)
  await browser.get(CLIENTS)
  return { scene, browser }
}

/** Somebody who came in by the provider, which is the only way in there is. */
async function bytheProvider(options: SceneOptions = { stored: { provider: PROVIDER } }) {
  const scene = serviceScene({ clients: [BOUND], ...options })
  const browser = scene.browser()
  await browser.get('/console/sign-in')
  const { text } = await browser.submit('/console/sign-in/provider')
  const url = new URL(unescaped(/class="button secondary" href="([^"]+)"/.exec(text)?.[1] ?? ''))
  const code = scene.people.codeFor({ email: 'ana@partner.example' } satisfies Partial<Person>)
  const query = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' })
  await browser.get(`/console/sign-in/return?${query}`)
  await browser.get(CLIENTS)
  return { scene, browser }
}

const reasonsOf = ({ log }: ReturnType<typeof serviceScene>) =>
  log.lines.filter(({ name }) => name === 'console_action').map(({ fields }) => fields.reason)

describe('the API clients', () => {
  test('are listed with their accounts, and which one is used', async () => {
    const { browser } = await signedIn()
    const words = readable(await browser.get(CLIENTS))
    expect(words).toMatch(/partner-backend you are signed in with it all accounts by the setup/)
    expect(words).toMatch(/one-account contoso by the setup/)
  })

  test('get one more, whose secret is shown once', async () => {
    const { scene, browser } = await signedIn()
    const added = await browser.submit(CLIENTS, { id: ' nightly-job ', account: '' })
    expect(added.status).toBe(200)
    const secret = /id="added-secret" value="([\w-]{43})"/.exec(added.text)?.[1] ?? ''
    expect(secret).not.toBe('')
    expect(added.text.split(secret)).toHaveLength(2)
    expect(readable(added)).toContain(
      "curl --user 'nightly-job' --data grant_type=client_credentials \\ https://connect.example/oauth/token",
    )
    expect((await browser.get(CLIENTS)).text).not.toContain(secret)
    expect(JSON.stringify(scene.log.lines)).not.toContain(secret)
    expect(reasonsOf(scene)).toEqual(['api_client_added'])
    const other = scene.browser()
    await other.signIn({ clientId: 'nightly-job', clientSecret: secret })
    expect((await other.get('/console')).headers.location).toBe('/console/setup')
  })

  test('get one for one account', async () => {
    const { scene, browser } = await signedIn()
    await browser.submit(CLIENTS, { id: 'acme-job', account: 'acme' })
    expect(await scene.apiClients.list()).toContainEqual(
      expect.objectContaining({ clientId: 'acme-job', accountId: 'acme' }),
    )
  })

  test.each([
    [{ id: 'x', account: '' }, 'id', 'Write 3 to 64 letters'],
    [{ id: PARTNER.clientId, account: '' }, 'id', 'There is a client with this id already'],
    [{ id: 'good-id', account: 'münchen' }, 'account', 'Write 1 to 128 letters'],
  ])('get none as %j, and the form says why beside its field', async (form, field, why) => {
    const { scene, browser } = await signedIn()
    const refused = await browser.submit(CLIENTS, form)
    expect(refused.status).toBe(422)
    expect(refused.text).toMatch(new RegExp(`<p class="error" id="${field}-error">${why}`))
    expect(refused.text).toContain(`value="${form.id}"`)
    expect(await scene.apiClients.list()).toHaveLength(2)
  })

  test('lose one when its id is typed', async () => {
    const { scene, browser } = await signedIn()
    const asked = await browser.get(`${CLIENTS}?remove=${BOUND.clientId}`)
    expect(readable(asked)).toContain('Remove one-account')
    expect(readable(asked)).not.toContain('Removing it signs you out')
    const { headers } = await browser.submit(`${CLIENTS}/remove`, { confirm: BOUND.clientId })
    expect(headers.location).toBe(`${CLIENTS}?done=client_removed`)
    expect(readable(await browser.get(String(headers.location)))).toContain('was removed.')
    expect((await scene.apiClients.list()).map(({ clientId }) => clientId)).toEqual([
      PARTNER.clientId,
    ])
    expect(reasonsOf(scene)).toEqual(['api_client_removed'])
  })

  test.each(['', 'one-accoun', 'ONE-ACCOUNT', PARTNER.clientId])(
    'lose none when %j is typed',
    async (confirm) => {
      const { scene, browser } = await signedIn()
      await browser.get(`${CLIENTS}?remove=${BOUND.clientId}`)
      const refused = await browser.submit(`${CLIENTS}/remove`, { confirm })
      expect(refused.status).toBe(422)
      expect(refused.text).toContain('<p class="error" id="confirm-error">This is not its id.')
      expect(await scene.apiClients.list()).toHaveLength(2)
    },
  )

  test('end the sessions of the one that is removed', async () => {
    const { scene, browser } = await signedIn({ clients: [PARTNER, BOUND, OTHER] })
    const other = scene.browser()
    await other.signIn(OTHER)
    expect((await other.get(CLIENTS)).status).toBe(200)
    await browser.get(`${CLIENTS}?remove=${OTHER.clientId}`)
    await browser.submit(`${CLIENTS}/remove`, { confirm: OTHER.clientId })
    expect((await other.get(CLIENTS)).status).toBe(303)
    expect((await browser.get(CLIENTS)).status).toBe(200)
  })

  test('warn before the one goes that is used, which signs out at once', async () => {
    const { scene, browser } = await signedIn()
    const session = browser.cookies.get(SESSION) ?? ''
    const asked = await browser.get(`${CLIENTS}?remove=${PARTNER.clientId}`)
    expect(readable(asked)).toContain('Removing it signs you out.')
    const { headers } = await browser.submit(`${CLIENTS}/remove`, { confirm: PARTNER.clientId })
    expect(headers.location).toBe('/console/sign-in?done=signed_out')
    expect(browser.cookies.has(SESSION)).toBe(false)
    await scene.apiClients.add({ clientId: PARTNER.clientId })
    browser.cookies.set(SESSION, session)
    expect((await browser.get(CLIENTS)).status).toBe(303)
  })

  test('keep the last one of all accounts while there is no other way in', async () => {
    const { scene, browser } = await signedIn({ stored: {} })
    await browser.get(`${CLIENTS}?remove=${PARTNER.clientId}`)
    const refused = await browser.submit(`${CLIENTS}/remove`, { confirm: PARTNER.clientId })
    expect(refused.status).toBe(422)
    expect(readable(refused)).toContain('nobody could sign in to the console any more')
    expect(await scene.apiClients.list()).toHaveLength(2)
  })

  test('keep it also beside a provider that nobody has tried', async () => {
    const { scene, browser } = await signedIn({ stored: { provider: PROVIDER } })
    await browser.get(`${CLIENTS}?remove=${PARTNER.clientId}`)
    expect((await browser.submit(`${CLIENTS}/remove`, { confirm: PARTNER.clientId })).status).toBe(
      422,
    )
    expect(await scene.apiClients.list()).toHaveLength(2)
  })

  test('may all go for somebody who came in by the provider', async () => {
    const { scene, browser } = await bytheProvider({
      clients: [PARTNER],
      stored: { provider: PROVIDER },
    })
    await browser.get(`${CLIENTS}?remove=${PARTNER.clientId}`)
    await browser.submit(`${CLIENTS}/remove`, { confirm: PARTNER.clientId })
    expect(await scene.apiClients.list()).toEqual([])
  })

  test('show an account as text', async () => {
    const accountId = '"><script>alert(1)</script>'
    const { browser } = await signedIn({ clients: [PARTNER, { ...BOUND, accountId }] })
    expect((await browser.get(CLIENTS)).text).toContain(
      '<bdi>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</bdi>',
    )
  })
})

const OTHER = { clientId: 'other', clientSecret: 'canary-other-secret-0123456789' }

describe('the first sign-in', () => {
  test('is closed, which ends its sessions', async () => {
    const { scene, browser } = await signedIn({}, FIRST)
    expect(readable(await browser.get(CLIENTS))).toContain('Closing it ends your session')
    const { headers } = await browser.submit(`${CLIENTS}/close-first`)
    expect(headers.location).toBe(`${CLIENTS}?done=first_closed`)
    expect((await scene.consoleAccess.read()).firstSignIn).toBeUndefined()
    expect((await browser.get(CLIENTS)).status).toBe(303)
    await browser.signIn(PARTNER)
    expect(readable(await browser.get(CLIENTS))).toContain('It is closed.')
  })

  test('stays while nobody else can come in', async () => {
    const { scene, browser } = await signedIn({ clients: [BOUND] }, FIRST)
    const page = await browser.get(CLIENTS)
    expect(readable(page)).toContain('It cannot be closed yet')
    expect(page.text).not.toContain('/console/clients/close-first')
    const formToken = /name="formToken" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const refused = await browser.post(`${CLIENTS}/close-first`, { formToken })
    expect(refused.status).toBe(422)
    expect((await scene.consoleAccess.read()).firstSignIn).toBeDefined()
  })

  test('is closed by somebody who came in by the provider', async () => {
    const { scene, browser } = await bytheProvider({ stored: { ...FIRST, provider: PROVIDER } })
    await browser.submit(`${CLIENTS}/close-first`)
    expect((await scene.consoleAccess.read()).firstSignIn).toBeUndefined()
  })

  test('never shows its secret', async () => {
    const { browser } = await signedIn({}, FIRST)
    expect((await browser.get(CLIENTS)).text).not.toContain('canary')
  })
})

describe('the provider', () => {
  const filled = {
    issuer: PROVIDER.issuer,
    'client-id': PROVIDER.clientId,
    'client-secret': 'canary-new-secret',
    people: 'ana@partner.example\r\n\r\n @partner.example ',
  }
  const save = (browser: Browser, form: Partial<typeof filled> = {}) =>
    browser.submit('/console/provider', { ...filled, ...form })

  test('gets the return address that is to be registered', async () => {
    const { browser } = await signedIn()
    expect((await browser.get(CLIENTS)).text).toContain(
      'value="https://connect.example/console/sign-in/return"',
    )
  })

  test('is stored once it was asked and fits', async () => {
    const { scene, browser } = await signedIn()
    const { headers } = await save(browser)
    expect(headers.location).toBe(`${CLIENTS}?done=provider_saved`)
    expect((await scene.consoleAccess.read()).provider).toEqual({
      issuer: PROVIDER.issuer,
      clientId: PROVIDER.clientId,
      clientSecret: 'canary-new-secret',
      people: ['ana@partner.example', '@partner.example'],
    })
    const page = await browser.get(CLIENTS)
    expect(page.text).toContain('>\nana@partner.example\n@partner.example</textarea>')
    expect(page.text).not.toContain('canary')
    expect(JSON.stringify(scene.log.lines)).not.toContain('canary')
    expect(reasonsOf(scene)).toEqual(['provider_saved'])
  })

  test.each([
    [{ why: 'no_answer', status: undefined } as const, 'The issuer does not answer.'],
    [{ why: 'not_a_provider' } as const, 'is no OpenID provider'],
    [{ why: 'another_issuer', issuer: 'https://b.example' } as const, 'itself https://b.example'],
    [{ why: 'client_authentication_unsupported' } as const, 'leave the secret empty'],
  ])('is not stored when its issuer is in trouble: %j', async (trouble, why) => {
    const { scene, browser } = await signedIn()
    scene.people.trouble({ outcome: 'unavailable', ...trouble })
    const refused = await save(browser)
    expect(refused.status).toBe(422)
    expect(readable(refused)).toContain(why)
    expect(refused.text).toContain('id="issuer-error"')
    expect(refused.text).not.toContain('canary')
    expect((await scene.consoleAccess.read()).provider).toBeUndefined()
  })

  test('is told everything that is wrong, and what was typed stays', async () => {
    const { scene, browser } = await signedIn()
    const refused = await save(browser, { issuer: 'http://login.example', people: 'ana' })
    expect(refused.status).toBe(422)
    expect(readable(refused)).toContain('Write an issuer that begins with https://.')
    expect(readable(refused)).toContain('"ana" is none of ana@example.com')
    expect(refused.text).toContain('value="http://login.example"')
    expect(refused.text).not.toContain('canary')
    expect((await scene.consoleAccess.read()).provider).toBeUndefined()
  })

  test('keeps the secret that is not typed anew, not with another issuer or client', async () => {
    const { scene, browser } = await signedIn({ stored: { ...FIRST, provider: PROVIDER } })
    const secret = async () => (await scene.consoleAccess.read()).provider?.clientSecret
    await save(browser, { 'client-secret': '' })
    expect(await secret()).toBe(PROVIDER.clientSecret)
    await browser.get(CLIENTS)
    await save(browser, { 'client-secret': '', 'client-id': 'another' })
    expect(await secret()).toBeUndefined()
  })

  test('is removed', async () => {
    const { scene, browser } = await signedIn({ stored: { provider: PROVIDER } })
    const { headers } = await browser.submit('/console/provider/remove')
    expect(headers.location).toBe(`${CLIENTS}?done=provider_removed`)
    expect((await scene.consoleAccess.read()).provider).toBeUndefined()
  })

  test('stays while it is the last way in', async () => {
    const { scene, browser } = await bytheProvider()
    const page = await browser.get(CLIENTS)
    expect(page.text).not.toContain('action="/console/provider/remove"')
    const formToken = /name="formToken" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
    const refused = await browser.post('/console/provider/remove', { formToken })
    expect(refused.status).toBe(422)
    expect((await scene.consoleAccess.read()).provider).toEqual(PROVIDER)
  })

  test.each([
    { issuer: 'https://other.example' },
    { 'client-id': 'another' },
    { people: '@partner.example' },
    { people: '' },
  ])('as the last way in does not become one that may let nobody in: %j', async (form) => {
    const { scene, browser } = await bytheProvider()
    const refused = await save(browser, form)
    expect(refused.status).toBe(422)
    expect(readable(refused)).toContain('nobody could sign in to the console any more')
    expect((await scene.consoleAccess.read()).provider).toEqual(PROVIDER)
  })

  test('as the last way in may let in more people', async () => {
    const { scene, browser } = await bytheProvider()
    await save(browser, { people: 'ana@partner.example\n@partner.example', 'client-secret': '' })
    expect((await scene.consoleAccess.read()).provider?.people).toHaveLength(2)
  })
})

test.each([
  CLIENTS,
  `${CLIENTS}/remove`,
  `${CLIENTS}/close-first`,
  '/console/provider',
  '/console/provider/remove',
])(
  'POST %s does nothing without a form token, nor for who is bound to an account',
  async (path) => {
    const scene = serviceScene({ stored: { ...FIRST, provider: PROVIDER } })
    const [partner, bound] = [scene.browser(), scene.browser()]
    const form = { id: PARTNER.clientId, confirm: PARTNER.clientId, ...{ people: '' } }
    await partner.signIn(PARTNER)
    expect((await partner.post(path, form)).status).toBe(403)
    await bound.signIn(BOUND)
    expect((await bound.post(path, form)).status).toBe(404)
    expect(await scene.apiClients.list()).toHaveLength(2)
    expect(await scene.consoleAccess.read()).toMatchObject({
      firstSignIn: FIRST,
      provider: PROVIDER,
    })
  },
)
