import {
  entraAdminConsentUrl,
  entraAuthorizationUrl,
} from '../../../functions/adapters/entra-authorization-url.ts'
import { authorizeHandler } from '../../../functions/authorize/handler.ts'
import { callbackHandler } from '../../../functions/callback/handler.ts'
import { DEFAULT_BRAND } from '../../../functions/domain/brand.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import { browserCookie } from '../../../functions/http/browser-cookie.ts'
import { type AGAIN_ROUTE, CHOICE_ROUTE, type FORM_ROUTE } from '../../../functions/http/routes.ts'
import { viewsWith } from '../../../functions/http/view.ts'
import type { EventLog } from '../../../functions/logger.ts'
import type { SignInMetrics } from '../../../functions/metrics.ts'
import { aNewConnection, aNewSignInToken } from '../../support/builders.ts'
import { aWorld, PARTNER_ORIGIN, type World } from '../../support/world.ts'
import { type Answered, answered } from './answered.ts'
import { type EventParts, httpEvent, lambdaContext } from './http-event.ts'
import { formsOf } from './markup.ts'
import { type RecordingLog, recordingLog } from './recording-log.ts'
import { recordingSignInMetrics } from './recording-operations.ts'

const PUBLIC_URL = 'https://connect.example'
/** In place of the real script. */
export const CONNECT_SCRIPT = 'globalThis.DynamicsConnect = {}'

const SIGN_IN_PATH = '/connectorauth/updateaccountconnectoroauth'

/** A browser that is at Microsoft's sign-in now. */
export interface AtMicrosoft {
  readonly location: URL
  readonly state: string
  /** As the browser sends it back. */
  readonly cookie: string
}

/** A connection that nobody has signed in to, a link for it, and both functions over fakes. */
export interface SignInScene {
  readonly world: World
  readonly log: RecordingLog
  /** What callbacks measured, by name, added up. */
  readonly counts: Readonly<Record<string, number>>
  readonly connection: Connection
  readonly token: string
  /** Opens the link; some of its parameters bent, `undefined` leaves one out. */
  open(query?: Readonly<Record<string, string | undefined>>, parts?: EventParts): Promise<Answered>
  /** Opens the link with exactly this query. */
  openRaw(query: string): Promise<Answered>
  /** Opens the link and follows it to Microsoft. */
  begin(query?: Readonly<Record<string, string | undefined>>): Promise<AtMicrosoft>
  /** Microsoft sends the browser back. */
  comeBack(at: AtMicrosoft, query?: Readonly<Record<string, string>>): Promise<Answered>
  callback(parts: EventParts): Promise<Answered>
  /** Sends a form of a page, by a browser with these cookies. */
  submit(route: FormRoute, fields: Fields, cookies?: readonly string[]): Promise<Answered>
  /** Sends the first form of a page that has these among its unseen fields. */
  send(page: Answered, marks: Fields, sent?: SentForm): Promise<Answered>
}

type Fields = Readonly<Record<string, string>>

/** What goes with a form of a page, beside its unseen fields. */
export interface SentForm {
  readonly filledIn?: Fields
  readonly cookies?: readonly string[]
}

export type FormRoute = typeof FORM_ROUTE | typeof AGAIN_ROUTE | typeof CHOICE_ROUTE

export async function signInScene(
  options: {
    readonly world?: World
    readonly connection?: Parameters<typeof aNewConnection>[0]
    /** Logs too, beside what is recorded. */
    readonly alsoLog?: EventLog
    /** Measures, in place of what is recorded. */
    readonly metrics?: SignInMetrics
    /** What the partner asked for when it made the link. */
    readonly link?: Parameters<typeof aNewSignInToken>[2]
    /** The origins of the settings as pages know them, which may not be those of now. */
    readonly shownOrigins?: readonly string[]
  } = {},
): Promise<SignInScene> {
  const { world = aWorld(), alsoLog, shownOrigins: allowedOrigins = [] } = options
  const connection = await world.connections.create(aNewConnection(options.connection))
  const { text: token, token: stored } = aNewSignInToken(
    connection.accountId,
    world.now(),
    options.link,
  )
  await world.signInTokens.create(stored)
  const log = recordingLog(alsoLog)
  const { redirectUri } = world
  const { metrics: recorded, counts } = recordingSignInMetrics()
  const settingsForPages = { read: async () => ({ brand: DEFAULT_BRAND, allowedOrigins }) }
  const deps = {
    ...world,
    metrics: options.metrics ?? recorded,
    authorizationUrl: entraAuthorizationUrl({ entraBaseUrl: undefined, redirectUri }),
    adminConsentUrl: entraAdminConsentUrl({ entraBaseUrl: undefined, redirectUri }),
    log,
    browserCookie: browserCookie(PUBLIC_URL),
    viewOf: viewsWith(settingsForPages),
    settingsForPages,
    connectScript: CONNECT_SCRIPT,
  }
  const authorize = authorizeHandler(deps)
  const answerCallback = callbackHandler(deps)
  const link = { id: String(connection.id), token, targetOrigin: `${PARTNER_ORIGIN}/done?a=1` }

  const open: SignInScene['open'] = async (query = {}, parts = {}) => {
    const given = Object.entries({ ...link, ...query }).filter((entry) => entry[1] !== undefined)
    const event = httpEvent({
      route: 'GET /{controller}/{action}',
      path: SIGN_IN_PATH,
      query: Object.fromEntries(given) as Record<string, string>,
      ...parts,
    })
    return answered(await authorize(event, lambdaContext()))
  }
  const callback: SignInScene['callback'] = async (parts) => {
    const event = httpEvent({ route: 'GET /connector/callback', ...parts })
    return answered(await answerCallback(event, lambdaContext()))
  }
  const submit: SignInScene['submit'] = async (route, fields, cookies = []) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(fields).toString()
    const event = httpEvent({ route, headers, body, cookies })
    const handler = route === CHOICE_ROUTE ? answerCallback : authorize
    return answered(await handler(event, lambdaContext()))
  }
  const send: SignInScene['send'] = async ({ text }, marks, { filledIn, cookies } = {}) => {
    const form = formsOf(text).find(({ fields }) =>
      Object.entries(marks).every(([name, value]) => fields[name] === value),
    )
    if (form === undefined) throw new Error(`the page has no form with ${JSON.stringify(marks)}`)
    return submit(`POST ${form.action}` as FormRoute, { ...form.fields, ...filledIn }, cookies)
  }
  return {
    world,
    log,
    counts,
    connection,
    token,
    submit,
    send,
    open,
    openRaw: (query) => open({}, { query }),
    begin: async (query) => atMicrosoft(await open(query)),
    comeBack: ({ state, cookie }, query = { code: 'canary-code-of-the-sign-in' }) =>
      callback({ query: { ...query, state }, cookies: [cookie] }),
    callback,
  }
}

/** Where an answer leads: by a redirect, or by a page that goes on by itself. */
export function atMicrosoft({ status, headers, cookies, text }: Answered): AtMicrosoft {
  const [, onwards] = /^0;url=(https:.+)$/.exec(String(headers.refresh)) ?? []
  const url = headers.location ?? onwards
  if (url === undefined) throw new Error(`the link led nowhere: ${status} ${text}`)
  const location = new URL(String(url))
  const [cookie = ''] = cookies[0]?.split(';') ?? []
  return { location, state: location.searchParams.get('state') ?? '', cookie }
}
