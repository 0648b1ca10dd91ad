import {
  type AccessTokenDependencies,
  type AccessTokenOutcome,
  accessTokenFor,
} from '../domain/access-token.ts'
import type { ReadApiAccess } from '../domain/api-access.ts'
import { accountOf } from '../http/account.ts'
import { utc } from '../http/account-connector.ts'
import { callerOf } from '../http/bearer-token.ts'
import { flag, idOf, wholeNumber } from '../http/fields.ts'
import { type HttpHandler, httpHandler } from '../http/http-handler.ts'
import { notConnected } from '../http/not-connected.ts'
import { noSuchConnector } from '../http/own-connection.ts'
import { pathVariable, queryOf } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import { retryLater } from '../http/retry-later.ts'
import type { EventLog } from '../logger.ts'

/** What a token is good for at least, unless the caller asks otherwise. */
const DEFAULT_MIN_VALIDITY_SECONDS = 300

/** Microsoft's tokens live for an hour at least; asking for all of it would renew at every call. */
const LARGEST_MIN_VALIDITY_SECONDS = 50 * 60

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
    const query = queryOf(request)
    const validity = { from: 0, to: LARGEST_MIN_VALIDITY_SECONDS }
    const minValidity = wholeNumber(query, 'minValidity', {
      ...validity,
      otherwise: DEFAULT_MIN_VALIDITY_SECONDS,
    })
    const outcome = await accessTokenFor(deps, {
      accountId: accountOf(request, caller),
      connectionId: idOf(pathVariable(request, 'id')) ?? 0,
      minValidityMs: minValidity * 1000,
      forceRefresh: flag(query, 'forceRefresh', false),
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
      })
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
