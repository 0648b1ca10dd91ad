import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { ROUTES } from '../../../functions/http/routes.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'
import { attribute } from '../support/markup.ts'
import { CLIENT_ID, errorsIn, NOW, openIn, setupScene, stepIn } from './support/setup-scene.ts'

const PATH = '/console/setup/app-credential'
const CANARY = 'canary~client-secret'
const OTHER_ID = '99999999-2222-4333-8444-555555555555'
const SECRET = {
  clientId: CLIENT_ID,
  kind: 'client_secret',
  clientSecret: CANARY,
  endsOn: '2027-05-01',
  tenant: 'contoso.example',
}
const CERTIFICATE = selfSigned()
const APP = {
  clientId: CLIENT_ID,
  kind: 'client_secret',
  endsAt: undefined,
  changedAt: NOW,
} as const

describe('a client secret', () => {
  test('is stored once Microsoft accepted it, and the settings say what may be shown', async () => {
    const scene = await setupScene()
    const { status, headers } = await scene.partner.post(PATH, {
      ...SECRET,
      clientId: ` ${CLIENT_ID} `,
      clientSecret: ` ${CANARY} `,
    })
    expect([status, headers.location]).toEqual([303, '/console/setup?done=credential_proven'])
    expect(scene.asked).toMatchObject([
      { credential: { clientId: CLIENT_ID, clientSecret: CANARY }, tenant: 'contoso.example' },
    ])
    const { clientId, endsOn } = SECRET
    expect(scene.appCredentialWriter.written).toEqual([{ clientId, clientSecret: CANARY, endsOn }])
    expect((await scene.partnerSettings.read()).app).toEqual({
      ...APP,
      endsAt: new Date('2027-05-01'),
      provenAt: NOW,
    })
    expect(scene.log.lines).toMatchObject([
      { name: 'console_action', fields: { reason: 'app_credential', outcome: 'stored' } },
    ])
  })

  test.each([
    ['clientId', { clientId: 'Contoso Connect' }, /no client id/],
    ['clientSecret', { clientSecret: '' }, /Paste the Value/],
    ['clientSecret', { clientSecret: OTHER_ID }, /This is the Secret ID/],
    ['endsOn', { endsOn: '2027-02-30' }, /no date/],
    ['endsOn', { endsOn: '2026-11-01' }, /has passed/],
  ])('is not even asked about when %s is wrong: %j', async (field, wrong, words) => {
    const scene = await setupScene()
    const { status, text } = await scene.partner.post(PATH, { ...SECRET, ...wrong })
    expect(status).toBe(422)
    expect(Object.keys(errorsIn(text))).toEqual([field])
    expect(errorsIn(text)[field]).toMatch(words)
    expect(openIn(text)).toEqual(['credential'])
    expect(scene.asked).toEqual([])
    expect(scene.appCredentialWriter.written).toEqual([])
  })

  test('comes back without itself, and with the rest as it was typed', async () => {
    const scene = await setupScene()
    scene.microsoft.answerNext({ verdict: 'unknown_app', code: 700016 })
    const { text } = await scene.partner.post(PATH, { ...SECRET, tenant: '"><script>' })
    const fieldOf = (name: string) => attribute(text.split(`<input id="${name}"`)[1] ?? '', 'value')
    expect(fieldOf('clientId')).toBe(CLIENT_ID)
    expect(fieldOf('endsOn')).toBe('2027-05-01')
    expect(fieldOf('tenant')).toBe('"><script>')
    expect(fieldOf('clientSecret')).toBe('')
    expect(stepIn(text, 'credential')).not.toContain('<script>')
  })
})

describe('what Microsoft refuses is not stored, and told beside its field', () => {
  test.each([
    [
      { verdict: 'rejected', cause: 'secret_wrong', code: 7000215 },
      'clientSecret',
      /its Value, not/,
    ],
    [{ verdict: 'rejected', cause: 'secret_expired', code: 7000222 }, 'clientSecret', /expired/],
    [{ verdict: 'rejected', cause: 'other', code: undefined }, 'clientSecret', /invalid_client/],
    [{ verdict: 'unknown_app', code: 700016 }, 'clientId', /no such app.*AADSTS700016/],
    [{ verdict: 'wrong_tenant', cause: 'not_found', code: 90002 }, 'tenant', /no such tenant/],
    [{ verdict: 'wrong_tenant', cause: 'malformed', code: undefined }, 'tenant', /neither/],
  ] as const)('%j', async (verdict, field, words) => {
    const scene = await setupScene({ settings: { app: APP } })
    scene.microsoft.answerNext(verdict)
    // Whoever agreed beforehand agreed to a doubt, not to a refusal.
    const { status, text } = await scene.partner.post(PATH, { ...SECRET, storeAnyway: 'yes' })
    expect(status).toBe(422)
    expect(Object.keys(errorsIn(text))).toEqual([field])
    expect(errorsIn(text)[field]).toMatch(words)
    expect(text).toMatch(/role="alert">.*Nothing was stored/s)
    expect(scene.appCredentialWriter.written).toEqual([])
    expect((await scene.partnerSettings.read()).app).toEqual(APP)
  })
})

describe('what Microsoft leaves open', () => {
  test.each([
    [{ verdict: 'not_refused' }, /no proof/],
    [{ verdict: 'no_answer', status: undefined }, /did not answer/],
  ] as const)('%j is stored by whoever was told and agrees', async (verdict, words) => {
    const scene = await setupScene()
    scene.microsoft.answerNext(verdict)
    const first = await scene.partner.post(PATH, { ...SECRET, tenant: '' })
    expect(first.status).toBe(422)
    expect(errorsIn(first.text).storeAnyway).toMatch(words)
    expect(first.text).toContain('type="checkbox" id="storeAnyway"')
    expect(scene.appCredentialWriter.written).toEqual([])
    scene.microsoft.answerNext(verdict)
    const second = await scene.partner.post(PATH, { ...SECRET, tenant: '', storeAnyway: 'yes' })
    expect(second.headers.location).toBe('/console/setup?done=credential_stored')
    expect(scene.appCredentialWriter.written).toHaveLength(1)
    expect((await scene.partnerSettings.read()).app?.provenAt).toBeUndefined()
    expect(scene.asked.map(({ tenant }) => tenant)).toEqual([undefined, undefined])
  })
})

describe('another app', () => {
  test('is taken only from whoever says that it is meant', async () => {
    const scene = await setupScene({ settings: { app: APP } })
    const other = { ...SECRET, clientId: OTHER_ID }
    const { status, text } = await scene.partner.post(PATH, other)
    expect(status).toBe(422)
    expect(errorsIn(text).anotherApp).toMatch(new RegExp(`${CLIENT_ID}.*have to sign in again`))
    expect([...scene.asked, ...scene.appCredentialWriter.written]).toEqual([])
    await scene.partner.post(PATH, { ...other, anotherApp: 'yes' })
    expect((await scene.partnerSettings.read()).app?.clientId).toBe(OTHER_ID)
  })

  test('is none that only has its id in other letters', async () => {
    const app = { ...APP, clientId: 'AAAAAAAA-2222-4333-8444-555555555555' }
    const scene = await setupScene({ settings: { app } })
    const form = { ...SECRET, clientId: app.clientId.toLowerCase() }
    expect((await scene.partner.post(PATH, form)).status).toBe(303)
  })
})

describe('a certificate', () => {
  const form = { clientId: CLIENT_ID, kind: 'certificate', tenant: 'contoso.example' }

  test('is stored with its key, and ends when it says', async () => {
    const scene = await setupScene()
    const certificate = `${CERTIFICATE.keyPem}${CERTIFICATE.pem}`.replaceAll('\n', '\r\n')
    const answer = await scene.partner.post(PATH, { ...form, certificate })
    expect(answer.headers.location).toBe('/console/setup?done=credential_proven')
    expect(scene.asked).toMatchObject([
      { credential: { kind: 'certificate', thumbprint: CERTIFICATE.thumbprint } },
    ])
    const { pem, keyPem: privateKey } = CERTIFICATE
    const stored = { clientId: CLIENT_ID, certificate: pem, privateKey }
    expect(scene.appCredentialWriter.written).toEqual([stored])
    const { app } = await scene.partnerSettings.read()
    expect(app).toMatchObject({ kind: 'certificate', endsAt: new Date('2036-01-01') })
  })

  test.each([
    ['', /no certificate/],
    [CERTIFICATE.pem, /no private key/],
    [CERTIFICATE.pem + selfSigned().keyPem, /does not belong/],
    [`${CERTIFICATE.pem}-----BEGIN ENCRYPTED PRIVATE KEY-----`, /encrypted/],
  ])(
    'is refused with words when something is wrong with it, and nothing of it comes back',
    async (certificate, words) => {
      const scene = await setupScene()
      const { status, text } = await scene.partner.post(PATH, { ...form, certificate })
      expect(status).toBe(422)
      expect(errorsIn(text).certificate).toMatch(words)
      expect(text).not.toMatch(/MII|BEGIN ENCRYPTED/)
      expect(scene.asked).toEqual([])
    },
  )

  test('is refused beside itself when Microsoft does not know it', async () => {
    const scene = await setupScene()
    scene.microsoft.answerNext({ verdict: 'rejected', cause: 'certificate_unknown', code: 700027 })
    const certificate = CERTIFICATE.pem + CERTIFICATE.keyPem
    const { text } = await scene.partner.post(PATH, { ...form, certificate })
    expect(errorsIn(text).certificate).toMatch(/does not know this certificate.*AADSTS700027/)
    expect(text).not.toContain('PRIVATE KEY-----\n')
    expect(scene.appCredentialWriter.written).toEqual([])
  })
})

describe('no secret leaves', () => {
  const key = CERTIFICATE.keyPem.split('\n')[3] ?? ''
  const forms = [SECRET, { ...SECRET, kind: 'certificate', certificate: CERTIFICATE.keyPem }]
  const routes = ROUTES.console.filter((route) => route.includes('/setup'))

  test.each(routes)('%s never shows, logs or sends on what was typed as one', async (route) => {
    const scene = await setupScene({ settings: { app: APP } })
    const [method, path = ''] = route.split(' ')
    const answers = []
    for (const verdict of ['accepted', 'not_refused'] as const) {
      for (const form of forms) {
        scene.microsoft.answerNext({ verdict })
        const sent = { ...form, certificate: 'certificate' in form ? form.certificate : key }
        answers.push(
          method === 'GET' ? await scene.partner.get(path) : await scene.partner.post(path, sent),
        )
      }
    }
    answers.push(await scene.partner.get('/console/setup'))
    const seen = JSON.stringify([answers, scene.log.lines])
    expect(seen).not.toContain(CANARY)
    expect(seen).not.toContain(key)
  })

  test('nor does a store that fails', async () => {
    const scene = await setupScene()
    scene.microsoft.answerNext(() => {
      throw new ServiceError('the store did not answer', { code: 'store_unavailable' })
    })
    const answer = await scene.partner.post(PATH, SECRET)
    expect(answer.status).toBe(503)
    expect(JSON.stringify([answer, scene.log.lines])).not.toContain(CANARY)
  })
})
