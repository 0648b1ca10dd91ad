import { refreshConnection } from '../domain/refresh-connection.ts'
import type { RefreshDependencies } from '../domain/refresh-dependencies.ts'
import type { RefreshOutcome } from '../domain/refresh-outcome.ts'
import { utc } from '../http/account-connector.ts'
import { messageOf } from '../http/guidance-text.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { notConnected } from '../http/not-connected.ts'
import { noSuchConnector } from '../http/own-connection.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import { retryLater } from '../http/retry-later.ts'
import type { NotRefreshed, Refreshed } from '../http/schemas/tokens.ts'
import { type FindOwnConnection, findOwnConnection } from './find-own-connection.ts'
import { type Operations, reportRefresh } from './report-refresh.ts'

export interface HttpRefreshDependencies extends RefreshDependencies, FindOwnConnection {
  readonly operations: Operations
}

/** `POST …/{id}/refresh`: renews one connection now and says what happened. */
export function httpRefreshHandler(deps: HttpRefreshDependencies): HttpHandler {
  const { operations } = deps
  return httpHandler(operations.log, async (request, signal) => {
    const { id: connectionId } = await findOwnConnection(deps, request)
    const outcome = await refreshConnection(deps, { connectionId, when: 'now', signal })
    const { requestId } = request.requestContext
    reportRefresh(operations, { requestId, connectionId, result: outcome })
    operations.metrics.outcomes({ [outcome.outcome]: 1 })
    operations.metrics.flush()
    return answerOf(outcome, deps.now())
  })
}

function answerOf(outcome: RefreshOutcome, now: Date): HttpResponse {
  switch (outcome.outcome) {
    case 'refreshed':
      return json({
        Outcome: outcome.outcome,
        ExpiresAtUtc: utc(outcome.expiresAt),
      } satisfies Refreshed)
    case 'not_due':
    case 'in_progress':
      return json({ Outcome: outcome.outcome } satisfies NotRefreshed, 202)
    case 'transient':
      throw retryLater(
        `Microsoft did not renew the token (${outcome.code}); the connection stays as it is`,
        { code: 'temporarily_unavailable', retryAt: outcome.retryAt },
        now,
      )
    case 'blocked': {
      const { reason, retryAt } = outcome
      const message = `Microsoft did not renew the token (${reason.code}): ${messageOf(reason)}`
      throw retryLater(message, { code: 'temporarily_unavailable', reason, retryAt }, now)
    }
    case 'app_credential_rejected':
      throw retryLater(
        `Microsoft does not accept the application's own credential (${outcome.code}); renew its client secret`,
        { code: 'app_credential_rejected', retryAt: outcome.retryAt },
        now,
      )
    case 'reauthorization_required':
      throw notConnected({ status: 'reauthorization_required', reason: outcome.reason })
    case 'gone':
      throw outcome.status === undefined
        ? noSuchConnector()
        : notConnected({ status: outcome.status, reason: undefined })
  }
}
