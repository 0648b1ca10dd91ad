import { consoleCookies } from '../../../../functions/console/console-cookies.ts'
import { consoleHandler } from '../../../../functions/console/handler.ts'
import type { Deployment } from '../../../../functions/console/setup/dependencies.ts'
import type { ApiClient } from '../../../../functions/domain/api-access.ts'
import { formTokenOf, newConsoleSession } from '../../../../functions/domain/console-session.ts'
import type {
  CredentialQuestion,
  CredentialVerdict,
  StoredCredentialVerdict,
} from '../../../../functions/domain/credential-check.ts'
import type { PartnerSettings } from '../../../../functions/domain/partner-settings.ts'
import type { HttpRequest } from '../../../../functions/http/request.ts'
import { viewsWith } from '../../../../functions/http/view.ts'
import { handClock } from '../../../fakes/hand-clock.ts'
import { memoryAppCredentialWriter } from '../../../fakes/memory-app-credential-writer.ts'
import { memoryConnectionStore } from '../../../fakes/memory-connection-store.ts'
import { memoryConsoleSessions } from '../../../fakes/memory-console-sessions.ts'
import { memoryPartnerSettings } from '../../../fakes/memory-partner-settings.ts'
import { memoryRefreshBrakes } from '../../../fakes/memory-refresh-brakes.ts'
import { memorySignInTokens } from '../../../fakes/memory-sign-in-tokens.ts'
import { script } from '../../../fakes/scripted.ts'
import { type Answered, answered } from '../../support/answered.ts'
import { BOUND, PARTNER } from '../../support/api-clients.ts'
import { httpEvent, lambdaContext } from '../../support/http-event.ts'
import { recordingLog } from '../../support/recording-log.ts'
import { consoleFakes, PUBLIC_URL } from './console-fakes.ts'

/** Certificates of the tests are good then. */
export const NOW = new Date('2026-11-01T12:00:00Z')

export const CLIENT_ID = '11111111-2222-4333-8444-555555555555'

type Form = Readonly<Record<string, string>>

/** Somebody who is signed in to the console. */
export interface Visitor {
  get(path: string): Promise<Answered>
  /** Sends a form with the token of the session. */
  post(path: string, form?: Form): Promise<Answered>
  /** Sends a form with a file, as browsers do. */
  upload(path: string, form: Form, logo: Uint8Array<ArrayBuffer>): Promise<Answered>
  /** Sends one without the token. */
  postBare(path: string, form?: Form): Promise<Answered>
}

/** The console over fakes, as far as the set-up needs it. */
export async function setupScene(
  given: {
    readonly settings?: Partial<PartnerSettings>
    readonly deployment?: Partial<Deployment>
  } = {},
) {
  const { now, advance } = handClock(NOW)
  const log = recordingLog()
  const asked: CredentialQuestion[] = []
  const askedOfStored: (string | undefined)[] = []
  const microsoft = script<CredentialVerdict>()
  const stored = script<StoredCredentialVerdict>()
  const brakes = memoryRefreshBrakes()
  const store = memoryConnectionStore(now)
  const fakes = {
    partnerSettings: memoryPartnerSettings(given.settings),
    appCredentialWriter: memoryAppCredentialWriter(),
    signInTokens: memorySignInTokens(),
    consoleSessions: memoryConsoleSessions(),
  }
  const cookies = consoleCookies(PUBLIC_URL)
  const handler = consoleHandler({
    ...consoleFakes(now),
    ...fakes,
    viewOf: viewsWith(fakes.partnerSettings),
    checkCredential: (question) => {
      asked.push(question)
      return microsoft.take(() => ({ verdict: 'accepted' }))
    },
    checkStoredCredential: (tenant) => {
      askedOfStored.push(tenant)
      return stored.take(() => ({ verdict: 'accepted' }))
    },
    readAppBreaker: async () => (await brakes.read('any')).appBreaker,
    connections: store.connections,
    deployment: {
      publicUrl: PUBLIC_URL,
      allowedOrigins: ['https://fixed.example'],
      tokenRequestRoles: undefined,
      ...given.deployment,
    },
    log,
  })
  const visitor = async (client: Pick<ApiClient, 'clientId' | 'accountId'>) => {
    const { clientId: name, accountId } = client
    const { secret, session } = newConsoleSession({ kind: 'api_client', name, accountId }, now())
    await fakes.consoleSessions.create(session)
    const cookie = cookies.session.set(secret).split(';')[0] ?? ''
    const send = async (event: HttpRequest) => answered(await handler(event, lambdaContext()))
    return visitorOf(send, { cookie, formToken: formTokenOf(secret) })
  }
  return {
    ...fakes,
    ...store,
    now,
    advance,
    log,
    asked,
    askedOfStored,
    microsoft,
    stored,
    brakes,
    partner: await visitor(PARTNER),
    bound: await visitor(BOUND),
  }
}

function visitorOf(
  send: (event: HttpRequest) => Promise<Answered>,
  { cookie, formToken }: { readonly cookie: string; readonly formToken: string },
): Visitor {
  const eventOf = (method: 'GET' | 'POST', path: string, form?: Form): HttpRequest => {
    const { pathname, search } = new URL(path, PUBLIC_URL)
    const route = `${method} ${pathname}`
    return httpEvent({ route, query: search.slice(1), cookies: [cookie], ...(form && { form }) })
  }
  return {
    get: (path) => send(eventOf('GET', path)),
    post: (path, form) => send(eventOf('POST', path, { formToken, ...form })),
    postBare: (path, form = {}) => send(eventOf('POST', path, form)),
    upload: async (path, form, logo) => {
      const body = new FormData()
      for (const [name, value] of Object.entries({ formToken, ...form })) body.append(name, value)
      body.append('logo', new File([logo], 'logo.png'))
      const encoded = new Response(body)
      const type = encoded.headers.get('content-type') ?? ''
      const event = eventOf('POST', path, {})
      return send({
        ...event,
        headers: { ...event.headers, 'content-type': type },
        body: Buffer.from(await encoded.arrayBuffer()).toString('base64'),
      })
    },
  }
}

/** What a person reads of one step, without markup. */
export function stepIn(text: string, name: string): string {
  const [, rest = ''] = text.split(`<li id="step-${name}">`)
  return rest.split('</details>')[0] ?? ''
}

/** The steps that the page says are done. */
export function doneIn(text: string): readonly string[] {
  const items = [
    ...text.matchAll(/<li id="step-(\w+)"><details[^>]*>\s*<summary>(.*?)<\/summary>/gs),
  ]
  return items.filter(([, , summary = '']) => />Done</.test(summary)).map(([, name = '']) => name)
}

/** The steps that are open. */
export function openIn(text: string): readonly string[] {
  return [...text.matchAll(/<li id="step-(\w+)"><details open>/g)].map(([, name = '']) => name)
}

/** What is wrong, by the field that it stands beside. */
export function errorsIn(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/<p class="error" id="(\w+)-error">(.*?)<\/p>/gs)
  return Object.fromEntries(
    [...found].map(([, name = '', words = '']) => [name, words.replaceAll(/<[^>]+>/g, ' ')]),
  )
}
