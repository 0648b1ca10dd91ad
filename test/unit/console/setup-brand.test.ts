import { describe, expect, test } from 'vitest'
import { PREVIEW_SCRIPT } from '../../../functions/console/setup/preview-script.ts'
import { BRAND } from '../../support/a-view.ts'
import { attribute } from '../support/markup.ts'
import { PUBLIC_URL } from './support/console-fakes.ts'
import { errorsIn, openIn, setupScene, stepIn } from './support/setup-scene.ts'

const PATH = '/console/setup/brand'
const PREVIEW = '/console/setup/preview'
const PNG = new Uint8Array(Buffer.from('89504e470d0a1a0a00', 'hex'))
const LOGO = `data:image/png;base64,${Buffer.from(PNG).toString('base64')}`
const NO_FILE = new Uint8Array()
const aPngOf = (bytes: number) => new Uint8Array([...PNG, ...new Uint8Array(bytes)])

describe('name, logo and colour', () => {
  test('are saved as they are chosen', async () => {
    const { partner, partnerSettings } = await setupScene()
    const form = { name: ' Fabrikam ', colour: '#C2410C' }
    const { status, headers } = await partner.upload(PATH, form, PNG)
    expect([status, headers.location]).toEqual([303, '/console/setup?done=brand_saved'])
    const { brand } = await partnerSettings.read()
    expect(brand).toEqual({ name: 'Fabrikam', colour: '#c2410c', logo: LOGO })
  })

  test('a logo stays until another one is chosen, or it is removed', async () => {
    const { partner, partnerSettings } = await setupScene({ settings: { brand: BRAND } })
    const logo = async () => (await partnerSettings.read()).brand.logo
    await partner.upload(PATH, { name: 'Fabrikam', colour: '' }, NO_FILE)
    expect(await logo()).toBe(BRAND.logo)
    await partner.upload(PATH, { name: 'Fabrikam', colour: '' }, PNG)
    expect(await logo()).toBe(LOGO)
    await partner.upload(PATH, { name: 'Fabrikam', colour: '', removeLogo: 'yes' }, NO_FILE)
    expect(await logo()).toBeUndefined()
  })

  test('a name with markup in it is a name', async () => {
    const name = '</title><script>alert(1)</script>'
    const { partner } = await setupScene({ settings: { brand: { name } } })
    const [page, preview] = [
      await partner.get('/console/setup'),
      await partner.get(`${PREVIEW}?${new URLSearchParams({ name })}`),
    ]
    for (const { text } of [page, preview]) {
      expect(text).not.toContain('<script>alert')
      expect(text).toContain('&lt;script&gt;alert(1)')
    }
    const field = stepIn(page.text, 'brand').split('<input id="name"')[1] ?? ''
    expect(attribute(field, 'value')).toBe(name)
  })

  test.each<{
    readonly field: string
    readonly form?: Readonly<Record<string, string>>
    readonly file?: Uint8Array<ArrayBuffer>
    readonly words: RegExp
  }>([
    { field: 'name', form: { name: 'x'.repeat(61) }, words: /at most 60 characters/ },
    { field: 'name', form: { name: 'a\u202Eb' }, words: /on one line/ },
    { field: 'colour', form: { colour: 'red' }, words: /# and six/ },
    { field: 'logo', file: new Uint8Array(Buffer.from('GIF89a')), words: /PNG or SVG/ },
    { field: 'logo', file: aPngOf(25_000), words: /at most 24 KB/ },
    { field: 'logo', file: aPngOf(2_000_000), words: /at most 24 KB/ },
  ])('$field is refused beside its field, and nothing changes', async (wrong) => {
    const { field, form, file = NO_FILE, words } = wrong
    const { partner, partnerSettings } = await setupScene({ settings: { brand: BRAND } })
    const { status, text } = await partner.upload(PATH, { name: 'New', colour: '', ...form }, file)
    expect(status).toBe(422)
    expect(Object.keys(errorsIn(text))).toEqual([field])
    expect(errorsIn(text)[field]?.replaceAll(/\s+/g, ' ')).toMatch(words)
    expect(openIn(text)).toEqual(['brand'])
    expect((await partnerSettings.read()).brand).toEqual(BRAND)
  })
})

test('a file that is far too large is not even read', async () => {
  const { partner, partnerSettings } = await setupScene({ settings: { brand: BRAND } })
  const { status } = await partner.upload(PATH, { name: 'New', colour: '' }, aPngOf(4_200_000))
  expect(status).toBe(413)
  expect((await partnerSettings.read()).brand).toEqual(BRAND)
})

describe('the preview', () => {
  test('is the page of a customer with what is typed, and does nothing', async () => {
    const { partner } = await setupScene({ settings: { brand: BRAND } })
    const query = new URLSearchParams({ name: 'Contoso', colour: '#112233', logo: 'x.png' })
    const { status, text, headers } = await partner.get(`${PREVIEW}?${query}`)
    expect(status).toBe(200)
    expect(text).toContain('Connect Dynamics 365 to <bdi>Contoso</bdi>')
    expect(text).toContain('--brand:#112233')
    expect(text).toContain(BRAND.logo)
    expect(text).not.toMatch(/<form|<a |<script/)
    expect(headers['content-security-policy']).toContain("form-action 'none'")
  })

  test('may be framed by the service alone, and the page that frames it by nobody', async () => {
    const { partner } = await setupScene()
    const policyOf = async (path: string) =>
      String((await partner.get(path)).headers['content-security-policy'])
    expect(await policyOf(PREVIEW)).toContain(`frame-ancestors ${PUBLIC_URL};`)
    const page = await policyOf('/console/setup')
    expect(page).toContain("frame-src 'self'")
    expect(page).toContain("frame-ancestors 'none'")
  })

  test('leaves out what is half typed', async () => {
    const { partner } = await setupScene()
    const { status, text } = await partner.get(`${PREVIEW}?colour=%23ab&name=${'x'.repeat(61)}`)
    expect(status).toBe(200)
    expect(text).toContain('<bdi>dynamics-connect</bdi>')
  })

  test('works without script: a button shows it in the frame, and sends no token', async () => {
    const { partner } = await setupScene()
    const step = stepIn((await partner.get('/console/setup')).text, 'brand')
    expect(step).toMatch(
      /formmethod="get" formaction="\/console\/setup\/preview" formtarget="preview"/,
    )
    expect(step).toContain('<iframe name="preview"')
    expect(step).not.toMatch(/type="hidden"/)
    const [save, show] = step.split('</button>')
    expect(save).toContain('name="formToken"')
    expect(show).not.toContain('formToken')
  })

  test('follows by a script that is constant', async () => {
    const { partner } = await setupScene({ settings: { brand: BRAND } })
    expect((await partner.get('/console/setup')).text).toContain(PREVIEW_SCRIPT)
  })
})
