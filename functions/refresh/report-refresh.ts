import type { StoredCredentialVerdict } from '../domain/credential-check.ts'
import type { ImportOutcome } from '../domain/import-outcome.ts'
import type { Who } from '../domain/reason.ts'
import type { RefreshDependencies } from '../domain/refresh-dependencies.ts'
import type { RefreshOutcome } from '../domain/refresh-outcome.ts'
import type { SweptOutcome } from '../domain/sweep-shard.ts'
import type { EventLog, LogFields } from '../logger.ts'
import type { RefreshMetrics } from '../metrics.ts'

/** Where operators look. */
export interface Operations {
  readonly log: EventLog
  readonly metrics: RefreshMetrics
}

/** One line for each refresh, with Microsoft's identifiers where it refused. */
export function reportRefresh(
  { log, metrics }: Operations,
  refresh: {
    readonly requestId: string
    readonly connectionId: number
    readonly result: SweptOutcome
  },
): void {
  const { requestId, connectionId, result } = refresh
  const fields = { requestId, connectionId, outcome: result.outcome }
  if (result.outcome === 'error') log.failure('refresh_failed', result.error, fields)
  else log.event('refresh', { ...fields, ...detailsOf(result) })
  if ('isGrantExpiring' in result && result.isGrantExpiring) metrics.grantExpiring()
  const who = whoMustAct(result)
  if (who) metrics.mustAct(who)
}

function whoMustAct(result: SweptOutcome): Who | undefined {
  if (result.outcome === 'app_credential_rejected') return 'application_owner'
  return 'reason' in result ? result.reason.who : undefined
}

/** What befalls the app credential: an error for whoever owns the app, the end of it, or one to come. */
export function reportAppCredential({ log, metrics }: Operations): RefreshDependencies['notice'] {
  return (what, code) => {
    log.event(what, { reason: code })
    metrics.appCredential(what)
  }
}

/** One line for each check of the app credential that somebody asked for. */
export function reportCredentialCheck(
  log: EventLog,
  { requestId, verdict }: { readonly requestId: string; readonly verdict: StoredCredentialVerdict },
): void {
  const code = 'code' in verdict && verdict.code !== undefined ? `AADSTS${verdict.code}` : undefined
  const cause = 'cause' in verdict ? verdict.cause : undefined
  const fields = { requestId, outcome: verdict.verdict, reason: code ?? cause }
  log.event('app_credential_checked', fields)
}

/** One line for each import, with Microsoft's identifiers where it refused. */
export function reportImport(
  log: EventLog,
  {
    requestId,
    connectionId,
    result,
  }: {
    readonly requestId: string
    readonly connectionId: number
    readonly result: ImportOutcome
  },
): void {
  const { outcome } = result
  log.event('tokens_imported', { requestId, connectionId, outcome, ...detailsOf(result) })
}

function detailsOf(result: RefreshOutcome | ImportOutcome): LogFields {
  const trace = 'trace' in result ? result.trace : undefined
  const isGrantExpiring = 'isGrantExpiring' in result ? result.isGrantExpiring : undefined
  return { ...trace, isGrantExpiring, reason: reasonOf(result) }
}

function reasonOf(result: RefreshOutcome | ImportOutcome): string | undefined {
  if ('reason' in result) return result.reason.code
  return 'code' in result ? result.code : undefined
}
