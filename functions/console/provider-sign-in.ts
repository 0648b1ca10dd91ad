import { isAdmitted } from '../domain/people.ts'
import type { PeopleProvider } from '../domain/people-provider.ts'
import type {
  PeopleSignInRefusal,
  PeopleSignInRequest,
  PeopleSignInSecrets,
} from '../domain/people-sign-in.ts'
import { attemptKeysOf } from '../domain/sign-in-attempts.ts'
import { digestOf } from '../domain/sign-in-token.ts'
import { button } from '../http/components.ts'
import { html } from '../http/html.ts'
import { withRefresh } from '../http/page.ts'
import { formBodyOf } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import { CONSOLE_PATH, CONSOLE_RETURN_PATH, CONSOLE_SIGN_IN_PATH } from '../http/routes.ts'
import { fill } from '../http/texts.ts'
import { openConsolePage } from './console-page.ts'
import type { DoorDependencies } from './dependencies.ts'
import {
  accessAtTheDoor,
  atTheDoor,
  hostOf,
  isOfVisitor,
  logRefusal,
  type Problem,
  type Refused,
  refuse,
  wayOn,
} from './door.ts'
import { letIn } from './session.ts'
import type { Visit } from './visit.ts'

/** A longer way on is forgotten, so that the cookie stays small. */
const LONGEST_WAY_ON = 1024

/** Where a provider sends people back to, to be registered with it. */
export function redirectUriOf({ publicUrl }: Pick<DoorDependencies, 'publicUrl'>): string {
  return `${publicUrl}${CONSOLE_RETURN_PATH}`
}

/** Sends somebody to the partner's OpenID provider. */
export async function beginProviderSignIn(
  deps: DoorDependencies,
  visit: Visit,
): Promise<HttpResponse> {
  const form = formBodyOf(visit.http)
  const goTo = wayOn(form.get('to'))
  if (!isOfVisitor(deps, visit, form)) return atTheDoor(deps, visit, { goTo, problem: 'form_old' })
  const attempt = await countedAttempt(deps, visit)
  if (attempt === undefined) return refuse(deps, visit, { goTo, problem: 'too_many' })
  const { provider } = await accessAtTheDoor(deps, visit)
  if (provider === undefined) return refuse(deps, visit, { goTo, problem: 'provider_failed' })
  const begun = await deps.people.begin(requestOf(deps, visit, provider))
  if (begun.outcome === 'unavailable') {
    return refuse(deps, visit, { goTo, problem: 'provider_failed', why: begun.why })
  }
  await attempt.takeBack()
  const { authorizationUrl: url, secrets } = begun
  const cookie = deps.cookies.begun.set(keptSignIn({ provider, secrets, goTo }))
  return forwardPage(visit, { url, host: hostOf(provider), cookie })
}

/** Takes what the provider sends back with the browser. */
export async function completeProviderSignIn(
  deps: DoorDependencies,
  visit: Visit,
): Promise<HttpResponse> {
  const begun = begunSignIn(deps.cookies.begun.read(visit.http))
  const goTo = wayOn(begun?.goTo)
  const back = (problem: Problem, why?: string) =>
    backToTheDoor(deps, visit, { goTo, problem, why })
  if (begun === undefined) return back('return_old')
  const attempt = await countedAttempt(deps, visit)
  if (attempt === undefined) return back('too_many')
  const { provider } = await accessAtTheDoor(deps, visit, { reread: true })
  // Another provider took its place meanwhile, which knows nothing of what was begun.
  if (provider === undefined || digestOf(provider.issuer) !== begun.issuerDigest) {
    return back('return_old')
  }
  const completed = await deps.people.complete({
    ...requestOf(deps, visit, provider),
    secrets: begun.secrets,
    callbackParameters: new URLSearchParams(visit.http.rawQueryString),
  })
  if (completed.outcome === 'unavailable') return back('provider_failed', completed.why)
  if (completed.outcome === 'refused') return back('provider_refused', whyRefused(completed))
  const { person } = completed
  const admittedBy = provider.people.find((entry) => isAdmitted(person, [entry]))
  if (admittedBy === undefined) return back('not_admitted')
  await attempt.takeBack()
  const name = person.email ?? person.name ?? person.subject
  const user = { kind: 'person', name, issuer: provider.issuer, admittedBy } as const
  const response = await letIn(deps, { http: visit.http, user, goTo })
  return { ...response, cookies: [...(response.cookies ?? []), deps.cookies.begun.clear()] }
}

function requestOf(
  deps: DoorDependencies,
  { signal }: Visit,
  provider: PeopleProvider,
): PeopleSignInRequest {
  return { provider, redirectUri: redirectUriOf(deps), signal }
}

/** A sign-in that was begun in this browser, as its cookie keeps it. */
interface BegunSignIn {
  readonly issuerDigest: string
  readonly secrets: PeopleSignInSecrets
  readonly goTo: string
}

function keptSignIn({
  provider,
  secrets,
  goTo,
}: Pick<BegunSignIn, 'secrets' | 'goTo'> & { readonly provider: PeopleProvider }): string {
  const { state, nonce, codeVerifier } = secrets
  const way = goTo.length > LONGEST_WAY_ON ? CONSOLE_PATH : goTo
  const kept = [digestOf(provider.issuer), state, nonce, codeVerifier]
  return [...kept, Buffer.from(way).toString('base64url')].join('.')
}

function begunSignIn(kept: string | undefined): BegunSignIn | undefined {
  const [issuerDigest, state, nonce, codeVerifier, way] = kept?.split('.') ?? []
  if (!issuerDigest || !state || !nonce || !codeVerifier || way === undefined) return undefined
  const goTo = Buffer.from(way, 'base64url').toString()
  return { issuerDigest, secrets: { state, nonce, codeVerifier }, goTo }
}

/** For the log: names of errors, and nothing that was sent. */
function whyRefused(refusal: PeopleSignInRefusal): string {
  switch (refusal.why) {
    case 'not_the_answer':
      return refusal.why
    case 'not_granted':
    case 'not_redeemed':
      return `${refusal.why}: ${refusal.error}`
    case 'not_proven':
      return `${refusal.why}: ${refusal.what}`
  }
}

/** An attempt of this address, counted before it is made; `undefined` when there were too many. */
async function countedAttempt({ signInAttempts, now }: DoorDependencies, { http }: Visit) {
  const keys = attemptKeysOf({ address: http.requestContext.http.sourceIp })
  if (!(await signInAttempts.count(keys, now()))) return undefined
  return { takeBack: () => signInAttempts.takeBack(keys, now()) }
}

/** By a redirect, so that the code leaves the address bar, and no reload sends it again. */
function backToTheDoor(deps: DoorDependencies, visit: Visit, door: Refused): HttpResponse {
  const { goTo, problem } = door
  logRefusal(deps, visit, door)
  const query = new URLSearchParams({ problem, ...(goTo !== CONSOLE_PATH && { to: goTo }) })
  return seeOther(`${CONSOLE_SIGN_IN_PATH}?${query}`, [deps.cookies.begun.clear()])
}

/**
 * A page that goes on by itself; a redirect would not do.
 * @see ../http/forward-page.ts
 */
function forwardPage(
  visit: Visit,
  { url, host, cookie }: { readonly url: string; readonly host: string; readonly cookie: string },
): HttpResponse {
  const { forward_title, forward_text, forward_button } = visit.words.sign_in
  const response = openConsolePage(visit, {
    title: fill(forward_title, { host }),
    content: html`<p>${forward_text}</p>\n${button(forward_button, url, 'secondary')}`,
  })
  return withRefresh({ ...response, cookies: [cookie] }, { seconds: 0, url })
}
