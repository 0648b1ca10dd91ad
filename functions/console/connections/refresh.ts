import type { Connection } from '../../domain/connection.ts'
import { formButton } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import type { ConnectionsDependencies } from './dependencies.ts'
import { afterwards } from './done.ts'
import { connectionOf, noSuchConnection } from './own-connection.ts'
import { connectionPath } from './paths.ts'
import { standingOf } from './standing.ts'

/** `POST …/refresh`: what became of it is told by the connection's page, which shows the rest. */
export async function refresh(
  deps: ConnectionsDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const { id } = await connectionOf(deps, visit)
  const outcome = await deps.refreshRequests.refresh(id, 'now')
  logAction(deps, visit, { reason: 'refresh', connectionId: id })
  const isDeleted = outcome.outcome === 'gone' && outcome.status === undefined
  if (isDeleted) throw noSuchConnection()
  return afterwards(id, outcome.outcome)
}

/** The form for it, where there is something to renew. */
export function refreshForm(visit: SignedInVisit, connection: Connection): Html {
  if (connection.status !== 'connected') return html``
  const { title, text, button } = visit.words.connection.refresh
  const { needs } = standingOf(connection)
  const form = {
    action: connectionPath(connection.id, 'refresh'),
    fields: { formToken: visit.formToken },
    label: button,
    rank: needs === 'refresh' ? 'primary' : 'secondary',
  } as const
  return html`<section><h3>${title}</h3>
<p>${text}</p>
${formButton(form)}</section>`
}
