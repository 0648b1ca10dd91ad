import type { User } from '../../functions/domain/connection.ts'
import type {
  AdoptedGrant,
  AuthorizationCodeGrant,
  RedeemedGrant,
  RefreshTokenGrant,
  TokenEndpoint,
  TokenEndpointFailure,
  TokenSet,
} from '../../functions/domain/token-endpoint.ts'
import { type Step, script } from './scripted.ts'
import type { TokenMinter } from './token-minter.ts'

type GrantAnswer = RedeemedGrant | TokenEndpointFailure
type RefreshAnswer =
  | { readonly outcome: 'issued'; readonly tokenSet: TokenSet }
  | TokenEndpointFailure

/** Issues unique tokens to whoever asks, unless the next call is planned to go otherwise. */
export interface ScriptedTokenEndpoint extends TokenEndpoint {
  readonly codeGrants: readonly AuthorizationCodeGrant[]
  readonly refreshGrants: readonly RefreshTokenGrant[]
  answerNextCode(step: GrantAnswer | Step<GrantAnswer>): void
  readonly adoptedGrants: readonly AdoptedGrant[]
  answerNextAdoption(step: GrantAnswer | Step<GrantAnswer>): void
  answerNextRefresh(step: RefreshAnswer | Step<RefreshAnswer>): void
}

export function scriptedTokenEndpoint(
  minter: TokenMinter,
  user: () => User,
): ScriptedTokenEndpoint {
  const codes = script<GrantAnswer>()
  const adoptions = script<GrantAnswer>()
  const refreshes = script<RefreshAnswer>()
  const codeGrants: AuthorizationCodeGrant[] = []
  const adoptedGrants: AdoptedGrant[] = []
  const refreshGrants: RefreshTokenGrant[] = []
  return {
    codeGrants,
    refreshGrants,
    adoptedGrants,
    answerNextAdoption: adoptions.answerNext,
    answerNextCode: codes.answerNext,
    answerNextRefresh: refreshes.answerNext,
    exchangeCode: async (grant) => {
      codeGrants.push(grant)
      return codes.take(() => ({ outcome: 'issued', tokenSet: minter.mint(), user: user() }))
    },
    adopt: async (grant) => {
      adoptedGrants.push(grant)
      return adoptions.take(() => ({ outcome: 'issued', tokenSet: minter.mint(), user: user() }))
    },
    refresh: async (grant) => {
      refreshGrants.push(grant)
      return refreshes.take(() => ({ outcome: 'issued', tokenSet: minter.mint() }))
    },
  }
}
