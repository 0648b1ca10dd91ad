import type { AuthorizationOutcome } from '../domain/authorization-request.ts'
import type { ChoiceOutcome } from '../domain/choose-environment.ts'
import type { CompleteOutcome } from '../domain/complete-authorization.ts'
import type { Situation } from '../domain/reason.ts'
import type { EventLog } from '../logger.ts'
import type { SignInMetrics } from '../metrics.ts'

/** Where operators look. */
export interface Operations {
  readonly log: EventLog
  readonly metrics: SignInMetrics
}

/** Refused for what only a new credential mends. */
const OF_THE_CREDENTIAL: ReadonlySet<Situation> = new Set<Situation>([
  'app_credential_expired',
  'app_credential_wrong',
  'federated_credential_mismatch',
])

/** How a sign-in ended, by its codes alone. A page that is loaded again is reported again. */
export function reportEnded(
  { log, metrics }: Operations,
  requestId: string,
  ended: CompleteOutcome | ChoiceOutcome,
): void {
  log.event('authorization_ended', { requestId, ...logged(ended) })
  if (ended.outcome === 'ended') measureEnded(metrics, ended.result)
  metrics.flush()
}

/** The newest app credential does not work: this sign-in goes on with the previous one. */
export function reportNewestRejected({ log, metrics }: Operations): (code: string) => void {
  return (code) => {
    log.event('app_credential_newest_rejected', { reason: code })
    metrics.appCredentialNewestRejected()
  }
}

function measureEnded(metrics: SignInMetrics, result: AuthorizationOutcome): void {
  switch (result.outcome) {
    case 'connected':
    case 'confirmation_required':
      metrics.succeeded()
      break
    case 'failed':
      if (OF_THE_CREDENTIAL.has(result.reason.situation)) metrics.appCredentialRejected()
      metrics.mustAct(result.reason.who)
      break
    case 'environments_offered':
      break
  }
}

function logged(ended: CompleteOutcome | ChoiceOutcome) {
  if (ended.outcome !== 'ended') return { outcome: ended.outcome }
  const { request, result } = ended
  const { connectionId } = request
  if (result.outcome !== 'failed') return { connectionId, outcome: result.outcome }
  const { reason, correlationId } = result
  return { connectionId, outcome: result.outcome, reason: reason.code, correlationId }
}
