import { lookUp } from '../domain/api-access.ts'
import {
  type ConsoleSession,
  type ConsoleUser,
  newConsoleSession,
} from '../domain/console-session.ts'
import { digestOf } from '../domain/sign-in-token.ts'
import type { HttpRequest } from '../http/request.ts'
import { type HttpResponse, seeOther } from '../http/responses.ts'
import type { DoorDependencies } from './dependencies.ts'

/** A session, and the secret that its cookie holds. */
export interface OpenSession {
  readonly session: ConsoleSession
  readonly secret: string
}

/** Whose session the request belongs to; `undefined` when nobody's, or that of one who may not come in any more. */
export async function sessionOf(
  deps: DoorDependencies,
  http: HttpRequest,
): Promise<OpenSession | undefined> {
  const secret = deps.cookies.session.read(http)
  if (secret === undefined) return undefined
  const session = await deps.consoleSessions.read(digestOf(secret))
  if (session === undefined || session.expiresAt <= deps.now()) return undefined
  return (await mayStay(deps, session.user)) ? { session, secret } : undefined
}

/** Lets somebody in under a new session, and sends the browser on. */
export async function letIn(
  deps: DoorDependencies,
  { http, user, goTo }: { http: HttpRequest; user: ConsoleUser; goTo: string },
): Promise<HttpResponse> {
  const { secret, session } = newConsoleSession(user, deps.now())
  await deps.consoleSessions.create(session)
  const { requestId } = http.requestContext
  deps.log.event('console_signed_in', { requestId, reason: user.kind })
  return seeOther(goTo, [deps.cookies.session.set(secret), deps.cookies.visitor.clear()])
}

/** Who was let in by something that is there no longer has no session any more, within the five minutes it is kept in memory. */
async function mayStay(deps: DoorDependencies, user: ConsoleUser): Promise<boolean> {
  switch (user.kind) {
    case 'api_client': {
      const client = await lookUp(deps.readApiAccess, ({ clients }) =>
        clients.find(
          ({ clientId, accountId }) => clientId === user.name && accountId === user.accountId,
        ),
      )
      return client !== undefined
    }
    case 'first_sign_in':
      return (await deps.consoleAccess.read()).firstSignIn !== undefined
    case 'person': {
      const { provider } = await deps.consoleAccess.read()
      return provider?.issuer === user.issuer && provider.people.includes(user.admittedBy)
    }
  }
}
