import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { HttpFunction } from '../functions/http/routes.ts'
import { AlarmTopic } from './alarm-topic.ts'
import { Alarms } from './alarms.ts'
import { ServiceDashboard } from './dashboard.ts'
import { MeasureSchedule } from './measure-schedule.ts'
import { Queries } from './queries.ts'
import type { ServiceFunction } from './service-function.ts'
import type { WatchedTable } from './watched-metrics.ts'

/** What a deployment consists of, as far as it is watched. */
export interface WatchProps {
  readonly functions: Readonly<Record<HttpFunction, ServiceFunction>>
  /** The functions that no route leads to. */
  readonly workers: {
    readonly events: ServiceFunction
    /** Where keyrings are rotated. */
    readonly rotation?: ServiceFunction
  }
  readonly api: { readonly apiId: string; readonly accessLog: ILogGroup }
  readonly tables: readonly WatchedTable[]
  readonly deadLetters: IQueue
  readonly shards: number
  /** Who is told of alarms. */
  readonly alarmMail: string | undefined
}

/** Alarms with a runbook, a dashboard, and a saved query for every question. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id)
    const { functions, workers, api, tables, deadLetters, shards, alarmMail } = props
    const { topic } = new AlarmTopic(this, 'AlarmTopic', { mail: alarmMail })
    const { apiId, accessLog } = api
    const parts = { functions: { ...functions, ...workers }, apiId, tables, deadLetters }
    const alarms = new Alarms(this, 'Alarms', { ...parts, shards, topic })
    new ServiceDashboard(this, 'Dashboard', { ...parts, alarms: alarms.all })
    new Queries(this, 'Queries', { functions: parts.functions, accessLog })
    new MeasureSchedule(this, 'Measure', { refresh: functions.refresh })
  }
}
