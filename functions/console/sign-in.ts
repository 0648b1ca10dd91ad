import { randomBytes } from 'node:crypto'
import { authenticatedClient } from '../domain/api-access.ts'
import { type ConsoleUser, formTokenOf, isFormTokenOf } from '../domain/console-session.ts'
import { ATTEMPTS_WINDOW_MS, type AttemptKey, attemptKeysOf } from '../domain/sign-in-attempts.ts'
import { formWith, notice, textField } from '../http/components.ts'
import { html } from '../http/html.ts'
import { formBodyOf, queryOf } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import { CONSOLE_PATH, CONSOLE_SIGN_IN_PATH } from '../http/routes.ts'
import { openConsolePage } from './console-page.ts'
import type { DoorDependencies } from './dependencies.ts'
import { letIn } from './session.ts'
import type { SignedInVisit, Visit } from './visit.ts'

const SECRET_BYTES = 32

/** Why somebody is still at the door. */
type Problem = 'rejected' | 'too_many' | 'form_old'

const STATUS_OF_PROBLEM: Readonly<Record<Problem, number>> = {
  rejected: 401,
  too_many: 429,
  form_old: 403,
}

/** The page to sign in at. */
export async function signInPage(deps: DoorDependencies, visit: Visit): Promise<HttpResponse> {
  const query = queryOf(visit.http)
  const isSignedOut = query.get('done') === 'signed_out'
  return atTheDoor(deps, visit, { goTo: wayOn(query.get('to')), isSignedOut })
}

/** Takes an API client's id and secret. */
export async function signIn(deps: DoorDependencies, visit: Visit): Promise<HttpResponse> {
  const form = formBodyOf(visit.http)
  const goTo = wayOn(form.get('to'))
  const visitor = deps.cookies.visitor.read(visit.http)
  if (visitor === undefined || !isFormTokenOf(visitor, form.get('formToken') ?? '')) {
    return atTheDoor(deps, visit, { goTo, problem: 'form_old' })
  }
  const name = form.get('id')?.trim() ?? ''
  const address = visit.http.requestContext.http.sourceIp
  const keys = attemptKeysOf({ name, address })
  if (!(await deps.signInAttempts.count(keys, deps.now()))) {
    return refuse(deps, visit, { goTo, problem: 'too_many' })
  }
  const user = await userWith(deps, { clientId: name, clientSecret: form.get('secret') ?? '' })
  if (user === undefined) return refuse(deps, visit, { goTo, problem: 'rejected' })
  await forget(deps, keys)
  return letIn(deps, { http: visit.http, user, goTo })
}

/** Ends the session, also where it is stored. */
export async function signOut(
  deps: DoorDependencies,
  { session }: SignedInVisit,
): Promise<HttpResponse> {
  await deps.consoleSessions.end(session.digest)
  return seeOther(`${CONSOLE_SIGN_IN_PATH}?done=signed_out`, [deps.cookies.session.clear()])
}

/** Where somebody wanted to go who has to sign in first. */
export function signInPathTo(path: string): string {
  return `${CONSOLE_SIGN_IN_PATH}?${new URLSearchParams({ to: path })}`
}

async function userWith(
  { readApiAccess }: DoorDependencies,
  credential: { readonly clientId: string; readonly clientSecret: string },
): Promise<ConsoleUser | undefined> {
  const client = authenticatedClient(await readApiAccess(), credential)
  return client && { kind: 'api_client', name: client.clientId, accountId: client.accountId }
}

async function forget(
  { signInAttempts, now }: DoorDependencies,
  keys: readonly AttemptKey[],
): Promise<void> {
  await signInAttempts.takeBack(keys, now())
}

interface Door {
  /** Where to go from here. */
  readonly goTo: string
  readonly problem?: Problem
  readonly isSignedOut?: boolean
}

function refuse(deps: DoorDependencies, visit: Visit, door: Door): HttpResponse {
  const { requestId } = visit.http.requestContext
  deps.log.event('console_sign_in_refused', { requestId, reason: door.problem })
  return atTheDoor(deps, visit, door)
}

function atTheDoor(deps: DoorDependencies, visit: Visit, door: Door): HttpResponse {
  const known = deps.cookies.visitor.read(visit.http)
  const visitor = known ?? randomBytes(SECRET_BYTES).toString('base64url')
  const response = doorPage(visit, door, formTokenOf(visitor))
  return { ...response, cookies: [deps.cookies.visitor.set(visitor)] }
}

function doorPage(visit: Visit, { goTo, problem, isSignedOut }: Door, formToken: string) {
  const words = visit.words.sign_in
  const form = {
    action: CONSOLE_SIGN_IN_PATH,
    fields: { formToken, to: goTo },
    label: words.button,
  }
  const response = openConsolePage(visit, {
    statusCode: problem ? STATUS_OF_PROBLEM[problem] : 200,
    title: words.title,
    content: html`${isSignedOut ? html`<div role="status">${notice('good', words.signed_out)}</div>` : ''}
${problem ? html`<div role="alert">${notice('bad', words[problem])}</div>` : ''}
<p>${words.text}</p>
${formWith(form, [
  textField({ name: 'id', label: words.id, autocomplete: 'username' }),
  textField({
    name: 'secret',
    label: words.secret,
    type: 'password',
    autocomplete: 'current-password',
  }),
])}
<h2>${words.first_title}</h2>
<p>${words.first}</p>`,
  })
  return problem === 'too_many' ? withRetryAfter(response) : response
}

function withRetryAfter(response: HttpResponse): HttpResponse {
  const retryAfter = String(ATTEMPTS_WINDOW_MS / 1000)
  return { ...response, headers: { ...response.headers, 'retry-after': retryAfter } }
}

/** A page of the console, and nothing of another site: whatever else a link names is not gone to. */
function wayOn(goTo = ''): string {
  const base = 'https://console.invalid'
  const url = URL.parse(goTo, base)
  const isOfConsole = url?.pathname === CONSOLE_PATH || url?.pathname.startsWith(`${CONSOLE_PATH}/`)
  return url?.origin === base && isOfConsole ? `${url.pathname}${url.search}` : CONSOLE_PATH
}
