import { describe, expect, test } from 'vitest'
import { at, DAY, MINUTE } from '../../fakes/hand-clock.ts'
import { ENVIRONMENT } from '../../fakes/scripted-environments.ts'
import { aReason, aUser, TENANT } from '../../support/builders.ts'
import { attributes, formsOf } from '../support/markup.ts'
import {
  connectionsScene,
  fieldValue,
  headingOf,
  OF_ALL,
  readable,
} from './support/connections-scene.ts'

const pathOf = ({ id }: { readonly id: number }) => `/console/connections/${id}`

describe('the page of a connection', () => {
  test('shows what is known of one that works, and no token', async () => {
    const { partner, connected, world } = await connectionsScene()
    const connection = await connected({ accountId: 'acme', name: 'Sales', description: 'EMEA' })
    world.clock.advance(5 * MINUTE)
    const page = await partner.get(pathOf(connection))
    expect(page.status).toBe(200)
    expect(headingOf(page)).toBe('contoso.crm4.dynamics.com')
    const told = readable(page)
    expect(told).toContain('This connection works')
    expect(told).toMatch(/Account acme Name Sales Description EMEA Environment contoso\.crm4/)
    expect(told).toMatch(/User Ada Lovelace ada@contoso\.example/)
    expect(told).toMatch(/Created Mar 1, 2096, 12:00\s?PM UTC \(5 minutes ago\)/)
    expect(told).toMatch(/Next renewal Mar 1, 2096, 12:40\s?PM UTC \(in 35 minutes\)/)
    expect(told).toContain('always kept fresh')
    expect(fieldValue(page, 'connection-id')).toBe(String(connection.id))
    for (const id of [TENANT, aUser().objectId, ENVIRONMENT.organizationId, ENVIRONMENT.userId]) {
      expect(told).toContain(id)
    }
    expect(page.text).not.toContain('hint-of-ada')
  })

  test('says in words whether its token is kept fresh or its sign-in merely alive', async () => {
    const { visitor, connected, world } = await connectionsScene()
    const connection = await connected()
    world.clock.advance(2 * DAY)
    const partner = await visitor(OF_ALL)
    expect(readable(await partner.get(pathOf(connection)))).toContain(
      'only kept alive, once a week',
    )
  })

  test('says who must sign in again and why, in the words of the customer, with the link first', async () => {
    const { partner, ended } = await connectionsScene()
    const connection = await ended({ code: 'AADSTS50173', situation: 'grant_revoked' })
    const page = await partner.get(pathOf(connection))
    const told = readable(page)
    expect(told).toContain('No token can be served until somebody signs in again.')
    expect(told).toMatch(/Who must act The user/)
    expect(attributes(page.text, 'href')).toContain('/help/aadsts/AADSTS50173')
    expect(told.indexOf('Get a link to sign in again')).toBeLessThan(told.indexOf('Change'))
    const [, link] = formsOf(page.text)
    expect(link?.action).toBe(`${pathOf(connection)}/link`)
    expect(page.text).toContain('<button class="button primary">Get the link</button>')
    expect(fieldValue(page, 'username')).toBe('ada@contoso.example')
  })

  test('says what an administrator changes and where, and offers another try first', async () => {
    const { partner, failing } = await connectionsScene()
    const connection = await failing({
      code: 'AADSTS53003',
      who: 'administrator',
      situation: 'blocked_by_policy_location',
    })
    const page = await partner.get(pathOf(connection))
    const told = readable(page)
    expect(told).toContain('tokens are not renewed until somebody acts')
    expect(told).toMatch(/Where Conditional Access policies/)
    expect(told).toMatch(/Failed in a row 3/)
    expect(told.indexOf('Renew the token now')).toBeLessThan(told.indexOf('to sign in again'))
    expect(page.text).toContain('<button class="button primary">Renew now</button>')
  })

  test('leads the owner of the app registration to the setup, and nobody else', async () => {
    const { partner, bound, ended } = await connectionsScene()
    const connection = await ended({ who: 'application_owner', situation: 'app_id_wrong' })
    const hrefs = async (visitor: typeof partner) =>
      attributes((await visitor.get(pathOf(connection))).text, 'href')
    expect(await hrefs(partner)).toContain('/console/setup')
    expect(await hrefs(bound)).not.toContain('/console/setup')
  })

  test('says how often a renewal failed that nobody has to act for', async () => {
    const { partner, failing, world } = await connectionsScene()
    const connection = await failing(undefined, 4)
    world.clock.advance(7 * MINUTE)
    const told = readable(await partner.get(pathOf(connection)))
    expect(told).toContain('tried again by themselves')
    expect(told).toMatch(
      /Failed in a row 4 Last failure 7 minutes ago Code temporarily_unavailable/,
    )
  })

  test('says that nobody has signed in yet, and that the environment is chosen then', async () => {
    const { partner, pending } = await connectionsScene()
    const page = await partner.get(pathOf(await pending({ name: 'Sales', resource: undefined })))
    expect(headingOf(page)).toBe('Sales')
    expect(readable(page)).toMatch(/Nobody has signed in yet\. .*Environment chosen at the sign-in/)
    expect(formsOf(page.text).map(({ action }) => action.replace(/.*\//, ''))).not.toContain(
      'refresh',
    )
  })

  test('tells what happened to it, the newest first and its creation last', async () => {
    const { partner, connected, history } = await connectionsScene()
    const connection = await connected()
    const reason = aReason({ code: 'AADSTS50173' })
    const state = { ...connection, reason: undefined }
    await history.keep([
      { id: 'a', sequence: '1', at: at(1000), what: { change: 'connected', connection: state } },
      {
        id: 'b',
        sequence: '2',
        at: at(61_000),
        what: { change: 'reauthorization_required', connection: state, reason },
      },
    ])
    const page = await partner.get(pathOf(connection))
    expect(readable(page)).toMatch(
      /What happened .*12:01\s?PM UTC Somebody must sign in again .*\(AADSTS50173\) .*Somebody signed in .*Created /,
    )
  })

  test.each([
    ['connected', 'The sign-in has worked.'],
    ['failed', 'The sign-in did not work. Nothing was changed.'],
  ])('says how the sign-in ended from which somebody returns: %s', async (status, words) => {
    const { partner, connected } = await connectionsScene()
    const connection = await connected()
    const query = `?connectionId=${connection.id}&status=${status}`
    const page = await partner.get(`${pathOf(connection)}${query}`)
    expect(readable(page)).toContain(words)
    const other = await partner.get(`${pathOf(connection)}?connectionId=1&status=${status}`)
    expect(readable(other)).not.toContain(words)
  })

  test('claims no sign-in that the store does not know', async () => {
    const { partner, pending } = await connectionsScene()
    const { id } = await pending()
    const page = await partner.get(`${pathOf({ id })}?connectionId=${id}&status=connected`)
    expect(readable(page)).not.toContain('The sign-in has worked.')
  })

  test('says nothing of its own accord', async () => {
    const { partner, pending } = await connectionsScene()
    const page = await partner.get(`${pathOf(await pending())}?done=toString`)
    expect(page.status).toBe(200)
    expect(page.text).not.toContain('role="status"')
  })

  test.each(['0', '-1', '1e3', '01', 'new%20', '99999999999', 'x', '12345'])(
    'is not there for the id %s',
    async (id) => {
      const { partner } = await connectionsScene()
      const page = await partner.get(`/console/connections/${id}`)
      expect(page.status).toBe(404)
      expect(headingOf(page)).toBe('There is nothing here')
    },
  )

  test('keeps what was stored from becoming markup', async () => {
    const { partner, ended } = await connectionsScene()
    const canary = '"><img src=x onerror=alert(1)>'
    const connection = await ended(
      { code: canary },
      { name: canary, description: canary, accountId: canary },
    )
    const page = await partner.get(pathOf(connection))
    expect(page.text).not.toContain('<img')
    expect(readable(page).split(canary).length).toBeGreaterThan(4)
  })
})
