import type { Connection } from '../../domain/connection.ts'
import { ServiceError } from '../../domain/service-error.ts'
import { NO_TERMS } from '../../domain/sign-in-terms.ts'
import { newSignInToken, SIGN_IN_TOKEN_LIFETIME_MS } from '../../domain/sign-in-token.ts'
import { forwardPage } from '../../http/forward-page.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { SIGN_IN_PATH } from '../../http/routes.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import { connectionPage } from './connection-page.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { labelOf } from './form-state.ts'
import { isLifetime, LIFETIMES } from './link-lifetimes.ts'
import { linkPage } from './link-page.ts'
import { connectionOf } from './own-connection.ts'
import { connectionPath } from './paths.ts'

/** `POST …/link`: a link for somebody, shown once; or the visitor's own, which is gone to at once. */
export async function makeLink(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const connection = await connectionOf(deps, visit)
  const sent = visit.form.fields
  if (sent.get('now') === 'yes') return signInNow(deps, visit, connection)
  const username = labelOf(sent, 'username')
  if (username === undefined) {
    const errors = { username: visit.words.connection.link.username_wrong }
    return connectionPage(deps, visit, { connection, form: { sent, errors } })
  }
  const targetOrigin = await targetOf(deps, connection, sent.get('origin'))
  const lifetimeMs = lifetimeOf(sent.get('lifetime'))
  const wanted = { username, lifetimeMs, targetOrigin }
  const made = await newLink(deps, visit, { connection, ...wanted })
  return linkPage(visit, { connection, username, targetOrigin, ...made })
}

/** A form's redirect may not lead to Microsoft, so that a page of the service goes on. */
async function signInNow(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
  connection: Connection,
): Promise<HttpResponse> {
  const { link } = await newLink(deps, visit, {
    connection,
    username: visit.session.user.name,
    lifetimeMs: SIGN_IN_TOKEN_LIFETIME_MS,
    targetOrigin: ownPage(deps, connection),
  })
  return forwardPage(visit.view, link)
}

interface WantedLink {
  readonly connection: Connection
  readonly username: string
  readonly lifetimeMs: number
  readonly targetOrigin: string
}

async function newLink(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
  { connection, username, lifetimeMs, targetOrigin }: WantedLink,
): Promise<{ readonly link: string; readonly expiresAt: Date }> {
  const { id, accountId } = connection
  const allowsUserChange = visit.form.fields.get('another_user') === 'yes'
  const terms = { ...NO_TERMS, allowsUserChange }
  const { text, token } = newSignInToken({ accountId, username, lifetimeMs, terms }, deps.now())
  await deps.signInTokens.create(token)
  logAction(deps, visit, { reason: 'link', connectionId: id })
  const query = new URLSearchParams({ id: String(id), token: text, targetOrigin })
  return { link: `${deps.publicUrl}${SIGN_IN_PATH}?${query}`, expiresAt: token.expiresAt }
}

/** @throws ServiceError `request_invalid` for what the form does not offer. */
function lifetimeOf(word = ''): number {
  if (isLifetime(word)) return LIFETIMES[word]
  throw new ServiceError('choose how long the link is good', { code: 'request_invalid' })
}

/** @throws ServiceError `request_invalid` for an origin that a sign-in may not return to. */
async function targetOf(
  deps: ConnectionsDependencies,
  connection: Connection,
  origin: string | undefined,
): Promise<string> {
  if (origin === new URL(deps.publicUrl).origin) return ownPage(deps, connection)
  const origins = await deps.returnOrigins()
  if (origin !== undefined && origins.includes(origin)) return origin
  throw new ServiceError('choose an origin that a sign-in may return to', {
    code: 'request_invalid',
  })
}

function ownPage({ publicUrl }: ConnectionsDependencies, { id }: Connection): string {
  return `${publicUrl}${connectionPath(id)}`
}
