import type { Reason } from './reason.ts'
import type { MicrosoftTrace } from './refresh-outcome.ts'

/** How an import ended; the connection is as it was unless it was imported. */
export type ImportOutcome =
  | { readonly outcome: 'imported' }
  /** Microsoft, the environment or the connection does not take it; asking again gives the same. */
  | { readonly outcome: 'refused'; readonly reason: Reason; readonly trace?: MicrosoftTrace }
  /** Microsoft or the environment could not be asked. */
  | {
      readonly outcome: 'transient'
      readonly code: string
      readonly retryAt: Date
      readonly trace?: MicrosoftTrace
    }
  /** Microsoft does not accept the partner's own credential. */
  | {
      readonly outcome: 'app_credential_rejected'
      readonly code: string
      readonly retryAt: Date
      readonly trace?: MicrosoftTrace
    }
  /** The connection does not say yet which environment it is for. */
  | { readonly outcome: 'no_environment' }
  | { readonly outcome: 'unknown' }

/**
 * Has a refresh token that was obtained elsewhere proven, and stored as the connection's grant.
 * @throws ServiceError `refresh_unavailable` when whoever may seal tokens does not answer
 */
export type ImportTokens = (connectionId: number, refreshToken: string) => Promise<ImportOutcome>
