import { describe, expect, test } from 'vitest'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { AGAIN_ROUTE } from '../../../functions/http/routes.ts'
import { MINUTE } from '../../fakes/hand-clock.ts'
import { aView } from '../../support/a-view.ts'
import { aNewSignInToken, RESOURCE } from '../../support/builders.ts'
import { PARTNER_ORIGIN } from '../../support/world.ts'
import type { Answered } from '../support/answered.ts'
import { attributes, dataOf, formsOf } from '../support/markup.ts'
import {
  type AtMicrosoft,
  atMicrosoft,
  type SignInScene,
  signInScene,
} from '../support/sign-in-scene.ts'

const { pages } = aView().texts
const CANCELLED = { error: 'access_denied', error_subcode: 'cancel' }

type Link = Readonly<Record<string, string>>

/** A sign-in that the person cancelled, and the page that says so. */
async function cancelled(
  options: { readonly scene?: SignInScene; readonly link?: Link } = {},
): Promise<{ readonly scene: SignInScene; readonly at: AtMicrosoft; readonly page: Answered }> {
  const { scene = await signInScene(), link } = options
  const at = await scene.begin(link)
  return { scene, at, page: await scene.comeBack(at, CANCELLED) }
}

/** A new link to a connection that Ada connected before, opened and cancelled. */
async function cancelledReconnect() {
  const scene = await signInScene()
  await scene.comeBack(await scene.begin())
  const { text, token } = aNewSignInToken(scene.connection.accountId, scene.world.now())
  await scene.world.signInTokens.create(token)
  return cancelled({ scene, link: { token: text } })
}

const requestIn = ({ text }: Answered) => formsOf(text)[0]?.fields.request ?? ''
const again = (scene: SignInScene, page: Answered, { cookie }: AtMicrosoft) =>
  scene.send(page, {}, { cookies: [cookie] })

function expectStartAgain({ world }: SignInScene, { status, text, cookies }: Answered): void {
  expect(status).toBe(400)
  expect(text).toContain(pages.start_again.unknown)
  expect(cookies).toEqual([])
  expect(world.authorizationRequests.all()).toHaveLength(1)
}

describe('another sign-in, from the page of one that failed', () => {
  test('needs the cookie and the request alone, and connects', async () => {
    const { scene, at, page } = await cancelled()
    expect(formsOf(page.text)[0]).toEqual({
      action: '/connector/again',
      fields: { request: requestIn(page) },
    })
    const answer = await again(scene, page, at)
    expect(answer.status).toBe(200)
    expect(answer.headers).not.toHaveProperty('location')
    const next = atMicrosoft(answer)
    expect(next.location.searchParams.get('scope')).toContain(`${RESOURCE}/user_impersonation`)
    expect(next.state).not.toBe(at.state)
    expect(next.cookie.split('=')).not.toEqual(at.cookie.split('='))
    const { id } = scene.connection
    expect(await scene.comeBack(next)).toMatchObject({
      status: 303,
      headers: {
        location: `${PARTNER_ORIGIN}/done?a=1&connectionId=${id}&status=connected`,
      },
    })
  })

  test('works as often as that fails', async () => {
    const { scene, at, page } = await cancelled()
    const second = atMicrosoft(await again(scene, page, at))
    const failedAgain = await scene.comeBack(second, CANCELLED)
    const third = atMicrosoft(await again(scene, failedAgain, second))
    expect(await scene.comeBack(third)).toMatchObject({ status: 303 })
  })

  test('is noted by its connection, without anything secret', async () => {
    const { scene, at, page } = await cancelled()
    await again(scene, page, at)
    const { connection, log, token } = scene
    expect(log.lines.at(-1)).toMatchObject({
      name: 'authorization_begun',
      fields: { connectionId: connection.id, outcome: 'begun' },
    })
    const logged = JSON.stringify(log.lines)
    for (const secret of [token, at.state, at.cookie.split('=')[1]]) {
      expect(logged).not.toContain(secret)
    }
  })

  test('is by the same account on a reconnect, or by another one if the person wants', async () => {
    const { scene, at, page } = await cancelledReconnect()
    const same = atMicrosoft(await again(scene, page, at)).location.searchParams
    expect([same.get('login_hint'), same.get('prompt')]).toEqual(['hint-of-ada', null])
    const sent = { cookies: [at.cookie] }
    const other = atMicrosoft(await scene.send(page, { account: 'other' }, sent))
    const { searchParams } = other.location
    expect([searchParams.get('login_hint'), searchParams.get('prompt')]).toEqual([
      null,
      'select_account',
    ])
  })

  test('stays in the language of the link', async () => {
    const { scene, at, page } = await cancelled({ link: { lang: 'nl' } })
    const { text } = await again(scene, page, at)
    expect(text).toContain('<html lang="nl"')
    expect(scene.world.authorizationRequests.all()).toMatchObject([
      { language: 'nl' },
      { language: 'nl' },
    ])
  })

  test('tells the same window by message', async () => {
    const link = { targetOrigin: PARTNER_ORIGIN, callbackMessage: 'done' }
    const { scene, at, page } = await cancelled({ link })
    const next = atMicrosoft(await again(scene, page, at))
    expect(dataOf((await scene.comeBack(next)).text)).toMatchObject({
      origin: PARTNER_ORIGIN,
      words: 'done',
    })
  })

  test('to find an environment is one to find an environment', async () => {
    const scene = await signInScene({ connection: { resource: undefined } })
    const at = atMicrosoft(await scene.send(await scene.open(), { step: 'find' }))
    const page = await scene.comeBack(at, CANCELLED)
    const { location } = atMicrosoft(await again(scene, page, at))
    expect(location.pathname).toBe('/organizations/oauth2/v2.0/authorize')
    expect(location.searchParams.get('scope')).toContain('https://globaldisco.crm.dynamics.com/')
    expect(scene.world.authorizationRequests.all()[1]?.wanted).toEqual({
      kind: 'to_find',
      cloud: 'commercial',
    })
  })

  test('to an environment that was typed is to that one', async () => {
    const scene = await signInScene({ connection: { resource: undefined } })
    const filledIn = { address: RESOURCE }
    const at = atMicrosoft(await scene.send(await scene.open(), { step: 'type' }, { filledIn }))
    const page = await scene.comeBack(at, CANCELLED)
    expect(await scene.comeBack(atMicrosoft(await again(scene, page, at)))).toMatchObject({
      status: 303,
    })
  })
})

describe('another sign-in that is none of this browser’s', () => {
  test.each<[what: string, bend: (cookie: string) => readonly string[]]>([
    ['no cookie', () => []],
    ['the cookie of another browser', (cookie) => [`${cookie.split('=')[0]}=${'x'.repeat(43)}`]],
    ['a cookie that is cut off', (cookie) => [cookie.slice(0, -1)]],
  ])('begins nothing with %s', async (_, bend) => {
    const { scene, at, page } = await cancelled()
    const refused = await scene.send(page, {}, { cookies: bend(at.cookie) })
    expectStartAgain(scene, refused)
  })

  test.each<[what: string, bend: (request: string) => Readonly<Record<string, string>>]>([
    ['no request', () => ({})],
    ['an empty request', () => ({ request: '' })],
    ['a request that never was', () => ({ request: digestOf('canary') })],
    ['a request that begins like its own', (id) => ({ request: `${id.slice(0, 16)}canary` })],
  ])('begins nothing with %s', async (_, bend) => {
    const { scene, at, page } = await cancelled()
    const refused = await scene.submit(AGAIN_ROUTE, bend(requestIn(page)), [at.cookie])
    expectStartAgain(scene, refused)
    expect(refused.text).not.toContain('canary')
  })

  test('begins nothing with the request of somebody else', async () => {
    const { scene, at } = await cancelled()
    const { page } = await cancelled({ scene })
    const begun = scene.world.authorizationRequests.all().length
    const refused = await scene.send(page, {}, { cookies: [at.cookie] })
    expect(refused).toMatchObject({
      status: 400,
      text: expect.stringContaining(pages.start_again.unknown),
    })
    expect(scene.world.authorizationRequests.all()).toHaveLength(begun)
  })

  test('that is malformed is refused by a page', async () => {
    const { scene, at } = await cancelled()
    const query = ''
    const cookies = [at.cookie]
    const parts = { route: AGAIN_ROUTE, query, cookies, body: { request: 'canary' } }
    const refused = await scene.open({}, parts)
    expect(refused).toMatchObject({ status: 415, text: expect.not.stringContaining('canary') })
  })
})

describe('another sign-in by a link that is over', () => {
  const overs: readonly [keyof typeof pages, (scene: SignInScene) => unknown][] = [
    ['link_expired', ({ world }) => world.clock.advance(5 * MINUTE)],
    ['link_used', ({ world, token }) => world.signInTokens.spend(digestOf(token), 'another')],
    ['app_not_registered', ({ world }) => world.register(undefined)],
  ]

  test.each(overs)('says so, and leads back to the partner alone: %s', async (why, end) => {
    const { scene, at, page } = await cancelled()
    await end(scene)
    const refused = await again(scene, page, at)
    expect(refused.text).toContain((pages[why] as { readonly title: string }).title)
    expect(refused.cookies).toEqual([])
    expect(formsOf(refused.text)).toEqual([])
    expect(attributes(refused.text, 'href')).toEqual([
      `${PARTNER_ORIGIN}/done?a=1&connectionId=${scene.connection.id}&status=failed`,
    ])
    expect(scene.world.authorizationRequests.all()).toHaveLength(1)
  })

  test('or whose environment was taken away does so too, since its forms would lead nowhere', async () => {
    const { scene, at, page } = await cancelled()
    const { world, connection } = scene
    await world.connections.setResource(connection, undefined)
    const refused = await again(scene, page, at)
    expect(refused.status).toBe(403)
    expect(formsOf(refused.text)).toEqual([])
    expect(attributes(refused.text, 'href')).toEqual([
      `${PARTNER_ORIGIN}/done?a=1&connectionId=${connection.id}&status=failed`,
    ])
  })
})
