import { authenticatedClient, lookUp } from '../domain/api-access.ts'
import { type FirstSignIn, isFirstSignIn } from '../domain/console-access.ts'
import type { ConsoleUser } from '../domain/console-session.ts'
import { attemptKeysOf } from '../domain/sign-in-attempts.ts'
import { formBodyOf, queryOf } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import { CONSOLE_SIGN_IN_PATH } from '../http/routes.ts'
import type { DoorDependencies } from './dependencies.ts'
import { accessAtTheDoor, atTheDoor, isOfVisitor, problemOf, refuse, wayOn } from './door.ts'
import { letIn } from './session.ts'
import type { SignedInVisit, Visit } from './visit.ts'

/** The page to sign in at. */
export async function signInPage(deps: DoorDependencies, visit: Visit): Promise<HttpResponse> {
  const query = queryOf(visit.http)
  return atTheDoor(deps, visit, {
    goTo: wayOn(query.get('to')),
    isSignedOut: query.get('done') === 'signed_out',
    problem: problemOf(query.get('problem')),
  })
}

/** Takes an API client's id and secret, or those of the first sign-in. */
export async function signIn(deps: DoorDependencies, visit: Visit): Promise<HttpResponse> {
  const form = formBodyOf(visit.http)
  const goTo = wayOn(form.get('to'))
  if (!isOfVisitor(deps, visit, form)) return atTheDoor(deps, visit, { goTo, problem: 'form_old' })
  const clientId = form.get('id')?.trim() ?? ''
  const address = visit.http.requestContext.http.sourceIp
  const keys = attemptKeysOf({ name: clientId, address })
  if (!(await deps.signInAttempts.count(keys, deps.now()))) {
    return refuse(deps, visit, { goTo, problem: 'too_many' })
  }
  const user = await userWith(deps, visit, { clientId, clientSecret: form.get('secret') ?? '' })
  if (user === undefined) return refuse(deps, visit, { goTo, problem: 'rejected' })
  await deps.signInAttempts.takeBack(keys, deps.now())
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
  deps: DoorDependencies,
  visit: Visit,
  presented: FirstSignIn,
): Promise<ConsoleUser | undefined> {
  const client = await lookUp(deps.readApiAccess, (access) =>
    authenticatedClient(access, presented),
  )
  if (client) return { kind: 'api_client', name: client.clientId, accountId: client.accountId }
  const access = await accessAtTheDoor(deps, visit, { reread: true })
  const isFirst = isFirstSignIn(access, presented)
  return isFirst ? { kind: 'first_sign_in', name: presented.clientId } : undefined
}
