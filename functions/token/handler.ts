import type { Context } from 'aws-lambda'
import {
  type AccessTokenDependencies,
  type AccessTokenOutcome,
  accessTokenFor,
} from '../domain/access-token.ts'
import type { ReadApiAccess } from '../domain/api-access.ts'
import { accountOf } from '../http/account.ts'
import { utc } from '../http/account-connector.ts'
import { callerOf } from '../http/bearer-token.ts'
import {
  type DirectAnswer,
  directHandler,
  type HttpHandler,
  httpHandler,
} from '../http/http-handler.ts'
import { idOf } from '../http/id.ts'
import { notConnected } from '../http/not-connected.ts'
import { noSuchConnector } from '../http/own-connection.ts'
import { isHttpRequest, pathVariable } from '../http/request.ts'
import { json } from '../http/responses.ts'
import { retryLater } from '../http/retry-later.ts'
import { ACCESS_TOKEN_QUERY } from '../http/schemas/access-token-query.ts'
import { parsed, parsedQuery } from '../http/schemas/parse.ts'
import { TOKEN_EVENT } from '../http/schemas/token-event.ts'
import type { WireAccessToken } from '../http/schemas/tokens.ts'
import type { EventLog } from '../logger.ts'

export interface TokenDependencies extends AccessTokenDependencies {
  readonly readApiAccess: ReadApiAccess
}

/** Serves the partner's backend, over HTTP or by an invocation that IAM allows. */
export function tokenHandler(
  deps: TokenDependencies,
  log: EventLog,
): (event: unknown, context: Context) => Promise<object> {
  const http = overHttp(deps, log)
  const direct = byInvocation(deps, log)
  return (event, context) => (isHttpRequest(event) ? http(event, context) : direct(event, context))
}

function overHttp(deps: TokenDependencies, log: EventLog): HttpHandler {
  return httpHandler(log, async (request) => {
    fetchKeyring(deps)
    const caller = await callerOf(request, deps)
    const { minValidity, forceRefresh } = parsedQuery(ACCESS_TOKEN_QUERY, request)
    const outcome = await accessTokenFor(deps, {
      accountId: accountOf(request, caller),
      connectionId: idOf(pathVariable(request, 'id')) ?? 0,
      minValidityMs: minValidity * 1000,
      forceRefresh,
    })
    return json(tokenOf(outcome, deps.now()))
  })
}

/** IAM has said that whoever invokes may have any account's token. */
function byInvocation(deps: TokenDependencies, log: EventLog): DirectAnswer {
  return directHandler(log, async (event, { awsRequestId: requestId }) => {
    fetchKeyring(deps)
    const { accountId, connectionId, minValidity, forceRefresh } = parsed(TOKEN_EVENT, event).token
    const outcome = await accessTokenFor(deps, {
      accountId,
      connectionId,
      minValidityMs: minValidity * 1000,
      forceRefresh,
    })
    log.event('token_invoked', { requestId, connectionId, outcome: outcome.outcome })
    return tokenOf(outcome, deps.now())
  })
}

/**
 * Where the keyring is not at hand yet, as at a start, it comes while the caller is looked at; whether it
 * came is asked when it is used.
 */
function fetchKeyring({ accessTokens }: TokenDependencies): void {
  void accessTokens.ready().catch(() => undefined)
}

function tokenOf(outcome: AccessTokenOutcome, now: Date): WireAccessToken {
  switch (outcome.outcome) {
    case 'served':
      return {
        AccessToken: outcome.accessToken,
        TokenType: 'Bearer',
        ExpiresAtUtc: utc(outcome.expiresAt),
        Resource: outcome.resource,
      }
    case 'unknown':
      throw noSuchConnector()
    case 'not_connected':
      throw notConnected(outcome)
    case 'unavailable':
      throw retryLater(WHY_UNAVAILABLE[outcome.why], { ...outcome, code: outcome.why }, now)
  }
}

const WHY_UNAVAILABLE = {
  temporarily_unavailable: 'Microsoft did not renew the token just now; try again in a moment',
  app_credential_rejected:
    "Microsoft does not accept the application's own credential; renew its client secret",
  validity_unavailable:
    'Microsoft issued no token that is valid for as long as asked; ask for a smaller minValidity',
} as const
