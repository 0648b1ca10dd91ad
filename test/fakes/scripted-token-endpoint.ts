import type { User } from '../../functions/domain/connection.ts'
import type {
  AuthorizationCodeGrant,
  RedeemedCode,
  RefreshTokenGrant,
  TokenEndpoint,
  TokenEndpointFailure,
  TokenSet,
} from '../../functions/domain/token-endpoint.ts'
import { type Step, script } from './scripted.ts'
import type { TokenMinter } from './token-minter.ts'

type CodeAnswer = RedeemedCode | TokenEndpointFailure
type RefreshAnswer =
  | { readonly outcome: 'issued'; readonly tokenSet: TokenSet }
  | TokenEndpointFailure

/** Issues unique tokens to whoever asks, unless the next call is planned to go otherwise. */
export interface ScriptedTokenEndpoint extends TokenEndpoint {
  readonly codeGrants: readonly AuthorizationCodeGrant[]
  readonly refreshGrants: readonly RefreshTokenGrant[]
  answerNextCode(step: CodeAnswer | Step<CodeAnswer>): void
  answerNextRefresh(step: RefreshAnswer | Step<RefreshAnswer>): void
}

export function scriptedTokenEndpoint(
  minter: TokenMinter,
  user: () => User,
): ScriptedTokenEndpoint {
  const codes = script<CodeAnswer>()
  const refreshes = script<RefreshAnswer>()
  const codeGrants: AuthorizationCodeGrant[] = []
  const refreshGrants: RefreshTokenGrant[] = []
  return {
    codeGrants,
    refreshGrants,
    answerNextCode: codes.answerNext,
    answerNextRefresh: refreshes.answerNext,
    exchangeCode: async (grant) => {
      codeGrants.push(grant)
      return codes.take(() => ({ outcome: 'issued', tokenSet: minter.mint(), user: user() }))
    },
    refresh: async (grant) => {
      refreshGrants.push(grant)
      return refreshes.take(() => ({ outcome: 'issued', tokenSet: minter.mint() }))
    },
  }
}
