import { consoleHandler } from '../../../../functions/console/handler.ts'
import type { StoredConsoleAccess } from '../../../../functions/domain/console-access.ts'
import type { RegisteredApp } from '../../../../functions/domain/partner-settings.ts'
import type { PeopleProvider } from '../../../../functions/domain/people-provider.ts'
import {
  apiAccessOf,
  type NewApiClient,
  newApiAccess,
} from '../../../../functions/domain/stored-api-access.ts'
import type { HttpHandler } from '../../../../functions/http/http-handler.ts'
import { handClock } from '../../../fakes/hand-clock.ts'
import { memoryApiClients } from '../../../fakes/memory-api-clients.ts'
import { memoryConnectionHistory } from '../../../fakes/memory-connection-history.ts'
import { memoryConsoleAccess } from '../../../fakes/memory-console-access.ts'
import { memoryConsoleSessions } from '../../../fakes/memory-console-sessions.ts'
import { memoryPartnerSettings } from '../../../fakes/memory-partner-settings.ts'
import { memoryRefreshBrakes } from '../../../fakes/memory-refresh-brakes.ts'
import { memoryServiceRecord } from '../../../fakes/memory-service-record.ts'
import { memorySignInAttempts } from '../../../fakes/memory-sign-in-attempts.ts'
import { scriptedPeopleSignIn } from '../../../fakes/scripted-people-sign-in.ts'
import { type Answered, answered } from '../../support/answered.ts'
import { httpEvent, lambdaContext } from '../../support/http-event.ts'
import { formsOf, unescaped } from '../../support/markup.ts'
import { recordingLog } from '../../support/recording-log.ts'
import { consoleFakes, PUBLIC_URL } from './console-fakes.ts'

/** May see all accounts. */
export const PARTNER: NewApiClient = {
  clientId: 'partner-backend',
  clientSecret: 'canary-partner-secret-0123456789abcdefghijklmn',
}

/** Bound to one account. */
export const BOUND: NewApiClient = {
  clientId: 'one-account',
  clientSecret: 'canary-bound-secret-0123456789abcdefghijklmnop',
  accountId: 'contoso',
}

/** What the deployment made. */
export const FIRST = { clientId: 'console', clientSecret: 'canary-first-sign-in-0123456789' }

export const PROVIDER: PeopleProvider = {
  issuer: 'https://login.partner.example',
  clientId: 'the-console',
  clientSecret: 'canary-provider-secret',
  people: ['ana@partner.example', 'groups=operators'],
}

export interface SceneOptions {
  readonly clients?: readonly NewApiClient[]
  readonly stored?: StoredConsoleAccess
  readonly app?: RegisteredApp
  readonly shards?: number
  /** Whether the API clients are those of the beginning until they are read anew, as in a container. */
  readonly remembersClients?: boolean
}

/** The console over fakes: its door, its access and its health. */
export function serviceScene(options: SceneOptions = {}) {
  const {
    clients = [PARTNER, BOUND],
    stored = FIRST,
    app,
    shards = 2,
    remembersClients = false,
  } = options
  const clock = handClock()
  const { now } = clock
  const log = recordingLog()
  const apiClients = memoryApiClients(now, newApiAccess(clients))
  const remembered = apiAccessOf(apiClients.stored())
  const brakes = memoryRefreshBrakes()
  const fakes = {
    consoleSessions: memoryConsoleSessions(),
    signInAttempts: memorySignInAttempts(),
    consoleAccess: memoryConsoleAccess(stored),
    people: scriptedPeopleSignIn(),
    apiClients,
    record: memoryServiceRecord(),
    history: memoryConnectionHistory(),
    partnerSettings: memoryPartnerSettings({ app }),
  }
  const handler = consoleHandler({
    ...consoleFakes(now),
    ...fakes,
    readApiAccess: async ({ reread } = { reread: false }) =>
      remembersClients && !reread ? remembered : apiAccessOf(apiClients.stored()),
    readAppBreaker: async () => (await brakes.read('any')).appBreaker,
    shards,
    log,
  })
  return { ...fakes, clock, log, brakes, handler, browser: () => consoleBrowser(handler) }
}

type Form = Readonly<Record<string, string>>

export interface Sent {
  readonly address?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A browser: it keeps cookies, and sends a form with the hidden fields of the page it saw last. */
export interface Browser {
  readonly cookies: Map<string, string>
  get(path: string, sent?: Sent): Promise<Answered>
  /** Sends the form of that action of the last page, filled in. */
  submit(action: string, filled?: Form, sent?: Sent): Promise<Answered>
  /** Sends a form of its own making. */
  post(path: string, form: Form, sent?: Sent): Promise<Answered>
  /** Signs in by id and secret. */
  signIn(client: { readonly clientId: string; readonly clientSecret: string }): Promise<Answered>
}

function consoleBrowser(handler: HttpHandler): Browser {
  const cookies = new Map<string, string>()
  let last = ''
  const send = async (route: string, form?: Form, { headers = {}, address }: Sent = {}) => {
    const [method = '', path = ''] = route.split(' ')
    const { pathname, search } = new URL(path, PUBLIC_URL)
    const event = httpEvent({
      route: `${method} ${pathname}`,
      query: search.slice(1),
      headers,
      cookies: [...cookies].map(([name, value]) => `${name}=${value}`),
      ...(form && { form }),
    })
    if (address !== undefined) event.requestContext.http.sourceIp = address
    const answer = answered(await handler(event, lambdaContext()))
    for (const header of answer.cookies) keep(cookies, header)
    last = answer.text
    return answer
  }
  const post = (path: string, form: Form, sent?: Sent) => send(`POST ${path}`, form, sent)
  const submit = (action: string, filled: Form = {}, sent?: Sent) => {
    const form = formsOf(last).find((one) => one.action === action)
    if (form === undefined) throw new Error(`there is no form for ${action} on the page`)
    return post(action, { ...form.fields, ...filled }, sent)
  }
  return {
    cookies,
    get: (path, sent) => send(`GET ${path}`, undefined, sent),
    post,
    submit,
    signIn: async ({ clientId, clientSecret }) => {
      await send('GET /console/sign-in')
      return submit('/console/sign-in', { id: clientId, secret: clientSecret })
    },
  }
}

function keep(cookies: Map<string, string>, header: string): void {
  const [pair = '', ...attributes] = header.split('; ')
  const [name = '', value = ''] = pair.split('=')
  if (attributes.includes('Max-Age=0')) cookies.delete(name)
  else cookies.set(name, value)
}

/** What a person reads on the page. */
export function readable({ text }: Answered): string {
  const withoutStyle = text.replaceAll(/<(style|script|title)>[\s\S]*?<\/\1>/g, '')
  const joined = withoutStyle.replaceAll(/<\/?(?:bdi|a|strong|code)\b[^>]*>/g, '')
  return unescaped(joined.replaceAll(/<[^>]+>/g, ' ')).replaceAll(/\s+/g, ' ')
}
