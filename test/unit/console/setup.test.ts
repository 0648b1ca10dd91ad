import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { STEPS } from '../../../functions/console/setup/setup-scene.ts'
import { ROUTES } from '../../../functions/http/routes.ts'
import { DAY } from '../../fakes/hand-clock.ts'
import { BRAND } from '../../support/a-view.ts'
import { aNewConnection, aSignedIn } from '../../support/builders.ts'
import { attribute, unescaped } from '../support/markup.ts'
import { PUBLIC_URL } from './support/console-fakes.ts'
import {
  CLIENT_ID,
  doneIn,
  NOW,
  openIn,
  setupScene,
  stepIn,
  type Visitor,
} from './support/setup-scene.ts'

const APP = {
  clientId: CLIENT_ID,
  kind: 'client_secret',
  endsAt: undefined,
  changedAt: NOW,
} as const
const ROLES = { callbackRole: 'arn:aws:iam::1:role/callback', refreshRole: 'arn:aws:iam::1:role/r' }
const CREDENTIAL = {
  clientId: CLIENT_ID,
  kind: 'client_secret',
  clientSecret: 'the-value',
  endsOn: '2027-05-01',
  tenant: 'contoso.example',
}

async function pageOf(partner: Visitor): Promise<string> {
  const { status, text } = await partner.get('/console/setup')
  expect(status).toBe(200)
  return text
}

describe('from nothing to done', () => {
  test('each step leads to the next', async () => {
    const scene = await setupScene({ deployment: { allowedOrigins: [] } })
    const { partner } = scene
    const page = () => pageOf(partner)
    expect([doneIn(await page()), openIn(await page())]).toEqual([[], ['reply_url']])
    await partner.post('/console/setup/app-credential', CREDENTIAL)
    expect([doneIn(await page()), openIn(await page())]).toEqual([
      ['reply_url', 'register', 'credential', 'check'],
      ['origins'],
    ])
    await partner.post('/console/setup/origins', { origins: 'https://app.example.com' })
    expect(openIn(await page())).toEqual(['brand'])
    await partner.post('/console/setup/brand', { name: 'Fabrikam', colour: '' })
    expect(openIn(await page())).toEqual(['test'])
    await partner.post('/console/setup/test')
    const [connection] = await scene.connections.list('test', {
      page: 1,
      pageSize: 9,
      ascending: true,
    })
    expect(openIn(await page())).toEqual(['test'])
    await scene.tokenSets.connect(
      aSignedIn(connection ?? expect.unreachable(), { bringsResource: true }),
    )
    expect([doneIn(await page()), openIn(await page())]).toEqual([[...STEPS], []])
  })

  test('the console begins here until there is an app, and with its health from then on', async () => {
    const { partner, bound, partnerSettings } = await setupScene()
    expect((await partner.get('/console')).headers.location).toBe('/console/setup')
    await partnerSettings.saveApp(APP)
    expect((await partner.get('/console')).headers.location).toBe('/console/health')
    expect((await bound.get('/console')).headers.location).toBe('/console/connections')
  })
})

describe('registering the app', () => {
  test('the Reply URL is there to copy', async () => {
    const { partner } = await setupScene()
    const step = stepIn(await pageOf(partner), 'reply_url')
    expect(attribute(step, 'value')).toBe(`${PUBLIC_URL}/connector/callback`)
    expect(step).toContain('data-copy=')
  })

  test('the commands carry it, and a name that could end a quotation', async () => {
    const brand = { name: `O'Brien $(reboot) & "Sons" </textarea>` }
    const { partner } = await setupScene({ settings: { brand } })
    const step = stepIn(await pageOf(partner), 'register')
    expect(step.match(/<\/textarea>/g)).toHaveLength(1)
    const commands = unescaped(/<textarea[^>]*>\n(.*?)<\/textarea>/s.exec(step)?.[1] ?? '')
    expect(commands).toContain(`--display-name 'O'\\''Brien $(reboot) & "Sons" </textarea>' \\\n`)
    expect(commands).toContain(`--web-redirect-uris '${PUBLIC_URL}/connector/callback'`)
    expect(commands).toContain('"resourceAppId":"00000007-0000-0000-c000-000000000000"')
  })

  test('the commands ask for what the guide asks for', async () => {
    const [, section = ''] = readFileSync('infra/DEPLOYING.md', 'utf8').split(
      '| Permission (delegated)',
    )
    const ids = section.split('\n\n')[0]?.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g)
    const { partner } = await setupScene()
    const step = stepIn(await pageOf(partner), 'register')
    expect(ids).toHaveLength(6)
    for (const id of ids ?? []) expect(step).toContain(id)
  })

  test('Microsoft is opened without telling it where from', async () => {
    const { partner } = await setupScene()
    const link = /<a [^>]*href="https:\/\/entra[^>]*>/.exec(await pageOf(partner))?.[0]
    expect(link).toMatch(/rel="noopener noreferrer"/)
  })
})

describe('without a secret', () => {
  test('is offered with its commands where AWS vouches for the functions', async () => {
    const scene = await setupScene({ deployment: { tokenRequestRoles: ROLES } })
    const before = unescaped(stepIn(await pageOf(scene.partner), 'credential'))
    expect(before).toContain('--id "$appId"')
    expect(before).toContain(ROLES.callbackRole)
    const form = { clientId: CLIENT_ID, kind: 'federated' }
    const answer = await scene.partner.post('/console/setup/app-credential', form)
    expect(answer.headers.location).toBe('/console/setup?done=credential_stored')
    expect(scene.appCredentialWriter.written).toEqual([{ clientId: CLIENT_ID, federated: true }])
    expect(scene.asked).toEqual([])
    const after = unescaped(stepIn(await pageOf(scene.partner), 'credential'))
    expect(after).toContain(`--id ${CLIENT_ID}`)
  })

  test('is not to be had where it does not, which says what to deploy', async () => {
    const { partner, appCredentialWriter } = await setupScene()
    const step = stepIn(await pageOf(partner), 'credential')
    expect(step).toContain('appCredential=federated')
    expect(step).not.toContain('value="federated"')
    const form = { clientId: CLIENT_ID, kind: 'federated' }
    const { status } = await partner.post('/console/setup/app-credential', form)
    expect(status).toBe(422)
    expect(appCredentialWriter.written).toEqual([])
  })
})

describe('what the page says of the stored credential', () => {
  test.each([
    [31 * DAY, undefined],
    [30 * DAY, /ends on <bdi>December 1, 2026<\/bdi>, in <bdi>30<\/bdi> days/],
    [DAY / 2, /in <bdi>1<\/bdi> days/],
    [0, /ended on <bdi>November 1, 2026<\/bdi>/],
  ])('it warns of its end %i ms before', async (left, warning) => {
    const endsAt = new Date(NOW.getTime() + left)
    const { partner } = await setupScene({ settings: { app: { ...APP, endsAt, provenAt: NOW } } })
    const text = await pageOf(partner)
    if (warning) expect(text).toMatch(warning)
    else expect(text).not.toMatch(/The credential of the app end/)
    expect(doneIn(text).includes('credential')).toBe(left > 0)
    expect(doneIn(text).includes('check')).toBe(left > 0)
  })

  test('it says that Microsoft rejects it just now, whatever was proven before', async () => {
    const scene = await setupScene({ settings: { app: { ...APP, provenAt: NOW } } })
    expect(doneIn(await pageOf(scene.partner))).toContain('check')
    await scene.brakes.openAppBreaker('AADSTS7000222', NOW)
    const text = await pageOf(scene.partner)
    expect(text).toMatch(/Microsoft rejects the credential.*has expired \(<bdi>AADSTS7000222/s)
    expect(openIn(text)).toEqual(['check'])
  })
})

describe('checking what is stored', () => {
  test('an acceptance is remembered', async () => {
    const scene = await setupScene({ settings: { app: APP } })
    const answer = await scene.partner.post('/console/setup/check', {
      checkTenant: ' contoso.example ',
    })
    expect(answer.headers.location).toBe('/console/setup?done=check_accepted')
    expect(scene.askedOfStored).toEqual(['contoso.example'])
    const { text } = await scene.partner.get('/console/setup?done=check_accepted')
    expect(text).toMatch(/role="status">.*Microsoft accepts what is stored/s)
    expect(doneIn(text)).toContain('check')
  })

  test.each([
    [
      { verdict: 'rejected', cause: 'secret_wrong', code: 7000215 },
      /secret is wrong.*AADSTS7000215/,
    ],
    [{ verdict: 'rejected', cause: 'secret_expired', code: 7000222 }, /has expired.*AADSTS7000222/],
    [{ verdict: 'rejected', cause: 'certificate_unknown', code: 700027 }, /know this certificate/],
    [{ verdict: 'rejected', cause: 'federation_untrusted', code: 70021 }, /does not trust/],
    [{ verdict: 'rejected', cause: 'other', code: undefined }, /rejects the credential/],
    [{ verdict: 'unknown_app', code: 700016 }, /knows no such app.*AADSTS700016/],
    [{ verdict: 'wrong_tenant', cause: 'not_found', code: 90002 }, /no such tenant.*AADSTS90002/],
    [{ verdict: 'wrong_tenant', cause: 'malformed', code: undefined }, /neither a tenant id nor/],
    [{ verdict: 'wrong_tenant', cause: 'in_another_cloud', code: 90038 }, /another cloud/],
    [{ verdict: 'not_refused' }, /is no proof/],
    [{ verdict: 'no_answer', status: 503 }, /did not answer/],
    [{ verdict: 'unreadable', cause: 'secret_unreadable' }, /finds no credential/],
    [{ verdict: 'unreadable', cause: 'identity_token_unavailable' }, /AWS does not vouch/],
  ] as const)('%j is told in words', async (verdict, words) => {
    const scene = await setupScene({ settings: { app: APP } })
    scene.stored.answerNext(verdict)
    const { status, text } = await scene.partner.post('/console/setup/check', {
      checkTenant: 'x.y',
    })
    expect(status).toBe(200)
    expect(openIn(text)).toEqual(['check'])
    expect(stepIn(text, 'check')).toMatch(words)
    expect(attribute(stepIn(text, 'check').split('id="checkTenant"')[1] ?? '', 'value')).toBe('x.y')
    expect(doneIn(await pageOf(scene.partner))).not.toContain('check')
  })

  test('waits for a credential', async () => {
    const { partner } = await setupScene()
    expect(stepIn(await pageOf(partner), 'check')).toMatch(/Store the credential first/)
  })
})

describe('where people return to', () => {
  test('is saved as browsers write it, each once', async () => {
    const { partner, partnerSettings } = await setupScene()
    const origins =
      ' https://App.example.com/ \r\n\r\nhttp://localhost:3000\r\nhttps://app.example.com'
    const answer = await partner.post('/console/setup/origins', { origins })
    expect(answer.headers.location).toBe('/console/setup?done=origins_saved')
    const saved = ['https://app.example.com', 'http://localhost:3000']
    expect((await partnerSettings.read()).allowedOrigins).toEqual(saved)
    const step = stepIn(await pageOf(partner), 'origins')
    expect(step).toContain(`\n${saved.join('\n')}</textarea>`)
    expect(step).toContain('<code>https://fixed.example</code>')
  })

  test('comes back with each line that is none, and nothing is saved', async () => {
    const { partner, partnerSettings } = await setupScene()
    const origins = 'https://a.example\n\n*.example\nhttps://b.example/path\n</textarea><script>'
    const { status, text } = await partner.post('/console/setup/origins', { origins })
    expect(status).toBe(422)
    const step = stepIn(text, 'origins')
    expect(step).toMatch(/Line <bdi>3<\/bdi>: <bdi>\*\.example<\/bdi>/)
    expect(step).toMatch(/Line <bdi>4<\/bdi>/)
    expect(step).toMatch(/Write it like https:\/\/app\.example\.com/)
    expect(unescaped(step)).toContain(`\n${origins}</textarea>`)
    expect(step).not.toContain('<script>')
    expect(openIn(text)).toEqual(['origins'])
    expect((await partnerSettings.read()).allowedOrigins).toEqual([])
  })

  test('may be emptied, and has an end', async () => {
    const settings = { allowedOrigins: ['https://a.example'] }
    const { partner, partnerSettings } = await setupScene({ settings })
    const many = Array.from({ length: 51 }, (_, n) => `https://a${n}.example`).join('\n')
    const { text } = await partner.post('/console/setup/origins', { origins: many })
    expect(text).toMatch(/too many: write at most <bdi>50/)
    await partner.post('/console/setup/origins', { origins: '' })
    expect((await partnerSettings.read()).allowedOrigins).toEqual([])
  })
})

describe('connecting a test account', () => {
  test('sends the browser where a customer goes, and back to the connection', async () => {
    const scene = await setupScene({ settings: { app: APP } })
    const { status, headers } = await scene.partner.post('/console/setup/test')
    expect(status).toBe(303)
    const link = new URL(String(headers.location), PUBLIC_URL)
    const [made] = await scene.connections.list('test', { page: 1, pageSize: 9, ascending: true })
    expect(link.pathname).toBe('/connector/authorize')
    expect(link.searchParams.get('id')).toBe(String(made?.id))
    expect(link.searchParams.get('targetOrigin')).toBe(
      `${PUBLIC_URL}/console/connections/${made?.id}`,
    )
    expect(made).toMatchObject({ status: 'pending', resource: undefined })
    expect(stepIn(await pageOf(scene.partner), 'test')).toContain(
      `/console/connections/${made?.id}"`,
    )
  })

  test('takes up the one that waits, and no other', async () => {
    const scene = await setupScene({ settings: { app: APP } })
    const known = await scene.connections.create(aNewConnection({ accountId: 'test' }))
    await scene.partner.post('/console/setup/test')
    await scene.partner.post('/console/setup/test')
    const all = await scene.connections.list('test', { page: 1, pageSize: 9, ascending: true })
    expect(all).toHaveLength(2)
    expect(all.map(({ id }) => id)).toContain(known.id)
  })

  test('has to wait for an app', async () => {
    const scene = await setupScene()
    const { status, text } = await scene.partner.post('/console/setup/test')
    expect([status, openIn(text)]).toEqual([422, ['test']])
    expect(stepIn(text, 'test')).toMatch(/Store the credential first/)
    expect(await scene.connections.names('test')).toEqual(new Map())
  })
})

describe('whoever may not', () => {
  const routes = ROUTES.console.filter((route) => route.includes('/setup'))

  test.each(routes)('%s is not there for who is bound to an account', async (route) => {
    const scene = await setupScene()
    const [method, path = ''] = route.split(' ')
    const form = { ...CREDENTIAL, origins: 'https://a.example', name: 'Mine' }
    const answer = await (method === 'GET' ? scene.bound.get(path) : scene.bound.post(path, form))
    const nothing = await scene.bound.get('/console/nothing')
    expect(answer.status).toBe(404)
    const titleOf = (text: string) => /<h1>.*?<\/h1>/.exec(text)?.[0]
    expect(titleOf(answer.text)).toBe(titleOf(nothing.text))
    expect(scene.appCredentialWriter.written).toEqual([])
  })

  test.each(routes.filter((route) => route.startsWith('POST')))(
    '%s does nothing without the token of the form',
    async (route) => {
      const scene = await setupScene({ settings: { app: APP, brand: BRAND } })
      const before = await scene.partnerSettings.read()
      const form = { ...CREDENTIAL, origins: 'https://a.example', name: 'Mine' }
      const { status } = await scene.partner.postBare(route.split(' ')[1] ?? '', form)
      expect(status).toBe(403)
      expect(await scene.partnerSettings.read()).toEqual(before)
      expect([
        ...scene.appCredentialWriter.written,
        ...scene.asked,
        ...scene.askedOfStored,
      ]).toEqual([])
      expect(await scene.connections.names('test')).toEqual(new Map())
    },
  )
})
