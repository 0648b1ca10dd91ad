import { describe, expect, test } from 'vitest'
import type { ListedEnvironment } from '../../../functions/domain/environment-directory.ts'
import {
  choicePage,
  environmentPage,
  welcomePage,
  windowPage,
} from '../../../functions/http/environment-pages.ts'
import { signInLinkParameters } from '../../../functions/http/sign-in-link.ts'
import { aView } from '../../support/a-view.ts'
import { aResource, aUser, RESOURCE } from '../../support/builders.ts'
import { answered } from '../support/answered.ts'
import { attributes, formsOf } from '../support/markup.ts'

const LINK = {
  id: '42',
  token: 'the-token',
  targetOrigin: 'https://partner.example/back',
  lang: 'de',
}
const link = signInLinkParameters(new Map(Object.entries(LINK)))
const PATH = '/connector/authorize'

describe('the page that names the environment', () => {
  test('goes on with the link as it is', () => {
    const known = { outcome: 'welcome', resource: RESOURCE, isMended: false } as const
    const { status, text } = answered(welcomePage(aView(), link, known))
    expect(status).toBe(200)
    expect(text).toContain('<bdi>contoso.crm4.dynamics.com</bdi>')
    expect(formsOf(text)).toEqual([{ action: PATH, fields: { ...LINK, step: 'go_on' } }])
  })

  test('goes on with what was understood of an address, or back to another one', () => {
    const mended = { outcome: 'welcome', resource: RESOURCE, isMended: true } as const
    const { text } = answered(welcomePage(aView(), link, mended))
    expect(text).toContain(aView().texts.pages.welcome.mended)
    expect(formsOf(text)).toEqual([
      { action: PATH, fields: { ...LINK, step: 'type', address: RESOURCE } },
      { action: PATH, fields: { ...LINK, step: 'go_on' } },
    ])
  })
})

describe('the page that asks for the environment', () => {
  const wanted = {
    outcome: 'environment_wanted',
    problem: undefined,
    resource: undefined,
    clouds: ['commercial'],
    typed: '',
  } as const

  test('leads to the list, or takes an address', () => {
    const { status, text } = answered(environmentPage(aView(), link, wanted))
    expect(status).toBe(200)
    expect(formsOf(text)).toEqual([
      { action: PATH, fields: { ...LINK, step: 'find', cloud: 'commercial' } },
      { action: PATH, fields: { ...LINK, step: 'type' } },
    ])
    expect(attributes(text, 'name')).toContain('address')
  })

  test('leads to the list of each cloud that is enabled', () => {
    const clouds = ['commercial', 'usgov-high'] as const
    const { text } = answered(environmentPage(aView(), link, { ...wanted, clouds }))
    const finds = formsOf(text).filter(({ fields }) => fields.step === 'find')
    expect(finds.map(({ fields }) => fields.cloud)).toEqual(clouds)
    expect(text).toContain('US Government GCC High')
  })

  test.each(['not_understood', 'cloud_not_enabled', 'nothing_there'] as const)(
    'says that an address is %s, and shows again what was typed',
    (problem) => {
      const typed = '"><script>x</script>'
      const page = environmentPage(aView(), link, { ...wanted, problem, typed })
      const { status, text } = answered(page)
      expect(status).toBe(422)
      expect(text).toContain('aria-invalid="true"')
      expect(text).not.toContain('<script>x')
      expect(attributes(text, 'value')).toContain(typed)
    },
  )

  test('lets the person be sure of an address at which nothing answers', () => {
    const doubted = { ...wanted, problem: 'nothing_there', resource: RESOURCE } as const
    const { text } = answered(environmentPage(aView(), link, doubted))
    expect(formsOf(text).at(-1)).toEqual({
      action: PATH,
      fields: { ...LINK, step: 'type', address: RESOURCE, sure: 'true' },
    })
  })
})

describe('the page with the environments', () => {
  const offer = (environments: readonly ListedEnvironment[], user = aUser()) =>
    answered(
      choicePage(
        aView(),
        {
          outcome: 'environments_offered',
          environments,
          user,
          sealedRefreshToken: new Uint8Array(),
        },
        'the-request',
      ),
    )
  const listed = (name: string, resource = RESOURCE): ListedEnvironment => ({
    name,
    resource,
    region: 'EUR',
    purpose: 'sandbox',
  })

  test('shows each by name, address, purpose and region', () => {
    const { text } = offer([listed('Sales <test>')])
    expect(text).toContain('<strong>Sales &lt;test&gt;</strong>')
    expect(text).toContain('contoso.crm4.dynamics.com · Sandbox · EUR')
    expect(attributes(text, 'value')).toContain(RESOURCE)
  })

  test('says who signed in, and lets another account do so', () => {
    const { text } = offer([listed('Sales')])
    expect(text).toContain('<bdi>ada@contoso.example</bdi>')
    expect(formsOf(text)).toEqual([
      { action: '/connector/environment', fields: { request: 'the-request' } },
      { action: '/connector/again', fields: { request: 'the-request', account: 'other' } },
    ])
  })

  test('does without the name of an account that has none', () => {
    const { text } = offer([listed('Sales')], aUser({ username: undefined }))
    expect(text).toContain(aView().texts.pages.choose.legend)
    expect(text).not.toContain('<bdi></bdi>')
  })

  test('shows a hundred', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      listed(`Environment ${index}`, aResource(`https://e${index}.crm4.dynamics.com`)),
    )
    expect(offer(many).text.match(/type="radio"/g)).toHaveLength(100)
  })
})

test('in a frame the same link is opened in a window that knows who opened it', () => {
  const shown = { href: '/connector/authorize?id=1&token=t', framedBy: 'https://partner.example' }
  const { text, headers } = answered(windowPage(aView(), shown))
  expect(attributes(text, 'href')).toContain(shown.href)
  expect(text).toContain('target="_blank" rel="opener"')
  expect(headers['content-security-policy']).toContain('frame-ancestors https://partner.example')
})
