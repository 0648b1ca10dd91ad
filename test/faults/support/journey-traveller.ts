import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningService } from '../../e2e/support/local-service.ts'
import { type ApiAnswer, createPartner, field, type Partner } from '../../e2e/support/partner.ts'
import type { Canaries } from './canaries.ts'
import { jsonAnswer, oauthError } from './entra.ts'
import type { JourneyMicrosoft } from './journey-microsoft.ts'
import type { WireAnswer } from './wire-server.ts'

/** Somebody who uses the service in every way, and keeps what it answers. */
export interface Traveller {
  /** What came back, without what its receiver is to have. */
  readonly sent: readonly string[]
  /** @returns what each station came to. */
  goEverywhere(): Promise<readonly string[]>
}

interface Luggage {
  readonly service: RunningService
  readonly microsoft: JourneyMicrosoft
  readonly canaries: Canaries
  readonly planted: Canaries
}

const ACCOUNT = 'acme'
const RESOURCE = 'https://example.crm.dynamics.com'

export function createTraveller(luggage: Luggage): Traveller {
  const sent: string[] = []
  const keep = (what: unknown) => void sent.push(JSON.stringify(what))
  const trip: Trip = { ...luggage, keep, partner: createPartner(luggage.service.url), bearer: '' }
  return {
    sent,
    goEverywhere: async () => {
      const bearer = await bearerToken(trip)
      const here = { ...trip, bearer }
      const connectionId = await install(here)
      return [
        ...(await workingStations(here, connectionId)),
        ...(await failedSignIns(here)),
        ...(await failedRefreshes(here)),
      ]
    },
  }
}

interface Trip extends Luggage {
  readonly keep: (what: unknown) => void
  readonly partner: Partner
  readonly bearer: string
}

async function bearerToken({ service, canaries, keep }: Trip): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: 'local' }
  const wrong = canaries.mint('API client secret')
  const ask = (client_secret: string) =>
    fetch(`${service.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, client_secret }),
    })
  keep(await told(await ask(wrong)))
  const { access_token: token = '' } = (await (await ask('local-secret')).json()) as {
    access_token?: string
  }
  canaries.record('bearer token', token.split('.')[2] ?? '')
  return token
}

async function told(response: Response) {
  return { status: response.status, headers: [...response.headers], body: await response.text() }
}

async function api(trip: Trip, route: string, json?: unknown): Promise<ApiAnswer> {
  const { partner, bearer } = trip
  const [method = '', path = ''] = route.split(' ')
  return partner.call(method, path, { account: ACCOUNT, bearer, ...(json ? { json } : {}) })
}

function kept({ keep }: Trip, { status, headers, json }: ApiAnswer): void {
  keep({ status, headers: [...headers], json })
}

/** The planted text goes into a name, a path and an address to return to. */
async function install(trip: Trip): Promise<string> {
  const planted = trip.planted.mint('planted')
  const path = '/v1.0/connectors/1/install'
  const Properties = [{ Name: 'Resource', Value: RESOURCE }]
  const installed = await api(trip, `POST ${path}`, { Name: planted, Properties })
  kept(trip, installed)
  kept(trip, await api(trip, `GET /v1.0/${planted}`))
  return field(installed.json, 'Id')
}

async function workingStations(trip: Trip, connectionId: string): Promise<readonly string[]> {
  const { microsoft } = trip
  // Half of its life is over in two seconds, so that a sweep meets it.
  microsoft.entra.expiresInSeconds = 4
  const connected = await signIn(trip, connectionId)
  const path = `/v1.0/account/connectors/${connectionId}`
  const token = await api(trip, `GET ${path}/token?minValidity=0`)
  const refreshed = await api(trip, `POST ${path}/refresh`)
  kept(trip, refreshed)
  const before = microsoft.entra.issued.length
  microsoft.entra.expiresInSeconds = 3900
  for (let waits = 0; waits < 100 && microsoft.entra.issued.length === before; waits += 1) {
    await delay(100)
  }
  for (const list of [path, `${path}/properties`, '/v1.0/account/connectors', '/v1.0/connectors']) {
    kept(trip, await api(trip, `GET ${list}`))
  }
  return [
    connected,
    token.status === 200 ? 'token served' : `token ${token.status}`,
    field(refreshed.json, 'Outcome'),
    microsoft.entra.issued.length > before ? 'swept' : 'not swept',
  ]
}

/** What becomes of the browser between Microsoft and the callback. */
type Detour = (callback: { query: URLSearchParams; cookie: string }) => void

async function signIn(trip: Trip, connectionId: string, detour?: Detour): Promise<string> {
  const { service, canaries, planted, keep } = trip
  const token = await api(trip, `POST /v1.0/accounts/${ACCOUNT}/signintoken`, { Username: 'a' })
  const signInToken = field(token.json, 'Token')
  canaries.record('sign-in token', signInToken)
  const target = `${service.url}/?planted=${planted.all[0]?.value}`
  const link = new URLSearchParams({ id: connectionId, token: signInToken, targetOrigin: target })
  const url = `${service.url}/connector/authorize?${link}`
  const begun = await fetch(url, { redirect: 'manual' })
  const { searchParams, origin } = new URL(begun.headers.get('location') ?? url)
  const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const [state = '', nonce = ''] = ['state', 'nonce'].map((name) => searchParams.get(name) ?? '')
  canaries.record('state', state)
  canaries.record('nonce', nonce)
  canaries.record('cookie', cookie.split('=')[1] ?? '')
  // State and nonce are for Microsoft, the cookie is for the browser.
  const headers = [...begun.headers].filter(([name]) => !/location|set-cookie/.test(name))
  keep({ status: begun.status, origin, headers, body: await begun.text() })
  const code = canaries.mint('code', 200)
  trip.microsoft.entra.codes.set(code, {
    nonce,
    codeChallenge: searchParams.get('code_challenge') ?? '',
  })
  const returning = { query: new URLSearchParams({ code, state }), cookie }
  detour?.(returning)
  const ended = await fetch(`${service.url}/connector/callback?${returning.query}`, {
    redirect: 'manual',
    headers: { cookie: returning.cookie },
  })
  const answer = await told(ended)
  keep(answer)
  const [, shown] = /<dt>Code<\/dt><dd>([^<]*)/.exec(answer.body) ?? []
  const isConnected = ended.headers.get('location')?.includes('status=connected')
  return isConnected ? 'connected' : (shown ?? `page ${ended.status}`)
}

const loseCookie: Detour = (back) => {
  back.cookie = ''
}

async function failedSignIns(trip: Trip): Promise<readonly string[]> {
  const { microsoft, canaries } = trip
  const fail = async (endpoint: Parameters<JourneyMicrosoft['answer']>[0], answer: WireAnswer) => {
    elsewhere(trip)
    microsoft.answer(endpoint, answer)
    const outcome = await signIn(trip, await install(trip))
    microsoft.answer(endpoint, undefined)
    return outcome
  }
  const deny: Detour = ({ query }) => {
    query.delete('code')
    query.set('error', 'access_denied')
    query.set('error_description', `AADSTS65004: ${canaries.mint('code')}`)
  }
  const meet = async (detour: Detour) => signIn(trip, await install(trip), detour)
  const names = [await meet(deny), await meet(loseCookie)]
  const forged = await meet(({ query }) => query.set('state', canaries.mint('state')))
  return [
    names[0] === 'AADSTS65004' ? 'denied by the user' : `${names[0]}`,
    names[1] === 'page 400' ? 'another browser' : `${names[1]}`,
    forged === 'page 400' ? 'forged state' : forged,
    await fail('keys', { status: 500, body: 'no' }),
    await fail('WhoAmI', { status: 403, body: '{}' }),
    await fail('WhoAmI', { status: 500, body: 'no' }),
    await fail('token', { status: 400, body: oauthError('invalid_grant', 54005) }),
  ]
}

/** The next sign-in is at another tenant, whose keys nobody has read and that nothing holds back. */
function elsewhere({ microsoft }: Trip): void {
  const { entra } = microsoft
  Object.assign(entra, { user: { ...entra.user, tenantId: randomUUID() } })
}

/** Each class of failure, on a tenant that no earlier one holds back; the breaker comes last. */
async function failedRefreshes(trip: Trip): Promise<readonly string[]> {
  const { microsoft } = trip
  const echo = () => microsoft.entra.issued.at(-1)?.accessToken ?? ''
  const classes: readonly (readonly [string, () => WireAnswer])[] = [
    ['429', () => ({ status: 429, headers: { 'retry-after': '1' }, body: echo() })],
    ['503', () => ({ status: 503, body: `{"access_token":"${echo()}"}` })],
    ['HTML', () => ({ status: 200, body: `<html>${echo()}</html>` })],
    ['53003', () => ({ status: 400, body: described('invalid_grant', 53003, echo()) })],
    ['', () => ({ status: 400, body: described('invalid_grant', 700082, echo()) })],
    ['', () => ({ status: 401, body: described('invalid_client', 7000222, echo()) })],
  ]
  const outcomes: string[] = []
  for (const [name, answer] of classes) {
    elsewhere(trip)
    microsoft.answer('token', undefined)
    const connectionId = await install(trip)
    await signIn(trip, connectionId)
    microsoft.answer('token', answer())
    const path = `/v1.0/account/connectors/${connectionId}`
    const refused = await api(trip, `POST ${path}/refresh`)
    kept(trip, refused)
    kept(trip, await api(trip, `GET ${path}`))
    outcomes.push([field(refused.json, 'Code'), name].join(' ').trim())
  }
  return outcomes
}

/** The answer of Microsoft quotes a token, as it never should. */
function described(error: string, code: number, token: string): string {
  const fields = JSON.parse(oauthError(error, code)) as object
  return jsonAnswer(400, { ...fields, error_description: `AADSTS${code}: ${token}` }).body as string
}
