import {
  type AccessTokenDependencies,
  type AccessTokenOutcome,
  accessTokenFor,
} from '../domain/access-token.ts'
import type { ReadApiAccess } from '../domain/api-access.ts'
import { ServiceError } from '../domain/service-error.ts'
import { accountOf } from '../http/account.ts'
import { utc } from '../http/account-connector.ts'
import { callerOf } from '../http/bearer-token.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { idOf } from '../http/id.ts'
import { notConnected } from '../http/not-connected.ts'
import { noSuchConnector } from '../http/own-connection.ts'
import { pathVariable } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import { ACCESS_TOKEN_QUERY } from '../http/schemas/access-token-query.ts'
import { parsedQuery } from '../http/schemas/parse.ts'
import type { WireAccessToken } from '../http/schemas/tokens.ts'
import type { EventLog } from '../logger.ts'

export interface TokenDependencies extends AccessTokenDependencies {
  readonly readApiAccess: ReadApiAccess
}

/** A valid access token for the partner's backend. */
export function tokenHandler(deps: TokenDependencies, log: EventLog): HttpHandler {
  return httpHandler(log, async (request) => {
    // Where the keyring is not at hand yet, as at a start, it comes while the caller is looked at; whether
    // it came is asked when it is used.
    void deps.accessTokens.ready().catch(() => undefined)
    const caller = await callerOf(request, deps)
    const { minValidity, forceRefresh } = parsedQuery(ACCESS_TOKEN_QUERY, request)
    const outcome = await accessTokenFor(deps, {
      accountId: accountOf(request, caller),
      connectionId: idOf(pathVariable(request, 'id')) ?? 0,
      minValidityMs: minValidity * 1000,
      forceRefresh,
    })
    return answerOf(outcome, deps.now())
  })
}

function answerOf(outcome: AccessTokenOutcome, now: Date): HttpResponse {
  switch (outcome.outcome) {
    case 'served':
      return json({
        AccessToken: outcome.accessToken,
        TokenType: 'Bearer',
        ExpiresAtUtc: utc(outcome.expiresAt),
        Resource: outcome.resource,
      } satisfies WireAccessToken)
    case 'unknown':
      throw noSuchConnector()
    case 'not_connected':
      throw notConnected(outcome)
    case 'unavailable':
      throw unavailable(outcome, now)
  }
}

const WHY_UNAVAILABLE = {
  temporarily_unavailable: 'Microsoft did not renew the token just now; try again in a moment',
  app_credential_rejected:
    "Microsoft does not accept the application's own credential; renew its client secret",
  validity_unavailable:
    'Microsoft issued no token that is valid for as long as asked; ask for a smaller minValidity',
} as const

function unavailable(
  outcome: Extract<AccessTokenOutcome, { outcome: 'unavailable' }>,
  now: Date,
): ServiceError {
  const wait = Math.ceil((outcome.retryAt.getTime() - now.getTime()) / 1000)
  return new ServiceError(WHY_UNAVAILABLE[outcome.why], {
    code: outcome.why,
    reason: outcome.reason,
    evidence: { retryAfterSeconds: Math.max(wait, 1) },
  })
}
