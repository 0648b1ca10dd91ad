import { describe, expect, test } from 'vitest'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { MINUTE } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import { aView } from '../../support/a-view.ts'
import { aRefusal, aResource, OTHER_TENANT, RESOURCE, TENANT } from '../../support/builders.ts'
import { aWorld, PARTNER_ORIGIN, storedIn, tokensIn } from '../../support/world.ts'
import { SECURITY_HEADERS } from '../support/answered.ts'
import { attribute, attributes } from '../support/markup.ts'
import { atMicrosoft, type SignInScene, signInScene } from '../support/sign-in-scene.ts'

const CODE = 'canary-code-of-the-sign-in'

/** The connection is as it was, and its link still works. */
async function expectNothingConnected({ world, connection, token }: SignInScene): Promise<void> {
  expect(await storedIn(world, connection.id)).toEqual(connection)
  expect(world.signInTokens.find(digestOf(token))).toMatchObject({ spentBy: undefined })
}

describe('a sign-in that Microsoft let through', () => {
  test('connects, and goes back with connection and status', async () => {
    const { begin, comeBack, world, connection } = await signInScene()
    const { status, headers, cookies } = await comeBack(await begin())
    expect([status, cookies]).toEqual([303, []])
    expect(headers).toMatchObject({
      ...SECURITY_HEADERS,
      location: `${PARTNER_ORIGIN}/done?a=1&connectionId=${connection.id}&status=connected`,
    })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      generation: 1,
    })
  })

  test('redeems the code with what only this browser can know', async () => {
    const { begin, comeBack, world } = await signInScene()
    const at = await begin()
    await comeBack(at, { code: CODE, session_state: 'x', iss: 'https://issuer.example' })
    expect(world.tokenEndpoint.codeGrants).toMatchObject([
      { code: CODE, issuer: 'https://issuer.example', resource: RESOURCE },
    ])
    const { codeVerifier, nonce } = world.tokenEndpoint.codeGrants[0] ?? {}
    expect(at.location.searchParams.get('nonce')).toBe(nonce)
    expect(codeVerifier).toMatch(/^[\w-]{43}$/)
  })

  test('uses the link up', async () => {
    const scene = await signInScene()
    await scene.comeBack(await scene.begin())
    expect(await scene.open()).toMatchObject({
      status: 403,
      text: expect.stringContaining('has been used already'),
    })
  })

  test('tells a window that waits for a message, and nobody else', async () => {
    const { begin, comeBack } = await signInScene()
    const link = { targetOrigin: PARTNER_ORIGIN, callbackMessage: 'all "done"' }
    const { status, headers, text } = await comeBack(await begin(link))
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(text).toContain('data-words="all &quot;done&quot;"')
    expect(text).toContain(`data-origin="${PARTNER_ORIGIN}"`)
    expect(headers['content-security-policy']).toMatch(/script-src 'sha256-[^' ]+'$/)
  })

  test('shows the same result on a reload, and redeems nothing twice', async () => {
    const { begin, comeBack, world, connection } = await signInScene()
    const at = await begin()
    const first = await comeBack(at)
    const tokens = await tokensIn(world, connection.id)
    expect(await comeBack(at)).toEqual(first)
    expect(world.tokenEndpoint.codeGrants.length).toBe(1)
    expect(await tokensIn(world, connection.id)).toEqual(tokens)
  })

  test('asks a reload for patience while the first one is at work', async () => {
    const { begin, comeBack, world } = await signInScene()
    const at = await begin()
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    world.tokenEndpoint.answerNextCode(async () => {
      asked.resolve()
      await answer.promise
      return { outcome: 'unavailable', status: 503, retryAfter: undefined }
    })
    const first = comeBack(at)
    await asked.promise
    expect(await comeBack(at)).toMatchObject({
      status: 202,
      text: expect.stringContaining('Signing you in'),
    })
    answer.resolve()
    expect((await first).status).toBe(200)
    expect((await comeBack(at)).text).toContain('Microsoft is busy or did not answer')
  })

  test('finds its cookie in the header as well, where emulators leave it', async () => {
    const { begin, callback } = await signInScene()
    const { state, cookie } = await begin()
    const headers = { cookie: `other=1; ${cookie}` }
    expect(await callback({ query: { code: CODE, state }, headers })).toMatchObject({ status: 303 })
  })

  test('of one tab does not disturb the one of another', async () => {
    const { begin, callback } = await signInScene()
    const [one, two] = [await begin(), await begin()]
    const cookies = [one.cookie, two.cookie]
    expect(await callback({ query: { code: CODE, state: two.state }, cookies })).toMatchObject({
      status: 303,
    })
    expect(await callback({ query: { code: CODE, state: one.state }, cookies })).toMatchObject({
      status: 200,
      text: expect.stringContaining('has been used already'),
    })
  })
})

describe('a sign-in that did not work out', () => {
  test.each([
    [{ error: 'access_denied', error_subcode: 'cancel' }, 'access_denied', 'cancelled'],
    [
      { error: 'access_denied', error_description: 'AADSTS65004: canary' },
      'AADSTS65004',
      'The permission was not given',
    ],
    [
      { error: 'consent_required', error_description: 'AADSTS65001: canary' },
      'AADSTS65001',
      'administrator',
    ],
    [{ error: 'temporarily_unavailable' }, 'temporarily_unavailable', 'Microsoft is busy'],
    [{ error: '<script>canary</script>' }, 'unknown_error', 'not known here'],
    [{ error: 'CANARY error' }, 'unknown_error', 'not known here'],
    [{ error: '' }, 'unknown_error', 'not known here'],
    [{ error: 'a'.repeat(65) }, 'unknown_error', 'not known here'],
    [{ error: 'server_error', code: CODE }, 'server_error', 'Microsoft is busy'],
  ])('says so in our own words: %j', async (query, code, words) => {
    const scene = await signInScene()
    const { status, text } = await scene.comeBack(await scene.begin(), query)
    expect(status).toBe(200)
    expect(text).toContain(`<dd>${code}</dd>`)
    expect(text).toContain(words)
    expect(text).not.toMatch(/canary/i)
    expect(text).not.toContain('<script>canary')
    expect(scene.world.tokenEndpoint.codeGrants).toEqual([])
    await expectNothingConnected(scene)
  })

  test.each([
    [{ outcome: 'refused', refusal: aRefusal({ code: 54005 }) }, 'AADSTS54005'],
    [{ outcome: 'unavailable', status: 503, retryAfter: undefined }, 'microsoft_unavailable'],
    [{ outcome: 'malformed', what: 'canary' }, 'answer_not_valid'],
  ] as const)('keeps nothing of an answer that is no success: %j', async (answer, code) => {
    const scene = await signInScene()
    scene.world.tokenEndpoint.answerNextCode(answer)
    const { status, text } = await scene.comeBack(await scene.begin())
    expect(status).toBe(200)
    expect(text).toContain(`<dd>${code}</dd>`)
    expect(text).not.toContain('canary')
    await expectNothingConnected(scene)
  })

  test('keeps nothing of a sign-in at another organization', async () => {
    const scene = await signInScene()
    scene.world.signsIn({ tenantId: OTHER_TENANT })
    const { text } = await scene.comeBack(await scene.begin())
    expect(text).toContain('<dd>wrong_tenant</dd>')
    await expectNothingConnected(scene)
  })

  test('names the way back, with what happened, and does not go there by itself', async () => {
    const { begin, comeBack, connection } = await signInScene()
    const { headers, text } = await comeBack(await begin(), { error: 'access_denied' })
    expect(headers).not.toHaveProperty('location')
    expect(text).toContain(
      `href="${PARTNER_ORIGIN}/done?a=1&amp;connectionId=${connection.id}&amp;status=failed"`,
    )
  })

  test('shows the same on a reload', async () => {
    const { begin, comeBack, world } = await signInScene()
    const at = await begin()
    const first = await comeBack(at, { error: 'access_denied' })
    world.clock.advance(MINUTE)
    expect(await comeBack(at, { error: 'access_denied' })).toEqual(first)
  })

  test('leaves the link as it was, for another try', async () => {
    const scene = await signInScene()
    await scene.comeBack(await scene.begin(), { error: 'access_denied' })
    expect(await scene.comeBack(await scene.begin())).toMatchObject({ status: 303 })
  })

  test('since the service failed has a page with an id, and a reload knows that it failed', async () => {
    const scene = await signInScene()
    scene.world.tokenEndpoint.answerNextCode(() => {
      throw new Error('canary')
    })
    const at = await scene.begin()
    const { status, headers, text } = await scene.comeBack(at)
    expect([status, headers]).toMatchObject([500, SECURITY_HEADERS])
    expect(text).not.toContain('canary')
    const failure = scene.log.lines.find(({ kind }) => kind === 'failure')
    expect(text).toContain(String(failure?.fields.requestId))
    expect(await scene.comeBack(at)).toMatchObject({
      status: 200,
      text: expect.stringContaining('could not be finished'),
    })
    await expectNothingConnected(scene)
  })

  test('since the credential cannot be read uses nothing up: a reload goes on', async () => {
    const scene = await signInScene()
    const credential = await scene.world.appCredentials.read()
    const at = await scene.begin()
    scene.world.appCredentials.set(undefined)
    expect(await scene.comeBack(at)).toMatchObject({ status: 503 })
    scene.world.appCredentials.set(credential)
    expect(await scene.comeBack(at)).toMatchObject({ status: 303 })
  })
})

describe('a refusal that an administrator can lift', () => {
  const CONSENT = {
    client_id: APP_CREDENTIAL.clientId,
    scope: `${RESOURCE}/user_impersonation offline_access openid profile`,
    redirect_uri: 'https://connect.example/connector/callback',
  }
  const described = (code: number) => ({
    error: 'invalid_client',
    error_description: `AADSTS${code}: canary`,
  })

  /** The link for the administrator, to copy. */
  const consentLink = (text: string): URL | undefined => {
    const [input] = /<input id="admin-link"[^>]*>/.exec(text) ?? []
    return input === undefined ? undefined : new URL(attribute(input, 'value'))
  }

  test.each([
    ...[65001, 65004, 50150, 90093, 90094, 90095, 90099, 900941, 900981, 650056].map(described),
    ...[700011, 700016, 7000229].map(described),
    { error: 'access_denied', error_subcode: 'cancel' },
    { error: 'access_denied' },
    { error: 'consent_required' },
    { error: 'unauthorized_client' },
    { error: 'interaction_required', error_subcode: 'consent_required' },
  ])('comes with the link for it: %j', async (query) => {
    const scene = await signInScene()
    const { text, headers } = await scene.comeBack(await scene.begin(), query)
    const link = consentLink(text)
    expect(`${link?.origin}${link?.pathname}`).toBe(
      `https://login.microsoftonline.com/${TENANT}/v2.0/adminconsent`,
    )
    expect(Object.fromEntries(link?.searchParams ?? [])).toEqual(CONSENT)
    expect(attributes(text, 'href').find((href) => href.startsWith('mailto:'))).toContain(
      encodeURIComponent(encodeURIComponent(CONSENT.redirect_uri)),
    )
    expect(headers['content-security-policy']).toMatch(/script-src 'sha256-[^' ]+'$/)
    expect(text).not.toContain('canary')
  })

  test.each([
    ...[50020, 50105, 650051, 53003, 54005, 7000222, 500113, 90072].map(described),
    { error: 'server_error' },
    { error: 'login_required' },
  ])('is no other one: %j', async (query) => {
    const scene = await signInScene()
    const { text } = await scene.comeBack(await scene.begin(), query)
    expect(consentLink(text)).toBeUndefined()
    expect(text).not.toContain('adminconsent')
  })

  test('comes with it also when it is the code that is refused', async () => {
    const scene = await signInScene()
    const refusal = aRefusal({ code: 90094 })
    scene.world.tokenEndpoint.answerNextCode({ outcome: 'refused', refusal })
    const { text } = await scene.comeBack(await scene.begin())
    expect(Object.fromEntries(consentLink(text)?.searchParams ?? [])).toEqual(CONSENT)
  })

  test('while an environment is to be found is lifted for the list of them', async () => {
    const scene = await signInScene({ connection: { resource: undefined } })
    const at = atMicrosoft(await scene.send(await scene.open(), { step: 'find' }))
    const { text } = await scene.comeBack(at, { error: 'consent_required' })
    const link = consentLink(text)
    expect(link?.pathname).toBe('/organizations/v2.0/adminconsent')
    expect(link?.searchParams.get('scope')).toMatch(
      /^https:\/\/globaldisco\.crm\.dynamics\.com\/user_impersonation /,
    )
  })

  test('is lifted at the login host of the cloud', async () => {
    const resource = aResource('https://contoso.crm.dynamics.cn')
    const world = { ...aWorld(), clouds: ['china'] as const }
    const scene = await signInScene({ world, connection: { resource } })
    const { text } = await scene.comeBack(await scene.begin(), { error: 'consent_required' })
    expect(consentLink(text)?.host).toBe('login.partner.microsoftonline.cn')
  })
})

describe('what an administrator needs to find the attempt', () => {
  const ID = '0f0f0f0f-0000-4000-8000-00000000000a'
  const description = [
    'AADSTS50105: canary',
    'Trace ID: 1c1c1c1c-0000-4000-8000-000000000001',
    `Correlation ID: ${ID}`,
    'Timestamp: 2026-03-01 11:11:11Z',
  ].join('\r\n')

  test('is taken from the description, and nothing else of it', async () => {
    const scene = await signInScene()
    const query = { error: 'invalid_grant', error_description: description }
    const { text } = await scene.comeBack(await scene.begin(), query)
    expect(text).toContain(`<dd>${ID}</dd>`)
    expect(text).toContain('<dd>AADSTS50105</dd>')
    expect(text).toContain(aView().texts.pages.failed.log)
    expect(text).not.toMatch(/canary|1c1c1c1c|11:11:11/)
    expect(scene.log.lines.at(-1)?.fields).toMatchObject({
      reason: 'AADSTS50105',
      correlationId: ID,
    })
    expect(JSON.stringify(scene.log.lines)).not.toMatch(/canary|1c1c1c1c/)
  })

  test.each(['Correlation ID: <b>canary</b>', `Correlation ID: ${ID}0`, `correlation: ${ID}`])(
    'is not there when the description has none: %s',
    async (text) => {
      const scene = await signInScene()
      const query = { error: 'invalid_grant', error_description: `AADSTS50105: ${text}` }
      const failed = await scene.comeBack(await scene.begin(), query)
      expect(failed.text).toContain('<dd>AADSTS50105</dd>')
      expect(failed.text).not.toContain(aView().texts.pages.failed.correlation_id)
      expect(failed.text).not.toMatch(/canary|0f0f0f0f/)
    },
  )
})

test.each([
  ['wrong_tenant', { tenantId: OTHER_TENANT }, {}],
  ['unexpected_user', { objectId: OTHER_TENANT }, { expectedObjectId: TENANT }],
  ['unexpected_tenant', { tenantId: OTHER_TENANT }, { expectedTenantId: TENANT }],
] as const)(
  'an account that may not connect is named to whoever used it: %s',
  async (code, user, terms) => {
    const scene = await signInScene({ link: { terms } })
    scene.world.signsIn({ ...user, username: 'eve@<b>.example' })
    const { text } = await scene.comeBack(await scene.begin())
    expect(text).toContain(`<dd>${code}</dd>`)
    expect(text).toContain('<bdi>eve@&lt;b&gt;.example</bdi>')
    expect(JSON.stringify(scene.log.lines)).not.toContain('eve@')
    await expectNothingConnected(scene)
  },
)

describe('an answer that does not belong to this browser', () => {
  test.each<[what: string, bend: (at: { state: string; cookie: string }) => readonly string[]]>([
    ['no cookie', () => []],
    ['a cookie of another name', ({ cookie }) => [cookie.replace('__Host-', '')]],
    ['a cookie with another secret', ({ cookie }) => [`${cookie.split('=')[0]}=${'x'.repeat(43)}`]],
    ['a cookie that is cut off', ({ cookie }) => [cookie.slice(0, -1)]],
  ])('with %s connects nothing and consumes nothing', async (_, bend) => {
    const scene = await signInScene()
    const at = await scene.begin()
    const cookies = bend(at)
    const refused = await scene.callback({ query: { code: CODE, state: at.state }, cookies })
    expect(refused).toMatchObject({
      status: 400,
      text: expect.stringContaining('does not belong to a sign-in'),
    })
    expect(scene.world.tokenEndpoint.codeGrants).toEqual([])
    await expectNothingConnected(scene)
    expect(await scene.comeBack(at)).toMatchObject({ status: 303 })
  })

  test('of another attempt of this browser is not taken for this one', async () => {
    const scene = await signInScene()
    const [one, two] = [await scene.begin(), await scene.begin()]
    const [name] = two.cookie.split('=')
    const [, secret] = one.cookie.split('=')
    const cookies = [`${name}=${secret}`]
    const refused = await scene.callback({ query: { code: CODE, state: two.state }, cookies })
    expect(refused.status).toBe(400)
    await expectNothingConnected(scene)
  })

  test('that comes too late asks to begin again', async () => {
    const scene = await signInScene()
    const at = await scene.begin()
    scene.world.clock.advance(30 * MINUTE)
    const late = await scene.comeBack(at)
    expect(late).toMatchObject({
      status: 400,
      text: expect.stringContaining('took too long'),
    })
    await expectNothingConnected(scene)
  })
})

describe('an answer that is malformed', () => {
  test.each([
    ['a repeated code', (state: string) => `code=a&code=b&state=${state}`],
    ['a repeated state', (state: string) => `code=a&state=${state}&state=${state}`],
    ['no code', (state: string) => `state=${state}`],
    ['an empty code', (state: string) => `code=&state=${state}`],
    ['a code that is too long', (state: string) => `code=${'a'.repeat(4097)}&state=${state}`],
    ['a state that is too long', (state: string) => `code=a&state=${state}${'a'.repeat(100)}`],
  ])('with %s is refused by a page, and consumes nothing', async (_, query) => {
    const scene = await signInScene()
    const at = await scene.begin()
    const refused = await scene.callback({ query: query(at.state), cookies: [at.cookie] })
    expect(refused).toMatchObject({
      status: 400,
      headers: { ...SECURITY_HEADERS, 'content-type': 'text/html; charset=utf-8' },
      text: expect.stringContaining('The answer is incomplete or was changed on its way'),
    })
    expect(refused.text).not.toContain(at.state)
    await expectNothingConnected(scene)
    expect(await scene.comeBack(at)).toMatchObject({ status: 303 })
  })

  test.each(['', 'code=a', 'code=a&state='])('is refused without a state: %j', async (query) => {
    const { callback } = await signInScene()
    expect(await callback({ query })).toMatchObject({ status: 400 })
  })
})

describe('the return of an administrator', () => {
  test.each([
    ['admin_consent=True&tenant=t&scope=s&state=x', 'Permission granted'],
    [
      'admin_consent=True&tenant=t&error=access_denied&error_description=canary',
      'Permission not granted',
    ],
    [
      'admin_consent=True&error=consent_required&error_description=AADSTS65004',
      'Permission not granted',
    ],
    ['admin_consent=True&error=', 'Permission not granted'],
  ])('by %s', async (query, title) => {
    const { callback } = await signInScene()
    const { status, text } = await callback({ query })
    expect(status).toBe(200)
    expect(text).toContain(`<h1>${title}</h1>`)
    expect(text).not.toContain('canary')
  })

  test('connects nothing, even with a code and the cookie of a sign-in', async () => {
    const scene = await signInScene()
    const at = await scene.begin()
    const query = { admin_consent: 'True', tenant: OTHER_TENANT, code: CODE }
    expect(await scene.comeBack(at, query)).toMatchObject({ status: 200 })
    expect(scene.world.tokenEndpoint.codeGrants).toEqual([])
    await expectNothingConnected(scene)
    expect(await scene.comeBack(at)).toMatchObject({ status: 303 })
  })

  test('names what was granted, by the permissions of the response', async () => {
    const { callback } = await signInScene()
    const words = aView().texts.pages.consent_granted
    const scope = `${RESOURCE}/user_impersonation openid https://evil.example/canary`
    const { text } = await callback({ query: { admin_consent: 'True', tenant: TENANT, scope } })
    expect([...text.matchAll(/<li>([^<]+)<\/li>/g)].map(([, item]) => item)).toEqual([
      words.user_impersonation,
      words.openid,
    ])
    expect(text).not.toMatch(/evil|canary/)
    expect(text).not.toContain(TENANT)
  })

  test('says why nothing was granted, in our own words', async () => {
    const { callback } = await signInScene()
    const query = {
      admin_consent: 'True',
      error: 'access_denied',
      error_description: 'AADSTS90094: canary',
      scope: 'canary',
    }
    const { text } = await callback({ query })
    expect(text).toContain('<dd>AADSTS90094</dd>')
    expect(text).toContain(aView().texts.situations.needs_admin_consent.happened)
    expect(text).not.toContain('canary')
  })

  test('is read in another language by a link that holds nothing of the response', async () => {
    const { callback } = await signInScene()
    const query = { admin_consent: 'True', tenant: TENANT, state: 'canary', scope: 'openid' }
    const { text } = await callback({ query })
    const german = attributes(text, 'href').find((href) => href.endsWith('lang=de')) ?? ''
    expect(german).not.toMatch(/canary|tenant/)
    expect((await callback({ query: german.slice(1) })).text).toContain('<html lang="de"')
  })
})

describe('what sign-ins measure', () => {
  test('one that connected has succeeded', async () => {
    const { begin, comeBack, counts } = await signInScene()
    await comeBack(await begin())
    expect(counts).toEqual({ succeeded: 1, flushed: 1 })
  })

  test('one that waits for the partner has succeeded', async () => {
    const scene = await signInScene({ link: { terms: { needsConfirmation: true } } })
    await scene.comeBack(await scene.begin())
    expect(scene.counts).toEqual({ succeeded: 1, flushed: 1 })
  })

  test('one that Microsoft refused counts for whoever must act', async () => {
    const { begin, comeBack, counts } = await signInScene()
    await comeBack(await begin(), { error: 'access_denied' })
    expect(counts).toEqual({ 'mustAct.user': 1, flushed: 1 })
  })

  test.each([7000222, 7000215])(
    'one that met a rejected app credential, AADSTS%i, says so',
    async (code) => {
      const { begin, comeBack, counts, world } = await signInScene()
      const refusal = aRefusal({ status: 401, error: 'invalid_client', code })
      world.tokenEndpoint.answerNextCode({ outcome: 'refused', refusal })
      await comeBack(await begin())
      expect(counts).toEqual({
        appCredentialRejected: 1,
        'mustAct.application_owner': 1,
        flushed: 1,
      })
    },
  )

  test('a response that belongs to nothing measures nothing', async () => {
    const { callback, counts } = await signInScene()
    await callback({ query: { code: CODE, state: 'unknown' } })
    expect(counts).toEqual({})
  })
})
