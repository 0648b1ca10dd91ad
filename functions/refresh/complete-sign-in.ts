import { reasonOfProblem } from '../domain/guidance.ts'
import { type CompleteParkedDependencies, completeParkedSignIn } from '../domain/parked-sign-in.ts'
import { ServiceError } from '../domain/service-error.ts'
import { accountConnector } from '../http/account-connector.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { jsonBodyOf } from '../http/request.ts'
import { json } from '../http/responses.ts'
import { COMPLETION_REQUEST } from '../http/schemas/completion-request.ts'
import { parsed } from '../http/schemas/parse.ts'
import type { EventLog } from '../logger.ts'
import { type FindOwnConnection, findOwnConnection } from './find-own-connection.ts'

export interface CompleteSignInDependencies extends CompleteParkedDependencies, FindOwnConnection {
  readonly log: EventLog
}

/**
 * `POST …/{id}/complete`: connects a sign-in that waits for the partner's backend, which calls it from its
 * own user's session; answers the account connector.
 */
export function completeSignInHandler(deps: CompleteSignInDependencies): HttpHandler {
  return httpHandler(deps.log, async (request) => {
    const { id: connectionId } = await findOwnConnection(deps, request)
    const { CompletionId: completionId } = parsed(COMPLETION_REQUEST, jsonBodyOf(request))
    const ended = await completeParkedSignIn(deps, { connectionId, completionId })
    const { requestId } = request.requestContext
    deps.log.event('sign_in_completed', { requestId, connectionId, outcome: ended.outcome })
    if (ended.outcome === 'unknown') throw noSuchCompletion()
    if (ended.outcome === 'failed') {
      throw new ServiceError(
        'the sign-in does not fit the connection any more; let the user sign in again',
        {
          code: 'completion_refused',
          reason: reasonOfProblem(ended.problem, deps.now()),
        },
      )
    }
    return json(accountConnector(await findOwnConnection(deps, request)))
  })
}

function noSuchCompletion(): ServiceError {
  return new ServiceError(
    'nothing waits under this CompletionId; it is for this account connector alone, once, and for ten minutes',
    { code: 'completion_unknown' },
  )
}
