import type { ConnectionStatus } from './connection.ts'
import type { Reason } from './reason.ts'

/** Microsoft's own identifiers of a refusal, for its support. */
export interface MicrosoftTrace {
  readonly traceId: string | undefined
  readonly correlationId: string | undefined
}

/** What a refresh did. */
export type RefreshOutcome =
  | { readonly outcome: 'refreshed'; readonly generation: number; readonly expiresAt: Date }
  /** There was nothing to do: not its time yet, or a newer generation is stored already. */
  | { readonly outcome: 'not_due' }
  /** Another holder is redeeming this generation. */
  | { readonly outcome: 'in_progress' }
  /** It will be tried again at `retryAt`; the stored tokens are as they were. */
  | {
      readonly outcome: 'transient'
      readonly code: string
      readonly retryAt: Date
      /** The refresh token may soon end for lack of use. */
      readonly isGrantExpiring?: boolean
      readonly trace?: MicrosoftTrace
    }
  /** Somebody must act, though not by signing in; the grant is kept and tried again at `retryAt`. */
  | {
      readonly outcome: 'blocked'
      readonly reason: Reason
      readonly retryAt: Date
      readonly isGrantExpiring?: boolean
      readonly trace?: MicrosoftTrace
    }
  /** Microsoft does not accept the partner's own credential; no connection changes for it. */
  | {
      readonly outcome: 'app_credential_rejected'
      readonly code: string
      readonly retryAt: Date
      readonly trace?: MicrosoftTrace
    }
  | {
      readonly outcome: 'reauthorization_required'
      readonly reason: Reason
      readonly trace?: MicrosoftTrace
    }
  /** It holds no grant to refresh; `status` is absent when there is no such connection. */
  | { readonly outcome: 'gone'; readonly status: ConnectionStatus | undefined }
