import type { AppCredentials } from './app-credentials.ts'
import type { Clock } from './clock.ts'
import type { RefreshBrakes } from './refresh-brakes.ts'
import type { RefreshClaims } from './refresh-claims.ts'
import type { RefreshPolicy } from './refresh-schedule.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import type { TokenSealer } from './token-sealer.ts'
import type { TokenSets } from './token-sets.ts'
import type { Wait } from './wait.ts'

/** What a refresh needs. */
export interface RefreshDependencies {
  readonly tokenSets: TokenSets
  readonly refreshClaims: RefreshClaims
  readonly refreshBrakes: RefreshBrakes
  readonly tokenEndpoint: Pick<TokenEndpoint, 'refresh'>
  readonly appCredentials: AppCredentials
  readonly accessTokens: TokenSealer
  readonly refreshTokens: TokenSealer
  readonly refreshPolicy: RefreshPolicy
  /** Told once when the app credential is rejected, and once when it is accepted again. */
  readonly notice: (what: AppCredentialNotice, code: string) => void
  readonly now: Clock
  readonly wait: Wait
}

/** What operators are told about the app credential. */
export type AppCredentialNotice =
  | 'app_credential_rejected'
  | 'app_credential_restored'
  | 'app_credential_newest_rejected'
