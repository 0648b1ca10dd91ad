import type { ReadApiAccess } from '../domain/api-access.ts'
import type { Connections } from '../domain/connections.ts'
import type { Reason } from '../domain/reason.ts'
import { refreshConnection } from '../domain/refresh-connection.ts'
import type { RefreshDependencies } from '../domain/refresh-dependencies.ts'
import type { RefreshOutcome } from '../domain/refresh-outcome.ts'
import { ServiceError } from '../domain/service-error.ts'
import { accountOf } from '../http/account.ts'
import { utc } from '../http/account-connector.ts'
import { callerOf } from '../http/bearer-token.ts'
import { idOf } from '../http/fields.ts'
import { messageOf } from '../http/guidance-text.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { notConnected } from '../http/not-connected.ts'
import { type HttpRequest, pathVariable } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import { type Operations, reportRefresh } from './report-refresh.ts'

export interface HttpRefreshDependencies extends RefreshDependencies {
  readonly connections: Pick<Connections, 'read'>
  readonly readApiAccess: ReadApiAccess
  readonly operations: Operations
}

/** `POST …/{id}/refresh`: renews one connection now and says what happened. */
export function httpRefreshHandler(deps: HttpRefreshDependencies): HttpHandler {
  const { operations } = deps
  return httpHandler(operations.log, async (request, signal) => {
    const connectionId = await connectionIdOf(deps, request)
    const outcome = await refreshConnection(deps, { connectionId, when: 'now', signal })
    const { requestId } = request.requestContext
    reportRefresh(operations, { requestId, connectionId, result: outcome })
    operations.metrics.outcomes({ [outcome.outcome]: 1 })
    operations.metrics.flush()
    return answerOf(outcome, deps.now())
  })
}

async function connectionIdOf(
  deps: HttpRefreshDependencies,
  request: HttpRequest,
): Promise<number> {
  const caller = await callerOf(request, deps)
  const connectionId = idOf(pathVariable(request, 'id')) ?? 0
  const connection = await deps.connections.read(accountOf(request, caller), connectionId)
  if (connection === undefined) throw unknown()
  return connection.id
}

function answerOf(outcome: RefreshOutcome, now: Date): HttpResponse {
  switch (outcome.outcome) {
    case 'refreshed':
      return json({ Outcome: outcome.outcome, ExpiresAtUtc: utc(outcome.expiresAt) })
    case 'not_due':
    case 'in_progress':
      return json({ Outcome: outcome.outcome }, 202)
    case 'transient':
      throw retryLater(
        `Microsoft did not renew the token (${outcome.code}); the connection stays as it is`,
        { code: 'temporarily_unavailable', retryAt: outcome.retryAt, now },
      )
    case 'blocked': {
      const { reason, retryAt } = outcome
      const message = `Microsoft did not renew the token (${reason.code}): ${messageOf(reason)}`
      throw retryLater(message, { code: 'temporarily_unavailable', reason, retryAt, now })
    }
    case 'app_credential_rejected':
      throw retryLater(
        `Microsoft does not accept the application's own credential (${outcome.code}); renew its client secret`,
        { code: 'app_credential_rejected', retryAt: outcome.retryAt, now },
      )
    case 'reauthorization_required':
      throw notConnected({ status: 'reauthorization_required', reason: outcome.reason })
    case 'gone':
      throw outcome.status === undefined
        ? unknown()
        : notConnected({ status: outcome.status, reason: undefined })
  }
}

function retryLater(
  message: string,
  {
    code,
    reason,
    retryAt,
    now,
  }: {
    readonly code: 'temporarily_unavailable' | 'app_credential_rejected'
    readonly reason?: Reason
    readonly retryAt: Date
    readonly now: Date
  },
): ServiceError {
  const wait = Math.max(Math.ceil((retryAt.getTime() - now.getTime()) / 1000), 1)
  return new ServiceError(message, { code, reason, evidence: { retryAfterSeconds: wait } })
}

function unknown(): ServiceError {
  return new ServiceError('this account has no account connector with that id', {
    code: 'not_found',
  })
}
