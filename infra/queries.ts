import { Stack } from 'aws-cdk-lib'
import {
  type ILogGroup,
  QueryDefinition,
  QueryString,
  type QueryStringProps,
} from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type HttpFunction, ROUTES } from '../functions/http/routes.ts'
import type { FunctionName, ServiceFunction } from './service-function.ts'

/** Which log: that of a function, or the access log of the API. */
type Log = FunctionName | 'access'

interface Question {
  /** Where to look; what is read is paid for. */
  readonly where: readonly Log[]
  readonly ask: QueryStringProps
}

/** Those that answer requests, and all. */
const HTTP_FUNCTIONS = Object.keys(ROUTES) as readonly HttpFunction[]
const FUNCTIONS: readonly FunctionName[] = [...HTTP_FUNCTIONS, 'events', 'rotation']

const LATEST_FIRST = '@timestamp desc'

/** What an operator asks, as it stands among the saved queries of CloudWatch Logs Insights. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  'What happened to one connection': {
    where: ['authorize', 'callback', 'refresh', 'events'],
    ask: {
      fields: [
        ...['@timestamp', 'service', 'message', 'outcome', 'change', 'reason', 'code'],
        'requestId',
      ],
      filterStatements: ['connectionId = 0 # write its id here'],
      sort: LATEST_FIRST,
      limit: 200,
    },
  },
  'What happened in one request': {
    where: [...HTTP_FUNCTIONS, 'access'],
    ask: {
      fields: [
        ...['@timestamp', 'service', 'message', 'route', 'status', 'reason', 'code', 'words'],
        ...['outcome', 'latency'],
      ],
      filterStatements: ['requestId = "write the RequestId of the answer here"'],
      sort: '@timestamp asc',
      limit: 100,
    },
  },
  'Why do refreshes fail': {
    where: ['refresh'],
    ask: {
      filterStatements: [
        'message in ["refresh", "refresh_failed"]',
        'outcome not in ["refreshed", "not_due", "in_progress"]',
      ],
      statsStatements: [
        'count(*) as times, count_distinct(connectionId) as connections, max(@timestamp) as last by outcome, reason, code',
      ],
      sort: 'times desc',
    },
  },
  'Which connections wait for somebody': {
    where: ['refresh'],
    ask: {
      fields: ['@timestamp', 'connectionId', 'outcome', 'reason', 'correlationId'],
      filterStatements: [
        'message = "refresh"',
        'outcome in ["reauthorization_required", "blocked"]',
      ],
      sort: LATEST_FIRST,
      limit: 500,
    },
  },
  'Why do sign-ins fail': {
    where: ['callback'],
    ask: {
      filterStatements: ['message = "authorization_ended"', 'outcome = "failed"'],
      statsStatements: [
        'count(*) as times, count_distinct(connectionId) as connections, max(@timestamp) as last by reason',
      ],
      sort: 'times desc',
    },
  },
  'What failed in the service itself': {
    where: FUNCTIONS,
    ask: {
      filterStatements: ['level = "ERROR"'],
      statsStatements: [
        'count(*) as times, max(@timestamp) as last by service, message, error, code, words',
      ],
      sort: 'times desc',
    },
  },
  'Where was it thrown': {
    where: FUNCTIONS,
    ask: {
      fields: [
        ...['@timestamp', 'service', 'message', 'error', 'code', 'requestId', 'connectionId'],
        ...['eventId', 'evidence.name', 'thrownAt.0', 'thrownAt.1', 'thrownAt.2'],
      ],
      filterStatements: ['level = "ERROR"'],
      sort: LATEST_FIRST,
      limit: 100,
    },
  },
  'How do the sweeps go': {
    where: ['refresh'],
    ask: {
      filterStatements: ['message = "sweep_finished"'],
      statsStatements: [
        'count(*) as sweeps, max(oldestDueMs / 60000) as oldestDueMinutes, max(@timestamp) as last by shard, ended',
      ],
      sort: 'shard asc',
    },
  },
  'How did the app credential fare': {
    where: ['refresh', 'callback'],
    ask: {
      fields: ['@timestamp', 'service', 'message', 'reason'],
      filterStatements: [
        'message in ["app_credential_rejected", "app_credential_restored", "app_credential_newest_rejected"]',
      ],
      sort: LATEST_FIRST,
      limit: 100,
    },
  },
  'How are the changes told': {
    where: ['events'],
    ask: {
      filterStatements: [
        'message in ["event_published", "events_deferred", "event_unreadable", "history_not_kept"]',
      ],
      statsStatements: [
        'count(*) as times, max(@timestamp) as last by message, change, reason, code, words',
      ],
      sort: 'last desc',
    },
  },
  'How do the keys rotate': {
    where: ['rotation'],
    ask: {
      fields: ['@timestamp', 'message', 'step', 'outcome', 'error', 'code', 'words'],
      filterStatements: ['message in ["keyring_rotation", "keyring_rotation_failed"]'],
      sort: LATEST_FIRST,
      limit: 100,
    },
  },
  'Which grants may soon end for lack of use': {
    where: ['refresh'],
    ask: {
      filterStatements: ['message = "refresh"', 'isGrantExpiring = 1'],
      statsStatements: ['count(*) as times, max(@timestamp) as last by connectionId, reason'],
      sort: 'last desc',
    },
  },
  "What to tell Microsoft's support": {
    where: ['refresh', 'callback'],
    ask: {
      fields: ['@timestamp', 'connectionId', 'reason', 'traceId', 'correlationId'],
      filterStatements: ['ispresent(correlationId)'],
      sort: LATEST_FIRST,
      limit: 100,
    },
  },
  'Which callers are refused, and why': {
    where: HTTP_FUNCTIONS,
    ask: {
      filterStatements: ['message = "request_refused"'],
      statsStatements: ['count(*) as times, max(@timestamp) as last by service, route, reason'],
      sort: 'times desc',
    },
  },
  'Which invocations did not come to their end': {
    where: FUNCTIONS,
    ask: {
      filterStatements: ['type = "platform.report"', 'record.status != "success"'],
      statsStatements: [
        'count(*) as times, max(record.metrics.durationMs) as longestMs, max(record.metrics.maxMemoryUsedMB) as mostMB by @log, record.status',
      ],
      sort: 'times desc',
    },
  },
  'Which routes are slow or fail': {
    where: ['access'],
    ask: {
      statsStatements: [
        'count(*) as requests, pct(latency, 50) as half, pct(latency, 99) as slowest by route, status',
      ],
      sort: 'requests desc',
    },
  },
  'Who meets the limit of the API': {
    where: ['access'],
    ask: {
      filterStatements: ['status = 429'],
      statsStatements: ['count(*) as times by route, bin(5m)'],
      sort: 'times desc',
    },
  },
}

/** Whose logs there are. */
export interface QueriesProps {
  readonly functions: Readonly<Partial<Record<FunctionName, ServiceFunction>>>
  readonly accessLog: ILogGroup
}

/** A saved query for every question about something that is deployed, under the name of the stack. */
export class Queries extends Construct {
  constructor(scope: Construct, id: string, { functions, accessLog }: QueriesProps) {
    super(scope, id)
    const logOf = (log: Log) => (log === 'access' ? accessLog : functions[log]?.lambda.logGroup)
    for (const [question, { where, ask }] of Object.entries(QUESTIONS)) {
      const logGroups = where.map(logOf).filter((log) => log !== undefined)
      if (logGroups.length === 0) continue
      new QueryDefinition(this, question, {
        queryDefinitionName: `${Stack.of(this).stackName}/${question}`,
        queryString: new QueryString(ask),
        logGroups,
      })
    }
  }
}
