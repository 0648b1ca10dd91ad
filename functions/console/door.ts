import { randomBytes } from 'node:crypto'
import type { ConsoleAccess } from '../domain/console-access.ts'
import { formTokenOf, isFormTokenOf } from '../domain/console-session.ts'
import type { PeopleProvider } from '../domain/people-provider.ts'
import { ServiceError } from '../domain/service-error.ts'
import { ATTEMPTS_WINDOW_MS } from '../domain/sign-in-attempts.ts'
import { formButton, formWith, notice, textField } from '../http/components.ts'
import { type Html, html } from '../http/html.ts'
import type { HttpResponse } from '../http/responses.ts'
import { CONSOLE_PATH, CONSOLE_SIGN_IN_PATH } from '../http/routes.ts'
import { fill } from '../http/texts.ts'
import { openConsolePage } from './console-page.ts'
import type { DoorDependencies } from './dependencies.ts'
import type { Visit } from './visit.ts'

const SECRET_BYTES = 32

const NOBODY: ConsoleAccess = { firstSignIn: undefined, provider: undefined }

/** Why somebody is still at the door. */
export type Problem = keyof typeof STATUS_OF_PROBLEM

const STATUS_OF_PROBLEM = {
  rejected: 401,
  too_many: 429,
  form_old: 403,
  not_admitted: 403,
  provider_refused: 401,
  provider_failed: 503,
  return_old: 403,
} as const

/** Where somebody stands who is not in yet. */
export interface Door {
  /** Where to go from here. */
  readonly goTo: string
  readonly problem?: Problem | undefined
  readonly isSignedOut?: boolean
}

/** The page to sign in at. */
export async function atTheDoor(
  deps: DoorDependencies,
  visit: Visit,
  door: Door,
): Promise<HttpResponse> {
  const known = deps.cookies.visitor.read(visit.http)
  const visitor = known ?? randomBytes(SECRET_BYTES).toString('base64url')
  const { provider } = await accessAtTheDoor(deps, visit)
  const response = doorPage(visit, door, { formToken: formTokenOf(visitor), provider })
  return { ...response, cookies: [deps.cookies.visitor.set(visitor)] }
}

/** Somebody who is not let in. */
export interface Refused extends Door {
  readonly problem: Problem
  /** What the provider says, by its name. */
  readonly why?: string | undefined
}

/** The same, told to whoever reads the log. */
export function refuse(deps: DoorDependencies, visit: Visit, door: Refused): Promise<HttpResponse> {
  logRefusal(deps, visit, door)
  return atTheDoor(deps, visit, door)
}

export function logRefusal(
  { log }: DoorDependencies,
  { http }: Visit,
  { problem, why }: Refused,
): void {
  const { requestId } = http.requestContext
  log.event('console_sign_in_refused', { requestId, reason: problem, outcome: why })
}

/** Whether the form is of a page that this browser was shown. */
export function isOfVisitor(
  deps: DoorDependencies,
  visit: Visit,
  form: ReadonlyMap<string, string>,
): boolean {
  const visitor = deps.cookies.visitor.read(visit.http)
  return visitor !== undefined && isFormTokenOf(visitor, form.get('formToken') ?? '')
}

/** Who may come in beside API clients; nobody where that cannot be read, which keeps no API client out. */
export async function accessAtTheDoor(
  { consoleAccess, log }: DoorDependencies,
  { http }: Visit,
  options?: { readonly reread: boolean },
): Promise<ConsoleAccess> {
  try {
    return await consoleAccess.read(options)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    const { requestId } = http.requestContext
    log.failure('console_access_unreadable', error, { requestId })
    return NOBODY
  }
}

/** A page of the console, and nothing of another site: whatever else a link names is not gone to. */
export function wayOn(goTo = ''): string {
  const base = 'https://console.invalid'
  const url = URL.parse(goTo, base)
  const isOfConsole = url?.pathname === CONSOLE_PATH || url?.pathname.startsWith(`${CONSOLE_PATH}/`)
  return url?.origin === base && isOfConsole ? `${url.pathname}${url.search}` : CONSOLE_PATH
}

/** A word of a link, when it is one of those that tell of a problem. */
export function problemOf(word = ''): Problem | undefined {
  return isProblem(word) ? word : undefined
}

function isProblem(word: string): word is Problem {
  return Object.hasOwn(STATUS_OF_PROBLEM, word)
}

interface DoorParts {
  readonly formToken: string
  readonly provider: PeopleProvider | undefined
}

function doorPage(visit: Visit, door: Door, parts: DoorParts): HttpResponse {
  const { problem, isSignedOut } = door
  const words = visit.words.sign_in
  const response = openConsolePage(visit, {
    statusCode: problem ? STATUS_OF_PROBLEM[problem] : 200,
    title: words.title,
    content: html`${isSignedOut ? html`<div role="status">${notice('good', words.signed_out)}</div>` : ''}
${problem ? html`<div role="alert">${notice('bad', words[problem])}</div>` : ''}
${parts.provider ? providerForm(visit, door, { ...parts, provider: parts.provider }) : ''}
${clientForm(visit, door, parts)}
<h2>${words.first_title}</h2>
<p>${words.first}</p>`,
  })
  return problem === 'too_many' ? withRetryAfter(response) : response
}

function providerForm(
  { words }: Visit,
  { goTo }: Door,
  { formToken, provider }: DoorParts & { readonly provider: PeopleProvider },
): Html {
  const form = {
    action: `${CONSOLE_SIGN_IN_PATH}/provider`,
    fields: { formToken, to: goTo },
    label: fill(words.sign_in.provider, { host: hostOf(provider) }),
  }
  return html`${formButton(form)}
<p>${words.sign_in.or}</p>`
}

function clientForm({ words }: Visit, { goTo }: Door, { formToken, provider }: DoorParts): Html {
  const { text, id, secret, button } = words.sign_in
  const form = {
    action: CONSOLE_SIGN_IN_PATH,
    fields: { formToken, to: goTo },
    label: button,
    rank: provider ? 'secondary' : 'primary',
  } as const
  return html`<p>${text}</p>
${formWith(form, [
  textField({ name: 'id', label: id, autocomplete: 'username' }),
  textField({
    name: 'secret',
    label: secret,
    type: 'password',
    autocomplete: 'current-password',
  }),
])}`
}

/** By which people know their provider. */
export function hostOf({ issuer }: PeopleProvider): string {
  return new URL(issuer).host
}

function withRetryAfter(response: HttpResponse): HttpResponse {
  const retryAfter = String(ATTEMPTS_WINDOW_MS / 1000)
  return { ...response, headers: { ...response.headers, 'retry-after': retryAfter } }
}
