import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../fakes/hand-clock.ts'
import { aResource } from '../../support/builders.ts'
import { attributes, unescaped } from '../support/markup.ts'
import { connectionsScene, fieldValue, headingOf, readable } from './support/connections-scene.ts'

const PATH = '/console/connections'
const FABRIKAM = aResource('https://fabrikam.crm.dynamics.com')

/** The links of a page with that text. */
function linkOf(text: string, label: string): string {
  const links = [...text.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)]
  const found = links.find(([, , content = '']) => content.replaceAll(/<[^>]+>/g, '') === label)
  return unescaped(found?.[1] ?? '')
}

describe('the list of connections', () => {
  test('shows who is connected to what, how that is and who must act', async () => {
    const { partner, connected, ended, pending, failing } = await connectionsScene()
    await connected({ accountId: 'acme', name: 'Sales' })
    await ended({ who: 'administrator', situation: 'blocked_by_policy' })
    await pending({ name: 'Support', resource: undefined })
    await failing(undefined, 4)
    const page = await partner.get(PATH)
    expect(page.status).toBe(200)
    expect(headingOf(page)).toBe('Connections')
    const told = readable(page)
    expect(told).toMatch(
      /contoso\.crm4\.dynamics\.com Sales Connected – acme ada@contoso\.example Renewed:/,
    )
    expect(told).toMatch(/Needs attention .* To act: A Microsoft administrator of the customer/)
    expect(told).toMatch(/Support Not signed in yet – contoso – Created:/)
    expect(told).toMatch(/Renewal failed, 4 in a row/)
  })

  test('asks the directory one thing, by what stands in its address', async () => {
    const { partner, finds } = await connectionsScene()
    await partner.get(`${PATH}?search=%20con&state=attention&order=user`)
    await partner.get(`${PATH}?who=administrator`)
    await partner.get(`${PATH}?state=pending&order=nonsense&who=nonsense`)
    const common = { pageSize: 25, accountId: undefined, after: undefined }
    expect(finds).toEqual([
      {
        ...common,
        groups: ['user', 'administrator', 'application_owner', 'nobody'],
        search: 'con',
        order: 'user',
      },
      { ...common, groups: ['administrator'], search: undefined, order: 'newest' },
      { ...common, groups: ['pending'], search: undefined, order: 'newest' },
    ])
  })

  test('finds none that works and needs somebody, without asking', async () => {
    const { partner, finds, connected } = await connectionsScene()
    await connected()
    const page = await partner.get(`${PATH}?state=connected&who=user`)
    expect(readable(page)).toContain('No connection was found')
    expect(finds).toEqual([])
  })

  test('shows in its form what was asked for, and clears it by a link', async () => {
    const { partner, connected } = await connectionsScene()
    await connected()
    const page = await partner.get(`${PATH}?search=%22con&state=connected&order=user`)
    expect(fieldValue(page, 'search')).toBe('"con')
    expect(page.text).toContain('<option value="connected" selected>')
    // The order is of no account for a search, and is kept for afterwards.
    expect(page.text).toContain('<input type="hidden" name="order" value="user">')
    expect(page.text).not.toContain('<select id="order"')
    expect(linkOf(page.text, 'Clear the filter')).toBe(`${PATH}?order=user`)
    expect(page.text).toContain('<form method="get" action="/console/connections"')
  })

  test('says what an order leaves out', async () => {
    const { partner } = await connectionsScene()
    const told = async (order: string) => readable(await partner.get(`${PATH}?order=${order}`))
    expect(await told('environment')).toContain('Connections without an environment are not listed')
    expect(await told('user')).toContain('nobody has signed in to are not listed')
    expect(await told('account')).not.toContain('are not listed')
  })

  test('goes on page by page with the same question, and back to the first', async () => {
    const { partner, pending, world } = await connectionsScene()
    for (let number = 1; number <= 30; number += 1) {
      world.clock.advance(MINUTE)
      await pending({ name: `Number ${number}.`, resource: undefined })
    }
    const first = await partner.get(`${PATH}?order=oldest&state=pending`)
    expect(readable(first)).toMatch(/Number 1\. .*Number 25\. /)
    expect(readable(first)).not.toContain('Number 26.')
    expect(readable(first)).not.toContain('First page')
    const next = linkOf(first.text, 'Next page')
    expect(next).toMatch(/^\/console\/connections\?state=pending&after=[\w%-]+&order=oldest$/)
    const second = await partner.get(next)
    expect(readable(second)).toMatch(/Number 26\. .*Number 30\. /)
    expect(readable(second)).not.toContain('Number 25.')
    expect(linkOf(second.text, 'Next page')).toBe('')
    expect(linkOf(second.text, 'First page')).toBe(`${PATH}?state=pending&order=oldest`)
  })

  test('refuses a cursor that is none', async () => {
    const { partner } = await connectionsScene()
    expect((await partner.get(`${PATH}?after=nonsense`)).status).toBe(400)
  })

  test('of an account is its page: by its name, and with its id for a new connection', async () => {
    const { partner, connected, finds } = await connectionsScene()
    await connected({ accountId: 'acme & <co>', name: 'Sales' })
    await connected({ accountId: 'other', name: 'Elsewhere' })
    const all = await partner.get(PATH)
    const href = linkOf(all.text, 'acme &amp; &lt;co&gt;')
    expect(href).toBe(`${PATH}?account=acme+%26+%3Cco%3E`)
    const page = await partner.get(href)
    expect(headingOf(page)).toBe('Connections of acme & <co>')
    expect(readable(page)).toContain('Sales')
    expect(readable(page)).not.toContain('Elsewhere')
    expect(finds.at(-1)?.accountId).toBe('acme & <co>')
    const form = await partner.get(linkOf(page.text, 'New connection'))
    expect(fieldValue(form, 'account')).toBe('acme & <co>')
    expect(linkOf(page.text, 'All connections')).toBe(PATH)
  })

  test('says how to begin where there is none, and how to widen the search where none is found', async () => {
    const { partner, pending } = await connectionsScene()
    const empty = await partner.get(PATH)
    expect(readable(empty)).toContain('There is no connection yet')
    expect(linkOf(empty.text, 'Create the first connection')).toBe(`${PATH}/new`)
    await pending()
    const none = await partner.get(`${PATH}?search=zebra&account=contoso`)
    expect(readable(none)).toContain('No connection was found')
    expect(attributes(none.text, 'href')).toContain(`${PATH}?account=contoso`)
  })

  test('keeps what was stored from becoming markup', async () => {
    const { partner, connected } = await connectionsScene()
    const canary = '<img src=x onerror=alert(1)>'
    await connected({ accountId: canary, name: canary }, { name: canary, username: canary })
    for (const query of ['', `?account=${encodeURIComponent(canary)}`, `?search=${canary}`]) {
      const page = await partner.get(`${PATH}${query}`)
      expect(page.text).not.toContain('<img')
      expect(readable(page)).toContain(canary)
    }
  })

  test('is of the own account only for whoever is bound to one, whatever is asked for', async () => {
    const { bound, connected, finds } = await connectionsScene()
    await connected({ accountId: 'contoso', name: 'Own' })
    const other = await connected({ accountId: 'acme', name: 'Foreign', resource: FABRIKAM })
    for (const query of ['', '?account=acme', '?search=acme', `?search=${other.id}`]) {
      const page = await bound.get(`${PATH}${query}`)
      expect(page.status).toBe(200)
      expect(headingOf(page)).toBe('Connections of contoso')
      expect(readable(page)).not.toMatch(/Foreign|fabrikam/)
    }
    expect(finds.map(({ accountId }) => accountId)).toEqual(Array(4).fill('contoso'))
    expect(readable(await bound.get(PATH))).toContain('Own')
  })
})
