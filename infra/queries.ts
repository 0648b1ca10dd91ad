import { Stack } from 'aws-cdk-lib'
import {
  type ILogGroup,
  QueryDefinition,
  QueryString,
  type QueryStringProps,
} from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type HttpFunction, ROUTES } from '../functions/http/routes.ts'

/** Which log: that of a function, or the access log of the API. */
type Log = HttpFunction | 'access'

interface Question {
  /** Where to look; what is read is paid for. */
  readonly where: readonly Log[]
  readonly ask: QueryStringProps
}

const FUNCTIONS = Object.keys(ROUTES) as readonly HttpFunction[]

const LATEST_FIRST = '@timestamp desc'

/** What an operator asks, as it stands among the saved queries of CloudWatch Logs Insights. */
export const QUESTIONS: Readonly<Record<string, Question>> = {
  'What happened to one connection': {
    where: ['authorize', 'callback', 'refresh'],
    ask: {
      fields: ['@timestamp', 'service', 'message', 'outcome', 'reason', 'code', 'requestId'],
      filterStatements: ['connectionId = 0 # write its id here'],
      sort: LATEST_FIRST,
      limit: 200,
    },
  },
  'What happened in one request': {
    where: [...FUNCTIONS, 'access'],
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
        ...['evidence.name', 'thrownAt.0', 'thrownAt.1', 'thrownAt.2'],
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
    where: ['refresh'],
    ask: {
      fields: ['@timestamp', 'message', 'reason'],
      filterStatements: ['message in ["app_credential_rejected", "app_credential_restored"]'],
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
    where: FUNCTIONS,
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

/** The logs of a deployment. */
export type QueriesProps = Readonly<Record<Log, ILogGroup>>

/** A saved query for every question, under the name of the stack. */
export class Queries extends Construct {
  constructor(scope: Construct, id: string, logs: QueriesProps) {
    super(scope, id)
    for (const [question, { where, ask }] of Object.entries(QUESTIONS)) {
      new QueryDefinition(this, question, {
        queryDefinitionName: `${Stack.of(this).stackName}/${question}`,
        queryString: new QueryString(ask),
        logGroups: where.map((log) => logs[log]),
      })
    }
  }
}
