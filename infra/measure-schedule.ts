import { Duration, Validations } from 'aws-cdk-lib'
import { type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { ServiceFunction } from './service-function.ts'

/** A count of a million connections costs a tenth of a cent, so this many cost $2.60 a month. */
export const MEASURE_PERIOD = Duration.minutes(15)

/** Has the refresh function measure what no single refresh sees. */
export class MeasureSchedule extends Construct {
  constructor(scope: Construct, id: string, { refresh }: { readonly refresh: ServiceFunction }) {
    super(scope, id)
    const rule = new Rule(this, 'Rule', {
      description: 'dynamics-connect: measures how many connections are of which status',
      schedule: Schedule.rate(MEASURE_PERIOD),
    })
    rule.addTarget(measurementBy(refresh))
    Validations.of(rule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason: 'a measurement that failed says nothing that the next one does not say',
    })
    refresh.lambda.addPermission('Measure', {
      scope: this,
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.ruleArn,
    })
  }
}

function measurementBy(refresh: ServiceFunction): IRuleTarget {
  return {
    bind: () => ({
      arn: refresh.lambda.functionArn,
      input: RuleTargetInput.fromObject({ measure: true }),
      retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    }),
  }
}
