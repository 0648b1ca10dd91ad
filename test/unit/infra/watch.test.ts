import { App, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { NAMESPACE } from '../../../functions/metric-names.ts'
import { AlarmTopic } from '../../../infra/alarm-topic.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { emittedMetrics } from './emitted-metrics.ts'
import { resourcesOf, synthesized } from './synthesized.ts'
import { alarmsOf, metricsOfAlarm, metricsOfWidget, textOf, widgetsOf } from './watched.ts'

const template = synthesized()
const alarms = alarmsOf(template)
const widgets = widgetsOf(template)

const shown = widgets.flatMap(metricsOfWidget)
const alarming = [...alarms.values()].flatMap(metricsOfAlarm)
const ofOurOwn = (metrics: readonly string[]) =>
  metrics.filter((name) => name.startsWith(NAMESPACE))
const ofAws = (metrics: readonly string[]) => metrics.filter((name) => name.startsWith('AWS/'))

describe('metrics', () => {
  test('the dashboard shows exactly what the functions measure, and alarms look at nothing else', async () => {
    const emitted = await emittedMetrics()
    expect([...new Set(ofOurOwn(shown))].toSorted()).toEqual([...emitted].toSorted())
    expect(ofOurOwn(alarming).filter((metric) => !emitted.has(metric))).toEqual([])
  })

  test('there are 33 of our own, each of which costs $0.30 a month while it is measured', async () => {
    expect((await emittedMetrics()).size).toBe(33)
  })

  test.each([
    ['AWS/Lambda', /^AWS\/Lambda (Duration|Errors|Throttles|IteratorAge) FunctionName=(\w+)$/],
    ['AWS/ApiGateway', /^AWS\/ApiGateway (Count|4xx|5xx) ApiId=(\w+)$/],
    [
      'AWS/DynamoDB',
      /^AWS\/DynamoDB (?:Read|Write)ThrottleEvents (GlobalSecondaryIndexName=\w+ )?TableName=(\w+)$/,
    ],
  ])('those of %s are of something that the stack has', (namespace, form) => {
    const resources = Object.keys(template.toJSON().Resources)
    const watched = ofAws([...shown, ...alarming]).filter((name) => name.startsWith(namespace))
    expect(watched).not.toEqual([])
    for (const metric of watched) expect(resources).toContain(form.exec(metric)?.[2])
  })

  test('no other is looked at', () => {
    const others = [...shown, ...alarming].filter(
      (name) => !/^(DynamicsConnect|AWS\/(Lambda|ApiGateway|DynamoDB|SQS)) /.test(name),
    )
    expect(others).toEqual([])
  })
})

describe('alarms', () => {
  test('tell the topic when they begin and when they are over', () => {
    const [topic] = resourcesOf(template, 'AWS::SNS::Topic').keys()
    for (const { AlarmActions, OKActions } of alarms.values()) {
      expect([AlarmActions.map(textOf), OKActions.map(textOf)]).toEqual([[topic], [topic]])
    }
  })

  test('take silence for a fault only of the sweep', () => {
    const breaching = [...alarms].filter(([, alarm]) => alarm.TreatMissingData !== 'notBreaching')
    expect(breaching.map(([name, alarm]) => [name, alarm.TreatMissingData])).toEqual([
      ['SweepNotRunning', 'breaching'],
    ])
  })

  test.each([
    [1, 2],
    [4, 17],
    [64, 317],
  ])('of %i shards miss one that stands still, and spare a few sweeps', (shards, fewest) => {
    const { Threshold } = alarmsOf(synthesized({ shards })).get('SweepNotRunning') ?? {}
    const ofFiveMinutes = 5 * shards
    const withoutOneShard = ofFiveMinutes - 5
    expect(Threshold).toBe(fewest)
    expect(withoutOneShard).toBeLessThan(fewest)
  })

  test('look at ten metrics at most, as CloudWatch demands', () => {
    for (const alarm of alarms.values()) {
      expect(metricsOfAlarm(alarm).length).toBeGreaterThan(0)
      expect(metricsOfAlarm(alarm).length).toBeLessThanOrEqual(10)
    }
  })

  test('may publish, since a topic with a policy takes nothing from anybody else', () => {
    expect(() =>
      template.hasResourceProperties('AWS::SNS::TopicPolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Effect: 'Allow',
              Action: 'sns:Publish',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            }),
          ]),
        },
      }),
    ).not.toThrow()
  })
})

describe('the dashboard', () => {
  test('fits on one screen: 24 columns and 18 rows', () => {
    for (const { x, width, y, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24)
      expect(y + height).toBeLessThanOrEqual(18)
    }
  })

  test('has no two widgets in one place', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, at) =>
        [x + (at % width), y + Math.floor(at / width)].join(),
      ),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })

  test('shows in this order what an operator looks for', () => {
    const inOrder = widgets.toSorted((one, other) => one.y - other.y || one.x - other.x)
    expect(inOrder.map(({ properties }) => properties.title)).toEqual([
      'Alarms',
      'Access tokens: milliseconds to hand one out',
      'Requests, and those that failed (right)',
      'Functions that failed, and what AWS throttled',
      'Oldest due connection, and oldest change to tell: minutes',
      'Refreshes by what became of them',
      'Refreshes refused, by who must act',
      'Connections by status',
      'Sign-ins: succeeded, or refused, by who must act',
      'App credential: days left; rejections (right)',
      'Changes told; those late or lost (right)',
    ])
  })

  test('lists every alarm', () => {
    const ids = [...resourcesOf(template, 'AWS::CloudWatch::Alarm').keys()]
    expect(widgets[0]?.properties.alarms?.toSorted()).toEqual(ids.toSorted())
  })
})

describe('who is told', () => {
  const told = (mail: string | undefined) => {
    const stack = new Stack(new App({ outdir: temporaryFolder('cdk-out') }), 'stack')
    new AlarmTopic(stack, 'AlarmTopic', { mail })
    return [...resourcesOf(Template.fromStack(stack), 'AWS::SNS::Subscription').values()]
  }

  test('is the mail address of the setting', () => {
    expect(told('operations@example.com')).toMatchObject([
      { Protocol: 'email', Endpoint: 'operations@example.com' },
    ])
  })

  test('is nobody without one, though there are a topic and alarms all the same', () => {
    expect(told(undefined)).toEqual([])
    expect(alarms.size).toBeGreaterThan(0)
  })
})

/** Logical ids of the template begin with the name of the function. */
const idOf = (type: string, prefix: string) =>
  [...resourcesOf(template, type).keys()].find((id) => id.startsWith(prefix))

describe('what was changed and is not told', () => {
  const queue = idOf('AWS::SQS::Queue', 'StateEventsDeadLetters')
  const events = idOf('AWS::Lambda::Function', 'eventsFunction')

  test.each([
    ['EventsLate', `AWS/Lambda IteratorAge FunctionName=${events}`, 15 * 60 * 1000],
    ['EventsUnreadable', `${NAMESPACE} Events.unreadable service=events`, 0],
    ['DeadLetters', `AWS/SQS ApproximateNumberOfMessagesVisible QueueName=${queue}`, 0],
  ])('is shown, and %s is on above its limit', (name, metric, limit) => {
    const alarm = alarms.get(name)
    expect(alarm).toMatchObject({ Threshold: limit, ComparisonOperator: 'GreaterThanThreshold' })
    expect(alarm && metricsOfAlarm(alarm)).toEqual([metric])
    expect(shown).toContain(metric)
  })
})

describe('the rotation of the keyrings', () => {
  test('alarms at the first error of an hour', () => {
    const alarm = alarms.get('KeyringRotationFailed')
    const rotation = idOf('AWS::Lambda::Function', 'rotationFunction')
    expect(alarm).toMatchObject({ Threshold: 0, Period: 3600, Statistic: 'Sum' })
    expect(alarm && metricsOfAlarm(alarm)).toEqual([`AWS/Lambda Errors FunctionName=${rotation}`])
  })

  test('is not watched where there is none, and nothing is asked of its log', () => {
    const without = synthesized({ keyRotationDays: 0 })
    expect(alarmsOf(without).has('KeyringRotationFailed')).toBe(false)
    expect(alarmsOf(without).size).toBe(alarms.size - 1)
    const queries = resourcesOf<{ Name: string }>(without, 'AWS::Logs::QueryDefinition')
    const names = [...queries.values()].map(({ Name }) => Name)
    expect(names).not.toContain('dynamics-connect/How do the keys rotate')
    expect(names).toContain('dynamics-connect/What failed in the service itself')
  })
})

test('a newest app credential that Microsoft rejects alarms, whether at a refresh or in a sign-in', () => {
  const alarm = alarms.get('NewestAppCredentialRejected')
  expect(alarm && metricsOfAlarm(alarm)).toEqual([
    `${NAMESPACE} AppCredential.newestRejected service=refresh`,
    `${NAMESPACE} AppCredential.newestRejected service=callback`,
  ])
})

test('levels are measured every quarter of an hour', () => {
  const rules = [...resourcesOf<RuleProperties>(template, 'AWS::Events::Rule').values()]
  const measuring = rules.filter(({ Targets }) => Targets[0]?.Input === '{"measure":true}')
  expect(measuring.map((rule) => rule.ScheduleExpression)).toEqual(['rate(15 minutes)'])
})

interface RuleProperties {
  readonly ScheduleExpression: string
  readonly Targets: readonly { readonly Input: string }[]
}
