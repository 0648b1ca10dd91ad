import { Duration, Stack } from 'aws-cdk-lib'
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  type IWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { ConnectionStatus } from '../functions/domain/connection.ts'
import type { Who } from '../functions/domain/reason.ts'
import { type EventOutcome, METRIC, type RefreshResult } from '../functions/metric-names.ts'
import { MEASURE_PERIOD } from './measure-schedule.ts'
import type { FunctionName } from './service-function.ts'
import {
  measured,
  ofTheApi,
  sumOverFunctions,
  tableThrottles,
  untoldAge,
  type WatchedFunctions,
  type WatchedTable,
} from './watched-metrics.ts'

/** Three in a row of the 24 columns, or four. */
const WIDTH = 8
const NARROW = { width: 6 } as const
const HEIGHT = 5
const FIVE_MINUTES = Duration.minutes(5)

/** What of the service is shown. */
export interface ServiceDashboardProps {
  readonly functions: WatchedFunctions
  readonly apiId: string
  readonly tables: readonly WatchedTable[]
  readonly deadLetters: IQueue
  readonly alarms: readonly Alarm[]
}

const RESULTS: Readonly<Record<RefreshResult, string>> = {
  refreshed: 'refreshed',
  transient: 'to be tried again',
  blocked: 'blocked until somebody acts',
  reauthorization_required: 'a new sign-in is needed',
  app_credential_rejected: 'app credential rejected',
  error: 'failed here',
  in_progress: 'under way elsewhere',
  not_due: 'not due any more',
  gone: 'no longer connected',
  ignored: 'event not understood',
}

const WHO: Readonly<Record<Who, string>> = {
  user: 'the user',
  administrator: "the customer's administrator",
  application_owner: 'you, who own the app',
  nobody: 'nobody: it passes',
}

const STATUSES: Readonly<Record<ConnectionStatus, string>> = {
  connected: 'connected',
  reauthorization_required: 'needs a new sign-in',
  disconnected: 'disconnected',
  pending: 'nobody has signed in yet',
}

/**
 * One screen, in the order in which an operator looks: what is wrong, what callers notice, whether
 * refreshing keeps up, and how the customers fare.
 */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id)
    new Dashboard(this, 'Dashboard', {
      dashboardName: `${Stack.of(this).stackName}-${Stack.of(this).region}`,
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          new AlarmStatusWidget({
            title: 'Alarms',
            width: 24,
            height: 3,
            alarms: [...props.alarms],
          }),
        ],
        [tokenLatency(props), requests(props), failures(props)],
        [lateness(props), refreshes(), refusals()],
        [connections(), signIns(), credential(), events(props)],
      ],
    })
  }
}

function graph(title: string, props: Omit<GraphWidgetProps, 'title'>): IWidget {
  return new GraphWidget({ title, width: WIDTH, height: HEIGHT, leftYAxis: { min: 0 }, ...props })
}

function tokenLatency({ functions }: ServiceDashboardProps): IWidget {
  const duration = (statistic: string, label: string) =>
    functions.token.lambda.metricDuration({ statistic, label, period: FIVE_MINUTES })
  const left = [
    duration(Stats.percentile(50), 'half of them'),
    duration(Stats.percentile(99), '99 of 100'),
  ]
  return graph('Access tokens: milliseconds to hand one out', { left })
}

function requests({ apiId }: ServiceDashboardProps): IWidget {
  const sum = (name: string, label: string) =>
    ofTheApi(apiId, name, { statistic: Stats.SUM, period: FIVE_MINUTES, label })
  return graph('Requests, and those that failed (right)', {
    left: [sum('Count', 'requests')],
    right: [sum('5xx', 'server errors'), sum('4xx', 'refused')],
    rightYAxis: { min: 0 },
  })
}

function failures({ functions, tables }: ServiceDashboardProps): IWidget {
  const all = Object.values(functions)
  const period = FIVE_MINUTES
  return graph('Functions that failed, and what AWS throttled', {
    left: [
      sumOverFunctions(all, 'Errors', { period, label: 'crashed or out of time' }),
      sumOverFunctions(all, 'Throttles', { period, label: 'not run, for lack of concurrency' }),
      tableThrottles(tables, { period, label: 'refused by DynamoDB' }),
    ],
  })
}

function lateness({ functions }: ServiceDashboardProps): IWidget {
  const period = Duration.minutes(1)
  const due = measured('refresh', METRIC.oldestDueAge, { statistic: Stats.MAXIMUM, period })
  const untold = untoldAge(functions.events, { period })
  const minutes = (name: string, metric: IMetric, label: string) =>
    new MathExpression({
      expression: `${name} / 60000`,
      usingMetrics: { [name]: metric },
      period,
      label,
    })
  const leftAnnotations = [
    { value: 5, label: 'alarm' },
    { value: 10, label: 'tokens expire' },
  ]
  return graph('Oldest due connection, and oldest change to tell: minutes', {
    left: [minutes('due', due, 'longest due'), minutes('untold', untold, 'longest untold')],
    leftAnnotations,
  })
}

function refreshes(): IWidget {
  return graph('Refreshes by what became of them', {
    left: counted(RESULTS, (result, reading) =>
      measured('refresh', METRIC.refresh(result), reading),
    ),
    stacked: true,
  })
}

/** Of nobody there is none here: what passes by itself is tried again. */
function refusals(): IWidget {
  const { nobody: _, ...words } = WHO
  const ending = { statistic: Stats.SUM, period: FIVE_MINUTES, label: 'grants that may soon end' }
  return graph('Refreshes refused, by who must act', {
    left: [
      ...counted(words, (who, reading) => measured('refresh', METRIC.mustAct(who), reading)),
      measured('refresh', METRIC.grantExpiring, ending),
    ],
  })
}

function connections(): IWidget {
  const reading = { statistic: Stats.AVERAGE, period: MEASURE_PERIOD }
  const left = (Object.keys(STATUSES) as ConnectionStatus[]).map((status) =>
    measured('refresh', METRIC.connections(status), { ...reading, label: STATUSES[status] }),
  )
  return graph('Connections by status', { ...NARROW, left, stacked: true })
}

function signIns(): IWidget {
  const succeeded = { statistic: Stats.SUM, period: FIVE_MINUTES, label: 'succeeded' }
  return graph('Sign-ins: succeeded, or refused, by who must act', {
    ...NARROW,
    left: [
      measured('callback', METRIC.signInSucceeded, succeeded),
      ...counted(WHO, (who, reading) => measured('callback', METRIC.mustAct(who), reading)),
    ],
  })
}

function credential(): IWidget {
  const daysLeft = { statistic: Stats.MINIMUM, period: MEASURE_PERIOD, label: 'days left' }
  const sum = (service: FunctionName, name: string, label: string) =>
    measured(service, name, { statistic: Stats.SUM, period: FIVE_MINUTES, label })
  return graph('App credential: days left; rejections (right)', {
    ...NARROW,
    left: [measured('refresh', METRIC.appCredentialDaysLeft, daysLeft)],
    right: [
      sum('refresh', METRIC.appCredentialRejected, 'rejected'),
      sum('refresh', METRIC.appCredentialRestored, 'accepted again'),
      sum('callback', METRIC.appCredentialRejected, 'rejected in a sign-in'),
      sum('refresh', METRIC.appCredentialNewestRejected, 'the newest one rejected'),
      sum('callback', METRIC.appCredentialNewestRejected, 'the newest one in a sign-in'),
    ],
    rightYAxis: { min: 0 },
  })
}

function events({ deadLetters }: ServiceDashboardProps): IWidget {
  const sum = (outcome: EventOutcome, label: string) =>
    measured('events', METRIC.events(outcome), {
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
      label,
    })
  return graph('Changes told; those late or lost (right)', {
    ...NARROW,
    left: [sum('published', 'published')],
    right: [
      sum('deferred', 'to be tried again'),
      sum('unreadable', 'unreadable'),
      deadLetters.metricApproximateNumberOfMessagesVisible({
        label: 'dead letters',
        period: FIVE_MINUTES,
      }),
    ],
    rightYAxis: { min: 0 },
  })
}

interface CountReading {
  readonly statistic: string
  readonly period: Duration
  readonly label: string
}

/** One sum for each of the names, under the words for it. */
function counted<Name extends string>(
  words: Readonly<Record<Name, string>>,
  metricOf: (name: Name, reading: CountReading) => IMetric,
): IMetric[] {
  return (Object.keys(words) as Name[]).map((name) =>
    metricOf(name, { statistic: Stats.SUM, period: FIVE_MINUTES, label: words[name] }),
  )
}
