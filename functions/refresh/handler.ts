import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import {
  type CheckStoredDependencies,
  checkStoredCredential,
} from '../domain/check-stored-credential.ts'
import type { StoredCredentialVerdict } from '../domain/credential-check.ts'
import type { ImportOutcome } from '../domain/import-outcome.ts'
import { type ImportDependencies, importTokenSet } from '../domain/import-token-set.ts'
import { refreshConnection } from '../domain/refresh-connection.ts'
import type { RefreshDependencies } from '../domain/refresh-dependencies.ts'
import type { RefreshOutcome } from '../domain/refresh-outcome.ts'
import type { EndedSweep, ServiceRecord } from '../domain/service-record.ts'
import { type SweepDependencies, type SweepResult, sweepShard } from '../domain/sweep-shard.ts'
import type { HttpHandler } from '../http/http-handler.ts'
import { isHttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import type { RouteOf } from '../http/routes.ts'
import { type MeasureDependencies, measure } from './measure.ts'
import { type RefreshEvent, refreshEventOf } from './refresh-event.ts'
import {
  type Operations,
  reportCredentialCheck,
  reportImport,
  reportRefresh,
} from './report-refresh.ts'

const COMPLETE_ROUTE: RouteOf<'refresh'> = 'POST /v1.0/account/connectors/{id}/complete'

/** Time kept to leave the store consistent when a call hangs. */
const TIMEOUT_MARGIN_MS = 1000

/** A sweep starts no further refresh when less than this is left: longer than one may take. */
const SWEEP_MARGIN_MS = 25 * 1000

/** What an event that asks for no refresh is answered with. */
interface NoRefresh {
  readonly outcome: 'measured' | 'ignored'
}

type Answer =
  | HttpResponse
  | SweepResult
  | RefreshOutcome
  | ImportOutcome
  | StoredCredentialVerdict
  | NoRefresh

export interface RefreshHandlerDependencies {
  /** What a sweep has beside the rest, or of its own. */
  readonly sweep: Omit<SweepDependencies, 'report' | keyof RefreshDependencies> &
    Partial<Pick<RefreshDependencies, 'tokenSets' | 'refreshBrakes'>>
  readonly refresh: RefreshDependencies & ImportDependencies
  readonly countConnections: MeasureDependencies['countConnections']
  readonly record: Pick<ServiceRecord, 'addSweep' | 'keepCensus'>
  readonly checkCredential: CheckStoredDependencies['checkCredential']
  readonly operations: Operations
  /** Who answers which HTTP route. */
  readonly http: { readonly refresh: HttpHandler; readonly complete: HttpHandler }
}

/** Serves the schedule (a tick for one shard, or to measure), invocations of other functions, and HTTP. */
export function refreshHandler(
  deps: RefreshHandlerDependencies,
): (event: unknown, context: Context) => Promise<Answer> {
  const pipeline = middy<RefreshEvent, Answer>({
    timeoutEarlyInMillis: TIMEOUT_MARGIN_MS,
  }).handler((event, context, { signal }) => answer(deps, { event, context, signal }))
  return async (event, context) => {
    if (isHttpRequest(event)) {
      const isCompletion = event.routeKey === COMPLETE_ROUTE
      return (isCompletion ? deps.http.complete : deps.http.refresh)(event, context)
    }
    try {
      return await pipeline(refreshEventOf(event), context)
    } finally {
      deps.operations.metrics.flush()
    }
  }
}

interface Invocation {
  readonly event: RefreshEvent
  readonly context: Context
  readonly signal: AbortSignal
}

async function answer(deps: RefreshHandlerDependencies, invocation: Invocation): Promise<Answer> {
  const { event, context, signal } = invocation
  const requestId = context.awsRequestId
  switch (event.kind) {
    case 'tick':
      return sweep(deps, invocation, event)
    case 'request': {
      const { connectionId, when } = event
      const outcome = await refreshConnection(deps.refresh, { connectionId, when, signal })
      reportRefresh(deps.operations, { requestId, connectionId, result: outcome })
      deps.operations.metrics.outcomes({ [outcome.outcome]: 1 })
      return outcome
    }
    case 'import': {
      const { connectionId, refreshToken } = event
      const tokenImport = { connectionId, refreshToken, signal }
      const result = await importTokenSet(deps.refresh, tokenImport)
      reportImport(deps.operations.log, { requestId, connectionId, result })
      return result
    }
    case 'measure':
      await measure({ ...deps.refresh, ...deps }, deps.operations, requestId)
      return { outcome: 'measured' }
    case 'check': {
      const verdict = await checkStoredCredential({ ...deps.refresh, ...deps }, event.tenant)
      reportCredentialCheck(deps.operations.log, { requestId, verdict })
      return verdict
    }
    case 'unknown':
      deps.operations.log.event('event_ignored', { requestId, reason: event.why })
      deps.operations.metrics.outcomes({ ignored: 1 })
      return { outcome: 'ignored' }
  }
}

async function sweep(
  deps: RefreshHandlerDependencies,
  { context, signal }: Invocation,
  { shard, shards }: Extract<RefreshEvent, { kind: 'tick' }>,
): Promise<SweepResult> {
  const { operations } = deps
  const requestId = context.awsRequestId
  const timeLeft = context.getRemainingTimeInMillis() - SWEEP_MARGIN_MS
  const ending = AbortSignal.timeout(Math.max(timeLeft, 0))
  const result = await sweepShard(
    {
      ...deps.refresh,
      ...deps.sweep,
      report: (connectionId, result) =>
        reportRefresh(operations, { requestId, connectionId, result }),
    },
    { shard, shards, ending, signal },
  )
  operations.log.event('sweep_finished', { requestId, shard, ...result })
  operations.metrics.outcomes(result.outcomes)
  operations.metrics.oldestDue(result.oldestDueMs)
  await putOnRecord(deps, { ...result, shard, at: deps.refresh.now() }, requestId)
  return result
}

/** A sweep that cannot be put on record was one all the same. */
async function putOnRecord(
  { record, operations }: RefreshHandlerDependencies,
  sweep: EndedSweep,
  requestId: string,
): Promise<void> {
  try {
    await record.addSweep(sweep)
  } catch (error) {
    operations.log.failure('sweep_not_kept', error, { requestId, shard: sweep.shard })
  }
}
