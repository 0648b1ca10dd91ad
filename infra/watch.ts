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
  readonly api: { readonly apiId: string; readonly accessLog: ILogGroup }
  readonly tables: readonly WatchedTable[]
  readonly deadLetters: IQueue | undefined
  readonly shards: number
  /** Who is told of alarms. */
  readonly alarmMail: string | undefined
}

/** Alarms with a runbook, a dashboard, and a saved query for every question. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { api, shards, alarmMail, ...watched }: WatchProps) {
    super(scope, id)
    const { functions } = watched
    const { topic } = new AlarmTopic(this, 'AlarmTopic', { mail: alarmMail })
    const { apiId, accessLog } = api
    const alarms = new Alarms(this, 'Alarms', { ...watched, apiId, shards, topic })
    new ServiceDashboard(this, 'Dashboard', { ...watched, apiId, alarms: alarms.all })
    const { authorize, callback, token, refresh, api: management } = functions
    new Queries(this, 'Queries', {
      authorize: authorize.lambda.logGroup,
      callback: callback.lambda.logGroup,
      token: token.lambda.logGroup,
      refresh: refresh.lambda.logGroup,
      api: management.lambda.logGroup,
      access: accessLog,
    })
    new MeasureSchedule(this, 'Measure', { refresh })
  }
}
