import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib'
import { type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { Shard } from '../functions/domain/due-bucket.ts'
import type { ServiceFunction } from './service-function.ts'

/** How often each shard is swept. */
const PERIOD = Duration.minutes(1)

/** What is swept, and by whom. */
export interface SweepScheduleProps {
  readonly refresh: ServiceFunction
  readonly shards: number
}

/** Runs the refresh function once a minute for each shard. */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, { refresh, shards }: SweepScheduleProps) {
    super(scope, id)
    // A sweep that failed or came late is not repeated: the next one finds the same work.
    const reason = 'what a failed sweep leaves is found by the next one, a minute later'
    Validations.of(this).acknowledge({ id: 'Serverless-EventBusDLQ', reason })
    Validations.of(refresh).acknowledge({ id: 'Serverless-LambdaAsyncFailureDestination', reason })
    refresh.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: PERIOD })
    for (let shard = 0; shard < shards; shard += 1) {
      this.#addRule({ shard, shards }, refresh)
    }
    this.#permitRules(refresh)
  }

  #addRule(tick: Shard, refresh: ServiceFunction): void {
    const { shard } = tick
    const rule = new Rule(this, `Shard${shard}`, {
      ruleName: this.#ruleName(String(shard)),
      description: `dynamics-connect: refreshes what is due in shard ${shard}`,
      schedule: Schedule.rate(PERIOD),
    })
    rule.addTarget(sweepOf(tick, refresh))
  }

  /** One permission for all rules: one for each of 64 would exceed the size of a function's policy. */
  #permitRules(refresh: ServiceFunction): void {
    refresh.lambda.addPermission('Sweeps', {
      scope: this,
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'events',
        resource: 'rule',
        resourceName: this.#ruleName('*'),
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    })
  }

  #ruleName(shard: string): string {
    return `${Stack.of(this).stackName}-sweep-${shard}`
  }
}

function sweepOf(tick: Shard, refresh: ServiceFunction): IRuleTarget {
  return {
    bind: () => ({
      arn: refresh.lambda.functionArn,
      input: RuleTargetInput.fromObject(tick),
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: PERIOD.toSeconds() },
    }),
  }
}
