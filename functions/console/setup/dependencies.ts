import type { AppCredentialWriter } from '../../domain/app-credential-writer.ts'
import type { Clock } from '../../domain/clock.ts'
import type { Connections } from '../../domain/connections.ts'
import type { CheckCredential, CheckStoredCredential } from '../../domain/credential-check.ts'
import type { TokenRequestRoles } from '../../domain/federation-commands.ts'
import type { PartnerSettingsStore } from '../../domain/partner-settings.ts'
import type { ReadAppBreaker } from '../../domain/refresh-brakes.ts'
import type { SignInTokens } from '../../domain/sign-in-token.ts'
import type { EventLog } from '../../logger.ts'

/** What the deployment decided and the console cannot change. */
export interface Deployment {
  /** Where browsers reach the service; no trailing slash. */
  readonly publicUrl: string
  /** Origins that a sign-in may return to, beside those of the settings. */
  readonly allowedOrigins: readonly string[]
  /** Whom Microsoft has to trust, where AWS vouches for the functions; `undefined` where it does not. */
  readonly tokenRequestRoles: TokenRequestRoles | undefined
}

/** What setting the service up needs. */
export interface SetupDependencies {
  readonly partnerSettings: PartnerSettingsStore
  readonly appCredentialWriter: AppCredentialWriter
  readonly checkCredential: CheckCredential
  readonly checkStoredCredential: CheckStoredCredential
  readonly readAppBreaker: ReadAppBreaker
  readonly connections: Pick<Connections, 'create' | 'list' | 'names'>
  readonly signInTokens: Pick<SignInTokens, 'create'>
  readonly deployment: Deployment
  readonly now: Clock
  readonly log: EventLog
}
