import { describe, expect, test } from 'vitest'
import { MOST_STARTS, SIGN_IN_TOKEN_LIFETIME_MS } from '../../../functions/domain/sign-in-token.ts'
import { FORM_ROUTE } from '../../../functions/http/routes.ts'
import { aView } from '../../support/a-view.ts'
import { OTHER_TENANT, RESOURCE, TENANT } from '../../support/builders.ts'
import { aWorld, PARTNER_ORIGIN } from '../../support/world.ts'
import { type Answered, SECURITY_HEADERS } from '../support/answered.ts'
import type { EventParts } from '../support/http-event.ts'
import { attribute, attributes, dataOf, formsOf } from '../support/markup.ts'
import { atMicrosoft, type SignInScene, signInScene } from '../support/sign-in-scene.ts'

const { pages } = aView().texts
const WITHOUT_ENVIRONMENT = { connection: { resource: undefined } }
const MAILED = { link: { lifetimeMs: 2 * SIGN_IN_TOKEN_LIFETIME_MS } }
const PASTED = `${RESOURCE}/main.aspx?appid=1&pagetype=entitylist`
const FORM_HEADERS = { 'content-type': 'application/x-www-form-urlencoded' }

const type = (scene: SignInScene, page: Answered, address: string) =>
  scene.send(page, { step: 'type' }, { filledIn: { address } })

/** A link of a connection without an environment, and the page that it opens. */
async function asked(options: Parameters<typeof signInScene>[0] = {}) {
  const scene = await signInScene({ ...WITHOUT_ENVIRONMENT, ...options })
  return { scene, page: await scene.open() }
}

const policyOf = ({ headers }: Answered) => String(headers['content-security-policy']).split('; ')
const titleOf = ({ text }: Answered) => /<h1>(.*)<\/h1>/.exec(text)?.[1]
const typedIn = ({ text }: Answered) =>
  attribute(/<input id="address"[^>]*>/.exec(text)?.[0] ?? '', 'value')

function expectNothingBegun({ world }: SignInScene, { cookies, headers }: Answered): void {
  expect(world.authorizationRequests.all()).toEqual([])
  expect(cookies).toEqual([])
  expect([headers.location, headers.refresh]).toEqual([undefined, undefined])
}

/** The page that leads on to Microsoft by itself, for a browser that it ties to the attempt. */
function expectForwarded(answer: Answered): URL {
  const { status, headers, cookies, text } = answer
  expect(status).toBe(200)
  expect(headers).not.toHaveProperty('location')
  expect(cookies).toEqual([expect.stringMatching(/^__Host-dynamics-connect-[\w-]{16}=[\w-]{43}; /)])
  const { location } = atMicrosoft(answer)
  expect(headers.refresh).toBe(`0;url=${location.href}`)
  expect(attributes(text, 'href')).toContain(location.href)
  return location
}

describe('a link of a connection without an environment', () => {
  test('opens the page that asks for it, and begins nothing', async () => {
    const { scene, page } = await asked()
    expect(page).toMatchObject({
      status: 200,
      text: expect.stringContaining(pages.environment.title),
    })
    expectNothingBegun(scene, page)
    expect(scene.world.environments.asked).toEqual([])
    const { connection, log } = scene
    expect(log.lines).toMatchObject([
      { fields: { connectionId: connection.id, outcome: 'environment_wanted' } },
    ])
  })

  test('carries the link in the forms of its page, and its token nowhere else', async () => {
    const { scene, page } = await asked()
    const link = { id: String(scene.connection.id), token: scene.token }
    const forms = formsOf(page.text)
    expect(forms.map(({ fields }) => fields.step)).toEqual(['find', 'type'])
    for (const { action, fields } of forms) {
      expect(action).toBe('/connector/authorize')
      expect(fields).toMatchObject({ ...link, targetOrigin: `${PARTNER_ORIGIN}/done?a=1` })
    }
    expect(page.text.split(scene.token).length - 1).toBe(forms.length)
    expect(JSON.stringify(page.headers)).not.toContain(scene.token)
  })

  test('may send its forms to the service alone', async () => {
    const { page } = await asked()
    expect(policyOf(page)).toContain("form-action 'self'")
  })
})

describe('an address that was typed', () => {
  test('leads on to Microsoft by a page, since a redirect after a form would be blocked', async () => {
    const { scene, page } = await asked()
    const answer = await type(scene, page, 'contoso.crm4.dynamics.com')
    const { pathname, searchParams } = expectForwarded(answer)
    expect(pathname).toBe(`/${TENANT}/oauth2/v2.0/authorize`)
    expect(searchParams.get('scope')).toContain(`${RESOURCE}/user_impersonation`)
    expect(policyOf(answer)).toContain("form-action 'none'")
    expect(scene.world.authorizationRequests.all()).toMatchObject([
      { wanted: { kind: 'typed', resource: RESOURCE } },
    ])
  })

  test('by its page connects that environment', async () => {
    const { scene, page } = await asked()
    const at = atMicrosoft(await type(scene, page, RESOURCE))
    expect(await scene.comeBack(at)).toMatchObject({ status: 303 })
    expect(await scene.world.tokenSets.read(scene.connection.id)).toMatchObject({
      status: 'connected',
      resource: RESOURCE,
    })
  })

  test('as a whole pasted line is shown as it was understood, and then leads on', async () => {
    const { scene, page } = await asked()
    const welcome = await type(scene, page, PASTED)
    expect(welcome).toMatchObject({
      status: 200,
      text: expect.stringContaining(pages.welcome.mended),
    })
    expect(welcome.text).toContain('<bdi>contoso.crm4.dynamics.com</bdi>')
    expect(welcome.text).not.toContain('main.aspx')
    expect(policyOf(welcome)).toContain("form-action 'self'")
    expectNothingBegun(scene, welcome)
    const { searchParams } = expectForwarded(await scene.send(welcome, { step: 'type' }))
    expect(searchParams.get('scope')).toContain(`${RESOURCE}/user_impersonation`)
  })

  test('that was not understood rightly can be typed again', async () => {
    const { scene, page } = await asked()
    const welcome = await type(scene, page, PASTED)
    const again = await scene.send(welcome, { step: 'go_on' })
    expect([again.status, titleOf(again)]).toEqual([200, pages.environment.title])
    expectForwarded(await type(scene, again, RESOURCE))
  })

  test.each([
    ['not_understood', 'contoso.example'],
    ['not_understood', ''],
    ['not_understood', '"><script>canary</script>'],
    ['cloud_not_enabled', 'https://contoso.crm.dynamics.cn'],
  ] as const)(
    'that will not do says why and stays as it was typed: %s, %j',
    async (why, address) => {
      const { scene, page } = await asked()
      const refused = await type(scene, page, address)
      expect([refused.status, titleOf(refused)]).toEqual([422, pages.environment.title])
      expect(refused.text).toContain(pages.environment[why].split('{')[0])
      expect(typedIn(refused)).toBe(address)
      expect(refused.text).not.toContain('<script>canary')
      expectNothingBegun(scene, refused)
    },
  )

  test('that has no end is shown only in part', async () => {
    const { scene, page } = await asked()
    const refused = await type(scene, page, 'x'.repeat(5000))
    expect(refused.status).toBe(422)
    expect(typedIn(refused)).toBe('x'.repeat(2048))
  })

  test('at which nothing answers is doubted, until the person is sure', async () => {
    const { scene, page } = await asked()
    const { environments } = scene.world
    environments.answerNextTenant({ tenantId: undefined })
    const doubt = await type(scene, page, RESOURCE)
    expect(doubt).toMatchObject({
      status: 422,
      text: expect.stringContaining(pages.environment.nothing_there),
    })
    expect(typedIn(doubt)).toBe(RESOURCE)
    expectNothingBegun(scene, doubt)
    environments.answerNextTenant({ tenantId: undefined })
    const { pathname } = expectForwarded(await scene.send(doubt, { sure: 'true' }))
    expect(pathname).toBe('/organizations/oauth2/v2.0/authorize')
  })

  test('of another organization than the partner expects leads back to the partner', async () => {
    const terms = { expectedTenantId: OTHER_TENANT }
    const { scene, page } = await asked({ link: { terms } })
    const refused = await type(scene, page, RESOURCE)
    expect([refused.status, titleOf(refused)]).toEqual([
      409,
      pages.environment_of_other_organization.title,
    ])
    expect(attributes(refused.text, 'href')).toContain(
      `${PARTNER_ORIGIN}/done?a=1&connectionId=${scene.connection.id}&status=failed`,
    )
    expectNothingBegun(scene, refused)
  })
})

describe('a list of environments', () => {
  test('is signed in to at any organization, for Global Discovery', async () => {
    const { scene, page } = await asked()
    const location = expectForwarded(await scene.send(page, { step: 'find' }))
    expect(`${location.origin}${location.pathname}`).toBe(
      'https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize',
    )
    expect(location.searchParams.get('scope')).toBe(
      'https://globaldisco.crm.dynamics.com/user_impersonation offline_access openid profile',
    )
    expect(scene.world.authorizationRequests.all()).toMatchObject([
      { wanted: { kind: 'to_find', cloud: 'commercial' } },
    ])
  })

  test('is that of the cloud whose button was used', async () => {
    const world = { ...aWorld(), clouds: ['commercial', 'china'] as const }
    const { scene, page } = await asked({ world })
    const location = expectForwarded(await scene.send(page, { step: 'find', cloud: 'china' }))
    expect(location.host).toBe('login.partner.microsoftonline.cn')
    expect(location.searchParams.get('scope')).toContain('https://globaldisco.crm.dynamics.cn/')
  })
})

describe('a mailed link', () => {
  test('opens a page that names the environment, and leads on from there', async () => {
    const scene = await signInScene(MAILED)
    const welcome = await scene.open()
    expect(welcome).toMatchObject({
      status: 200,
      text: expect.stringContaining('<bdi>contoso.crm4.dynamics.com</bdi>'),
    })
    expectNothingBegun(scene, welcome)
    const { pathname } = expectForwarded(await scene.send(welcome, { step: 'go_on' }))
    expect(pathname).toBe(`/${TENANT}/oauth2/v2.0/authorize`)
  })

  test('is worn out by nobody who only looks at it', async () => {
    const scene = await signInScene(MAILED)
    for (let times = 0; times < MOST_STARTS; times += 1) await scene.open()
    expectForwarded(await scene.send(await scene.open(), { step: 'go_on' }))
  })
})

test('a link from which too many sign-ins were started leads back to the partner', async () => {
  const scene = await signInScene()
  for (let times = 0; times < MOST_STARTS; times += 1) await scene.begin()
  const refused = await scene.open()
  expect([refused.status, titleOf(refused)]).toEqual([403, pages.link_worn_out.title])
  expect(refused.cookies).toEqual([])
  expect(attributes(refused.text, 'href')).toContain(
    `${PARTNER_ORIGIN}/done?a=1&connectionId=${scene.connection.id}&status=failed`,
  )
})

describe('a link in a frame', () => {
  const OTHER = 'https://other.example'
  const framed = { headers: { 'sec-fetch-dest': 'iframe' } }

  test.each(['iframe', 'frame'])('(%s) is opened in a window of its own', async (destination) => {
    const scene = await signInScene()
    const page = await scene.open({}, { headers: { 'sec-fetch-dest': destination } })
    expect([page.status, titleOf(page)]).toEqual([200, pages.window.title])
    expectNothingBegun(scene, page)
    const [link = ''] = /<a [^>]*target="_blank"[^>]*>/.exec(page.text) ?? []
    expect(attribute(link, 'rel')).toBe('opener')
    const { pathname, searchParams } = new URL(attribute(link, 'href'), 'https://connect.example')
    expect(await scene.open({}, { path: pathname, query: searchParams.toString() })).toMatchObject({
      status: 303,
    })
  })

  test('may be shown by the exact origin that it returns to', async () => {
    const { open } = await signInScene()
    const page = await open({}, framed)
    expect(policyOf(page)).toContain(`frame-ancestors ${PARTNER_ORIGIN}`)
    expect(page.headers).not.toHaveProperty('x-frame-options')
  })

  test.each([
    'https://evil.example',
    `${PARTNER_ORIGIN}.evil.example`,
    `${PARTNER_ORIGIN}:8443`,
    `${PARTNER_ORIGIN}; script-src *`,
    '*',
    '',
  ])('may not be shown by an origin that is not allowed: %j', async (targetOrigin) => {
    const scene = await signInScene()
    const page = await scene.open({ targetOrigin }, framed)
    expect([page.status, titleOf(page)]).toEqual([400, pages.target_not_allowed.title])
    expect(page.headers).toMatchObject(SECURITY_HEADERS)
    expect(policyOf(page)).toContain("frame-ancestors 'none'")
    expectNothingBegun(scene, page)
  })

  test('is refused in the log too, as every other', async () => {
    const { open, log, connection } = await signInScene()
    await open({ targetOrigin: 'https://evil.example' }, framed)
    expect(log.lines).toMatchObject([
      { fields: { connectionId: connection.id, outcome: 'target_not_allowed' } },
    ])
  })

  test('may be shown by an origin of the settings, without another look at them', async () => {
    const read = () => expect.unreachable('the link was read')
    const world = { ...aWorld(), signInContexts: { read } }
    const { open } = await signInScene({ world, shownOrigins: [OTHER] })
    const page = await open({ targetOrigin: OTHER }, framed)
    expect([page.status, titleOf(page)]).toEqual([200, pages.window.title])
    expect(policyOf(page)).toContain(`frame-ancestors ${OTHER}`)
  })

  test('may be shown by an origin that was set a moment ago', async () => {
    const scene = await signInScene()
    scene.world.allowOrigins(OTHER)
    const page = await scene.open({ targetOrigin: OTHER }, framed)
    expect([page.status, titleOf(page)]).toEqual([200, pages.window.title])
    expectNothingBegun(scene, page)
  })

  test('is not what a browser opens in a tab', async () => {
    const { open } = await signInScene()
    const headers = { 'sec-fetch-dest': 'document' }
    expect(await open({}, { headers })).toMatchObject({ status: 303 })
  })
})

describe('a link that is answered by messages', () => {
  test('needs an origin to send them to, and nothing more', async () => {
    const scene = await signInScene()
    const refused = await scene.open({ responseMode: 'message' })
    expect([refused.status, titleOf(refused)]).toEqual([400, pages.target_not_allowed.title])
    expectNothingBegun(scene, refused)
    await scene.begin({ responseMode: 'message', targetOrigin: PARTNER_ORIGIN })
    expect(scene.world.authorizationRequests.all()).toMatchObject([
      { returnTarget: { mode: 'message', targetOrigin: PARTNER_ORIGIN } },
    ])
  })

  test('tells the window also when it leads nowhere', async () => {
    const { open, connection } = await signInScene()
    const link = { responseMode: 'message', targetOrigin: PARTNER_ORIGIN, token: 'canary' }
    const { text, headers } = await open(link)
    expect(dataOf(text)).toMatchObject({
      origin: PARTNER_ORIGIN,
      message: { connectionId: connection.id, status: 'failed', code: 'link_invalid' },
    })
    expect(headers['content-security-policy']).toContain(`frame-ancestors ${PARTNER_ORIGIN}`)
    expect(text).not.toContain('canary')
  })
})

describe('the language of a link', () => {
  test('is that of every page up to the end, and goes with the request', async () => {
    const scene = await signInScene(WITHOUT_ENVIRONMENT)
    const page = await scene.open({ lang: 'de' })
    const welcome = await type(scene, page, PASTED)
    const forward = await scene.send(welcome, { step: 'type' })
    expect(scene.world.authorizationRequests.all()).toMatchObject([{ language: 'de' }])
    const failed = await scene.comeBack(atMicrosoft(forward), { error: 'access_denied' })
    for (const { text } of [page, welcome, forward, failed]) {
      expect(text).toContain('<html lang="de"')
    }
  })

  test('wins over the one that the browser asks for', async () => {
    const { open } = await signInScene(WITHOUT_ENVIRONMENT)
    const headers = { 'accept-language': 'fr' }
    expect((await open({}, { headers })).text).toContain('<html lang="fr"')
    expect((await open({ lang: 'ja' }, { headers })).text).toContain('<html lang="ja"')
  })

  test('is kept in part when it is no tag at all', async () => {
    const { begin, world } = await signInScene()
    await begin({ lang: 'x'.repeat(1000) })
    expect(world.authorizationRequests.all()).toMatchObject([{ language: 'x'.repeat(35) }])
  })
})

describe('a form that no page of ours has sent', () => {
  test.each<[what: string, status: number, parts: EventParts]>([
    ['JSON', 415, { body: { token: 'canary', step: 'find' } }],
    ['no content type', 415, { headers: { 'content-type': '' }, body: 'token=canary' }],
    ['a repeated field', 400, { headers: FORM_HEADERS, body: 'token=canary&token=canary' }],
    ['too much', 413, { headers: FORM_HEADERS, body: `address=canary${'x'.repeat(64 * 1024)}` }],
    ['too much, in base64', 413, { form: { address: `canary${'x'.repeat(64 * 1024)}` } }],
  ])('with %s is refused by a page', async (_, status, parts) => {
    const scene = await signInScene(WITHOUT_ENVIRONMENT)
    const refused = await scene.open({}, { route: FORM_ROUTE, query: '', ...parts })
    expect(refused).toMatchObject({
      status,
      headers: { ...SECURITY_HEADERS, 'content-type': 'text/html; charset=utf-8' },
      text: expect.not.stringContaining('canary'),
    })
    expectNothingBegun(scene, refused)
  })

  test.each(['canary', '', 'again', 'open'])(
    'with the step %j asks as the link does',
    async (step) => {
      const { scene, page } = await asked()
      const { fields = {} } = formsOf(page.text)[0] ?? {}
      const answer = await scene.submit(FORM_ROUTE, { ...fields, step })
      expect([answer.status, titleOf(answer)]).toEqual([200, pages.environment.title])
      expectNothingBegun(scene, answer)
    },
  )

  test.each<[why: keyof typeof pages, fields: Readonly<Record<string, string>>]>([
    ['link_invalid', { token: 'canary' }],
    ['link_invalid', { id: '1' }],
    ['target_not_allowed', { targetOrigin: 'https://evil.example' }],
    ['target_not_allowed', { responseMode: 'message' }],
  ])('is held against the same rules as a link: %s, %j', async (why, bent) => {
    const { scene, page } = await asked()
    const refused = await scene.send(page, { step: 'find' }, { filledIn: bent })
    expect(refused.text).toContain((pages[why] as { readonly title: string }).title)
    expect(refused.text).not.toMatch(/canary|evil/)
    expectNothingBegun(scene, refused)
  })

  test('does not take its link from the query', async () => {
    const scene = await signInScene()
    const refused = await scene.open({}, { route: FORM_ROUTE, form: { step: 'go_on' } })
    expect([refused.status, titleOf(refused)]).toEqual([400, pages.target_not_allowed.title])
    expectNothingBegun(scene, refused)
  })
})

test.each([
  'HEAD /connector/authorize',
  'PUT /connector/authorize',
  'HEAD /{controller}/{action}',
  '$default',
])('a route that is not this function’s starts nothing: %s', async (route) => {
  const scene = await signInScene()
  const answer = await scene.open({}, { route })
  expect(answer).toMatchObject({ status: 405, body: { Code: 'method_not_allowed' } })
  expectNothingBegun(scene, answer)
})
