import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import { type RefreshOutcome, refreshConnection } from '../domain/refresh-connection.ts'
import { type SweepDependencies, type SweepResult, sweepShard } from '../domain/sweep-shard.ts'
import type { HttpHandler } from '../http/http-handler.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/responses.ts'
import type { EventLog } from '../logger.ts'
import { type RefreshEvent, refreshEventOf } from './refresh-event.ts'

/** Time kept to leave the store consistent when a call hangs. */
const TIMEOUT_MARGIN_MS = 1000

/** A sweep starts no further refresh when less than this is left: longer than one may take. */
const SWEEP_MARGIN_MS = 15 * 1000

/** What an event that is neither a tick nor a request is answered with. */
interface Ignored {
  readonly outcome: 'ignored'
}

type Answer = HttpResponse | SweepResult | RefreshOutcome | Ignored

/** Serves the schedule (a tick for one shard), an invocation for one connection, and HTTP. */
export function refreshHandler(
  deps: Omit<SweepDependencies, 'report'>,
  answerHttp: HttpHandler,
  log: EventLog,
): (event: unknown, context: Context) => Promise<Answer> {
  const pipeline = middy<RefreshEvent, Answer>({
    timeoutEarlyInMillis: TIMEOUT_MARGIN_MS,
  }).handler((event, context, { signal }) => answer({ ...deps, log }, { event, context, signal }))
  return async (event, context) => {
    if (isHttp(event)) return answerHttp(event, context)
    return pipeline(refreshEventOf(event), context)
  }
}

interface Invocation {
  readonly event: RefreshEvent
  readonly context: Context
  readonly signal: AbortSignal
}

async function answer(
  deps: Omit<SweepDependencies, 'report'> & { readonly log: EventLog },
  { event, context, signal }: Invocation,
): Promise<Answer> {
  const requestId = context.awsRequestId
  switch (event.kind) {
    case 'tick': {
      const ending = AbortSignal.timeout(
        Math.max(context.getRemainingTimeInMillis() - SWEEP_MARGIN_MS, 0),
      )
      const report = reporter(deps.log, requestId)
      const sweep = { shard: event.shard, ending, signal }
      const result = await sweepShard({ ...deps, report }, sweep)
      deps.log.event('sweep_finished', { requestId, shard: event.shard, ...result })
      return result
    }
    case 'request': {
      const { connectionId, when } = event
      const outcome = await refreshConnection(deps, { connectionId, when, signal })
      reporter(deps.log, requestId)(connectionId, outcome)
      return outcome
    }
    case 'unknown':
      deps.log.event('event_ignored', { requestId, reason: event.why })
      return { outcome: 'ignored' }
  }
}

/** One line for each refresh. */
export function reporter(log: EventLog, requestId: string): SweepDependencies['report'] {
  return (connectionId, result) => {
    const fields = { requestId, connectionId }
    if ('error' in result) log.failure('refresh_failed', result.error, fields)
    else log.event('refresh', { ...fields, outcome: result.outcome, reason: reasonOf(result) })
  }
}

function reasonOf(result: RefreshOutcome): string | undefined {
  if (result.outcome === 'reauthorization_required') return result.reason.code
  return 'code' in result ? result.code : undefined
}

function isHttp(event: unknown): event is HttpRequest {
  return typeof event === 'object' && event !== null && 'requestContext' in event
}
