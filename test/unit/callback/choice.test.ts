import { describe, expect, test } from 'vitest'
import type { ListedEnvironment } from '../../../functions/domain/environment-directory.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { CHOICE_ROUTE } from '../../../functions/http/routes.ts'
import { MINUTE } from '../../fakes/hand-clock.ts'
import { aView } from '../../support/a-view.ts'
import { aRefusal, aResource, OTHER_RESOURCE, RESOURCE } from '../../support/builders.ts'
import { PARTNER_ORIGIN, storedIn } from '../../support/world.ts'
import { type Answered, SECURITY_HEADERS } from '../support/answered.ts'
import { attributes, dataOf, formsOf } from '../support/markup.ts'
import { atMicrosoft, type SignInScene, signInScene } from '../support/sign-in-scene.ts'

const { pages, situations } = aView().texts

const SALES: ListedEnvironment = {
  resource: RESOURCE,
  name: 'Contoso Sales',
  region: 'EUR',
  purpose: 'production',
}
const SANDBOX: ListedEnvironment = {
  resource: OTHER_RESOURCE,
  name: 'Contoso <Sandbox>',
  region: undefined,
  purpose: 'sandbox',
}
const NO_ROLE = { outcome: 'forbidden', code: '0x80072560' } as const
const CONFIRMED = { terms: { needsConfirmation: true } }

interface Found {
  readonly environments?: readonly ListedEnvironment[]
  readonly options?: Parameters<typeof signInScene>[0]
  readonly link?: Readonly<Record<string, string>>
}

/** A person who signed in to find an environment, and the page that came of it. */
async function found({ environments = [SALES, SANDBOX], options, link }: Found = {}) {
  const scene = await signInScene({ connection: { resource: undefined }, ...options })
  scene.world.environmentDirectory.lists({ outcome: 'listed', environments })
  const page = await scene.open(link)
  const at = atMicrosoft(await scene.send(page, { step: 'find' }))
  const list = await scene.comeBack(at)
  const cookies = [at.cookie]
  const choose = (environment: string, from = list) =>
    scene.send(from, {}, { filledIn: { environment }, cookies })
  return { scene, at, list, cookies, choose }
}

const titleOf = ({ text }: Answered) => /<h1>(.*)<\/h1>/.exec(text)?.[1]
const offeredBy = ({ text }: Answered) =>
  [...text.matchAll(/<input type="radio"[^>]*>/g)].flatMap(([input]) => attributes(input, 'value'))

/** The connection is as it was, and its link still works. */
async function expectNothingConnected({ world, connection, token }: SignInScene): Promise<void> {
  expect(await storedIn(world, connection.id)).toEqual(connection)
  expect(world.signInTokens.find(digestOf(token))).toMatchObject({ spentBy: undefined })
}

describe('a sign-in to find an environment', () => {
  test('ends on the page with those that the person can reach, and connects nothing', async () => {
    const { scene, list } = await found()
    expect([list.status, titleOf(list)]).toEqual([200, pages.choose.title])
    expect(offeredBy(list)).toEqual([RESOURCE, OTHER_RESOURCE])
    expect(list.text).toContain('<strong>Contoso Sales</strong>')
    expect(list.text).toContain('<strong>Contoso &lt;Sandbox&gt;</strong>')
    expect(list.text).toContain('<bdi>ada@contoso.example</bdi>')
    expect(list.headers['content-security-policy']).toContain("form-action 'self'")
    expect(scene.log.lines.at(-1)).toMatchObject({
      name: 'authorization_ended',
      fields: { connectionId: scene.connection.id, outcome: 'environments_offered' },
    })
    await expectNothingConnected(scene)
  })

  test('shows the same list on a reload, and asks Microsoft for nothing', async () => {
    const { scene, at, list } = await found()
    expect(await scene.comeBack(at)).toEqual(list)
    expect(scene.world.environmentDirectory.askedWith).toHaveLength(1)
    expect(scene.world.tokenEndpoint.codeGrants).toHaveLength(1)
  })

  test('lists a hundred, of which the last can be picked as well', async () => {
    const environments = Array.from({ length: 100 }, (_, index) => {
      const resource = aResource(`https://org${index}.crm4.dynamics.com`)
      return { ...SALES, resource, name: `Environment ${index}` }
    })
    const last = environments.at(-1)?.resource ?? ''
    const { scene, list, choose } = await found({ environments })
    expect(offeredBy(list)).toHaveLength(100)
    expect(titleOf(await choose(last))).toBe(pages.connected.title)
    expect(await storedIn(scene.world, scene.connection.id)).toMatchObject({ resource: last })
  })

  test.each([
    ['no_environments_found', { outcome: 'listed', environments: [] }],
    ['environment_rejected_token', { outcome: 'rejected' }],
    ['microsoft_unavailable', { outcome: 'unavailable' }],
  ] as const)('that finds nothing says why and by which account: %s', async (why, listed) => {
    const scene = await signInScene({ connection: { resource: undefined } })
    scene.world.environmentDirectory.lists(listed)
    const at = atMicrosoft(await scene.send(await scene.open(), { step: 'find' }))
    const failed = await scene.comeBack(at)
    expect([failed.status, titleOf(failed)]).toEqual([200, situations[why].title])
    expect(failed.text).toContain('<bdi>ada@contoso.example</bdi>')
    const forms = formsOf(failed.text).map(({ action, fields }) => [action, fields.account])
    expect(forms).toHaveLength(2)
    expect(forms).toContainEqual(['/connector/again', undefined])
    expect(forms).toContainEqual(['/connector/again', 'other'])
    await expectNothingConnected(scene)
  })

  test('can be done again by another account from the list', async () => {
    const { scene, list, cookies } = await found()
    const next = atMicrosoft(await scene.send(list, { account: 'other' }, { cookies }))
    expect(next.location.searchParams.get('prompt')).toBe('select_account')
    expect(titleOf(await scene.comeBack(next))).toBe(pages.choose.title)
  })
})

describe('the environment that is picked', () => {
  test('is connected without another sign-in, and the browser goes back to the partner', async () => {
    const { scene, choose } = await found()
    const { world, connection } = scene
    const { status, headers, cookies, text } = await choose(OTHER_RESOURCE)
    const back = `${PARTNER_ORIGIN}/done?a=1&connectionId=${connection.id}&status=connected`
    expect([status, cookies]).toEqual([200, []])
    // No redirect: `form-action 'self'` of the page with the form would stop it.
    expect(headers).not.toHaveProperty('location')
    expect(headers).toMatchObject({ ...SECURITY_HEADERS, refresh: `0;url=${back}` })
    expect(text).toContain(`href="${back.replaceAll('&', '&amp;')}"`)
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      resource: OTHER_RESOURCE,
    })
    expect(world.tokenEndpoint.refreshGrants).toMatchObject([{ resource: OTHER_RESOURCE }])
    expect(scene.log.lines.at(-1)).toMatchObject({
      fields: { connectionId: connection.id, outcome: 'connected' },
    })
  })

  test('is told to the window that waits for it, in the language of the link', async () => {
    const link = { targetOrigin: PARTNER_ORIGIN, responseMode: 'message', lang: 'de' }
    const { scene, list, choose } = await found({ link })
    expect(list.text).toContain('<html lang="de"')
    const { status, text } = await choose(RESOURCE)
    expect(status).toBe(200)
    expect(text).toContain('<html lang="de"')
    expect(dataOf(text)).toMatchObject({
      origin: PARTNER_ORIGIN,
      message: { connectionId: scene.connection.id, status: 'connected' },
      closes: true,
    })
  })

  test('that lets the person not in leaves the others to pick from', async () => {
    const { scene, choose, cookies } = await found()
    scene.world.environments.answerNextWhoAmI(NO_ROLE)
    const failed = await choose(RESOURCE)
    expect([failed.status, titleOf(failed)]).toEqual([200, situations.no_dataverse_role.title])
    expect(failed.text).toContain('<dd>0x80072560</dd>')
    // Microsoft let the person in, so that its sign-in log has nothing to tell.
    expect(failed.text).not.toContain(pages.failed.log)
    expect(failed.text).toContain(pages.failed.other_environment)
    await expectNothingConnected(scene)
    const list = await scene.send(failed, {}, { cookies })
    expect(offeredBy(list)).toEqual([RESOURCE, OTHER_RESOURCE])
    expect(titleOf(await choose(OTHER_RESOURCE, list))).toBe(pages.connected.title)
  })

  test('that is the only one offers no other when it fails', async () => {
    const { scene, choose } = await found({ environments: [SALES] })
    scene.world.environments.answerNextWhoAmI(NO_ROLE)
    const { text } = await choose(RESOURCE)
    expect(text).not.toContain(pages.failed.other_environment)
    expect(formsOf(text)[0]?.action).toBe('/connector/again')
  })

  test('for which Microsoft wants an administrator’s consent names the link for it', async () => {
    const { scene, choose } = await found()
    const refused = { outcome: 'refused', refusal: aRefusal({ code: 90094 }) } as const
    scene.world.tokenEndpoint.answerNextRefresh(refused)
    const failed = await choose(RESOURCE)
    expect(failed.text).toContain('<dd>AADSTS90094</dd>')
    expect(failed.text).toMatch(/value="https:\/\/login\.microsoftonline\.com\/[^"]+adminconsent\?/)
    expect(failed.text).toContain(pages.failed.other_environment)
    await expectNothingConnected(scene)
  })

  test('twice, as by a double click, connects once and goes back to the partner twice', async () => {
    const { scene, choose } = await found()
    const [one, two] = [await choose(RESOURCE), await choose(RESOURCE)]
    expect(titleOf(one)).toBe(pages.connected.title)
    expect(two).toEqual(one)
    expect(scene.world.tokenEndpoint.refreshGrants).toHaveLength(1)
  })

  test('twice at the same time connects once', async () => {
    const { scene, choose } = await found()
    const both = await Promise.all([choose(RESOURCE), choose(RESOURCE)])
    expect(both.map(titleOf)).toEqual([pages.connected.title, pages.connected.title])
    expect(await storedIn(scene.world, scene.connection.id)).toMatchObject({
      status: 'connected',
      generation: 1,
    })
  })

  test('makes a reload of Microsoft’s answer lead back to the partner as well', async () => {
    const { scene, at, choose } = await found()
    const connected = await choose(RESOURCE)
    const { status, headers } = await scene.comeBack(at)
    expect([status, `0;url=${headers.location}`]).toEqual([303, connected.headers.refresh])
  })

  test.each(['', 'https://evil.example', 'https://other.crm4.dynamics.com', '<script>canary'])(
    'that was not offered shows the list again: %j',
    async (environment) => {
      const { scene, list, choose } = await found()
      const answer = await choose(environment)
      expect([answer.status, offeredBy(answer)]).toEqual([200, offeredBy(list)])
      expect(answer.text).not.toMatch(/canary|evil/)
      expect(scene.world.tokenEndpoint.refreshGrants).toEqual([])
      await expectNothingConnected(scene)
    },
  )

  test('is not connected when the service fails, and can be picked again', async () => {
    const { scene, choose } = await found()
    scene.world.tokenEndpoint.answerNextRefresh(() => {
      throw new Error('canary')
    })
    const failed = await choose(RESOURCE)
    expect(failed).toMatchObject({ status: 500, text: expect.not.stringContaining('canary') })
    await expectNothingConnected(scene)
    expect(titleOf(await choose(RESOURCE))).toBe(pages.connected.title)
  })
})

describe('a choice that is none of this browser’s', () => {
  test.each<[what: string, bend: (cookie: string) => readonly string[]]>([
    ['no cookie', () => []],
    ['the cookie of another browser', (cookie) => [`${cookie.split('=')[0]}=${'x'.repeat(43)}`]],
  ])('connects nothing with %s', async (_, bend) => {
    const { scene, at, list, choose } = await found()
    const sent = { filledIn: { environment: RESOURCE }, cookies: bend(at.cookie) }
    const refused = await scene.send(list, {}, sent)
    expect(refused).toMatchObject({
      status: 400,
      text: expect.stringContaining(pages.start_again.unknown),
    })
    expect(offeredBy(refused)).toEqual([])
    await expectNothingConnected(scene)
    expect(titleOf(await choose(RESOURCE))).toBe(pages.connected.title)
  })

  test.each([{}, { request: '' }, { request: digestOf('canary') }])(
    'connects nothing for %j',
    async (fields) => {
      const { scene, cookies } = await found()
      const sent = { ...fields, environment: RESOURCE }
      expect(await scene.submit(CHOICE_ROUTE, sent, cookies)).toMatchObject({ status: 400 })
      await expectNothingConnected(scene)
    },
  )

  test('connects nothing before Microsoft has answered', async () => {
    const scene = await signInScene()
    const { cookie } = await scene.begin()
    const [request] = scene.world.authorizationRequests.all()
    const fields = { request: request?.id ?? '', environment: RESOURCE }
    expect(await scene.submit(CHOICE_ROUTE, fields, [cookie])).toMatchObject({ status: 400 })
    await expectNothingConnected(scene)
  })

  test('that comes too late asks to begin again', async () => {
    const { scene, choose } = await found()
    scene.world.clock.advance(30 * MINUTE)
    expect(await choose(RESOURCE)).toMatchObject({
      status: 400,
      text: expect.stringContaining(pages.start_again.expired),
    })
    await expectNothingConnected(scene)
  })

  test.each([
    ['a repeated field', 400, 'environment=canary&environment=canary'],
    ['too much', 413, `environment=canary${'x'.repeat(64 * 1024)}`],
  ])('is refused by a page with %s', async (_, status, body) => {
    const { scene, cookies } = await found()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const refused = await scene.callback({ route: CHOICE_ROUTE, headers, body, cookies })
    expect(refused).toMatchObject({ status, text: expect.not.stringContaining('canary') })
    await expectNothingConnected(scene)
  })

  test('is refused by a page when it is no form', async () => {
    const { scene, cookies } = await found()
    const body = { environment: RESOURCE }
    const refused = await scene.callback({ route: CHOICE_ROUTE, body, cookies })
    expect([refused.status, refused.headers['content-type']]).toEqual([
      415,
      'text/html; charset=utf-8',
    ])
  })
})

describe('a sign-in that the partner has to confirm', () => {
  test('goes back with what to confirm it by, and connects nothing yet', async () => {
    const scene = await signInScene({ link: CONFIRMED })
    const at = await scene.begin()
    const { status, headers } = await scene.comeBack(at)
    expect(status).toBe(303)
    const { searchParams } = new URL(String(headers.location))
    expect(Object.fromEntries(searchParams)).toEqual({
      a: '1',
      connectionId: String(scene.connection.id),
      status: 'confirmation_required',
      completionId: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect((await scene.comeBack(at)).headers.location).toBe(headers.location)
    expect(await storedIn(scene.world, scene.connection.id)).toEqual(scene.connection)
  })

  test('tells the window that waits for it, in place of the partner’s own words', async () => {
    const scene = await signInScene({ link: CONFIRMED })
    const link = { targetOrigin: PARTNER_ORIGIN, callbackMessage: 'done' }
    const { status, text } = await scene.comeBack(await scene.begin(link))
    expect(status).toBe(200)
    expect(text).toContain(`<h1>${pages.confirmation.title}</h1>`)
    expect(dataOf(text)).toEqual({
      origin: PARTNER_ORIGIN,
      message: {
        source: 'dynamics-connect',
        connectionId: scene.connection.id,
        status: 'confirmation_required',
        completionId: expect.stringMatching(/^[\w-]{43}$/),
      },
      closes: true,
    })
  })

  test('does so as well after a choice, also by a double click', async () => {
    const { scene, choose } = await found({ options: { link: CONFIRMED } })
    const [one, two] = [await choose(RESOURCE), await choose(RESOURCE)]
    expect(one.headers.refresh).toMatch(/&status=confirmation_required&completionId=[\w-]{43}$/)
    expect(two).toEqual(one)
    expect(scene.world.parkedSignIns.all()).toHaveLength(1)
    expect(await storedIn(scene.world, scene.connection.id)).toEqual(scene.connection)
  })
})
