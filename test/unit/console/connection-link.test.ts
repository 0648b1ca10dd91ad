import { describe, expect, test } from 'vitest'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { DAY, HOUR, MINUTE } from '../../fakes/hand-clock.ts'
import type { Answered } from '../support/answered.ts'
import { attributes, formsOf, unescaped } from '../support/markup.ts'
import { connectionsScene, fieldValue, readable } from './support/connections-scene.ts'
import { PUBLIC_URL } from './support/console-fakes.ts'

const ORIGINS = ['https://app.partner.example', 'https://other.partner.example']
const pathOf = ({ id }: { readonly id: number }) => `/console/connections/${id}`

function linkOn(page: Answered): URL {
  return new URL(fieldValue(page, 'link') ?? '')
}

async function scene() {
  const made = await connectionsScene(ORIGINS)
  const tokenOf = (link: URL) =>
    made.world.signInTokens.find(digestOf(link.searchParams.get('token') ?? ''))
  return { ...made, tokenOf }
}

const FORM = { username: 'Ada', lifetime: 'day', origin: ORIGINS[0] ?? '' }

describe('a sign-in link', () => {
  test.each([
    ['five_minutes', 5 * MINUTE, false],
    ['hour', HOUR, true],
    ['day', DAY, true],
    ['week', 7 * DAY, true],
  ])('is good for as long as was chosen: %s', async (lifetime, ms, isMailed) => {
    const { partner, pending, world, tokenOf } = await scene()
    const connection = await pending({ accountId: 'acme' })
    const page = await partner.post(`${pathOf(connection)}/link`, { ...FORM, lifetime })
    expect(page.status).toBe(200)
    const link = linkOn(page)
    expect(`${link.origin}${link.pathname}`).toBe(
      `${PUBLIC_URL}/connectorauth/updateaccountconnectoroauth`,
    )
    expect(link.searchParams.get('id')).toBe(String(connection.id))
    expect(link.searchParams.get('targetOrigin')).toBe(ORIGINS[0])
    expect(tokenOf(link)).toMatchObject({
      accountId: 'acme',
      username: 'Ada',
      expiresAt: new Date(world.now().getTime() + ms),
      isMailed,
      terms: { allowsUserChange: false, needsConfirmation: false },
    })
  })

  test('is shown this once, with until when it is good and a mail that is written already', async () => {
    const { partner, connected, log } = await scene()
    const connection = await connected({}, { username: '<Ada>&' })
    const page = await partner.post(`${pathOf(connection)}/link`, { ...FORM, username: '<Ada>&' })
    const link = linkOn(page).href
    const told = readable(page)
    expect(told).toContain('For <Ada>&')
    expect(told).toMatch(/Good until Mar 2, 2096, 12:00\s?PM UTC/)
    const [mail = ''] = attributes(page.text, 'href').filter((href) => href.startsWith('mailto:'))
    const body = new URLSearchParams(mail.slice('mailto:?'.length)).get('body') ?? ''
    expect(body).toContain(link)
    expect(body).toMatch(/until March 2, 2096 at 12:00\s?PM UTC/)
    expect(mail).not.toContain('+')
    expect(unescaped(/<textarea[^>]*>\n([\s\S]*?)<\/textarea>/.exec(page.text)?.[1] ?? '')).toBe(
      body,
    )
    const token = new URL(link).searchParams.get('token') ?? ''
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(JSON.stringify(log.lines)).not.toContain(token)
    expect(JSON.stringify(page.headers)).not.toContain(token)
    expect((await partner.get(pathOf(connection))).text).not.toContain(token)
  })

  test("leads back to the partner's product unless somebody chooses otherwise, or to this page", async () => {
    const { partner, connected } = await scene()
    const connection = await connected()
    const page = await partner.get(pathOf(connection))
    expect(page.text).toContain(`<option value="${ORIGINS[0]}" selected>`)
    const options = attributes(page.text, 'value').filter((value) => value.startsWith('https://'))
    expect(options).toEqual(expect.arrayContaining([...ORIGINS, PUBLIC_URL]))
    const own = { ...FORM, origin: PUBLIC_URL }
    const link = linkOn(await partner.post(`${pathOf(connection)}/link`, own))
    expect(link.searchParams.get('targetOrigin')).toBe(`${PUBLIC_URL}${pathOf(connection)}`)
  })

  test('leads back to this page where no other place is allowed', async () => {
    const { partner, connected } = await connectionsScene([])
    const page = await partner.get(pathOf(await connected()))
    expect(page.text).toContain(`<option value="${PUBLIC_URL}" selected>`)
  })

  test.each([
    { origin: 'https://evil.example' },
    { origin: `${ORIGINS[0]}/path` },
    { lifetime: 'year' },
    { lifetime: 'toString' },
  ])('is not made for what the form does not offer: %o', async (changed) => {
    const { partner, connected, log } = await scene()
    const connection = await connected()
    const page = await partner.post(`${pathOf(connection)}/link`, { ...FORM, ...changed })
    expect(page.status).toBe(400)
    expect(log.lines.some(({ name }) => name === 'console_action')).toBe(false)
  })

  test('wants to know for whom it is', async () => {
    const { partner, connected } = await scene()
    const connection = await connected()
    const form = { ...FORM, username: ' ', lifetime: 'week', origin: ORIGINS[1] ?? '' }
    const page = await partner.post(`${pathOf(connection)}/link`, form)
    expect(page.status).toBe(422)
    expect(readable(page)).toContain('Write for whom the link is')
    expect(page.text).toContain('<option value="week" selected>')
    expect(page.text).toContain(`<option value="${ORIGINS[1]}" selected>`)
  })

  test('lets another user sign in only where that was ticked, and where there is one', async () => {
    const { partner, connected, pending, tokenOf } = await scene()
    const connection = await connected()
    const form = { ...FORM, another_user: 'yes' }
    const link = linkOn(await partner.post(`${pathOf(connection)}/link`, form))
    expect(tokenOf(link)?.terms.allowsUserChange).toBe(true)
    expect(readable(await partner.get(pathOf(connection)))).toContain(
      'Another user than ada@contoso.example may sign in',
    )
    expect((await partner.get(pathOf(await pending()))).text).not.toContain('another_user')
  })

  test('of the own is gone to at once: five minutes, and back to this page', async () => {
    const { partner, connected, world, tokenOf } = await scene()
    const connection = await connected()
    const shown = await partner.get(pathOf(connection))
    const fields = formsOf(shown.text).find((form) => form.fields.now === 'yes')?.fields ?? {}
    const page = await partner.post(`${pathOf(connection)}/link`, fields)
    expect(page.status).toBe(200)
    const link = new URL(String(page.headers.refresh).replace(/^0;\s*url=/, ''))
    expect(link.searchParams.get('targetOrigin')).toBe(`${PUBLIC_URL}${pathOf(connection)}`)
    expect(tokenOf(link)).toMatchObject({
      username: 'partner-backend',
      expiresAt: new Date(world.now().getTime() + 5 * MINUTE),
      isMailed: false,
    })
  })
})
