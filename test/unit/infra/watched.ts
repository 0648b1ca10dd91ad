import type { Template } from 'aws-cdk-lib/assertions'
import { resourcesOf } from './synthesized.ts'

/** An alarm as CloudFormation knows it. */
export interface AlarmProperties extends Partial<PlainMetric> {
  readonly AlarmName: string
  readonly AlarmDescription: string
  readonly AlarmActions: readonly unknown[]
  readonly OKActions: readonly unknown[]
  readonly TreatMissingData: string
  readonly Threshold: number
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: PlainMetric } }[]
}

interface PlainMetric {
  readonly Namespace: string
  readonly MetricName: string
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[]
}

/** A widget of a dashboard, with `{Ref}` and the like as text. */
export interface Widget {
  readonly type: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly properties: {
    readonly title: string
    readonly alarms?: readonly string[]
    readonly metrics?: readonly (readonly unknown[])[]
  }
}

/** The alarms by the name behind that of the stack. */
export function alarmsOf(template: Template): ReadonlyMap<string, AlarmProperties> {
  const alarms = [...resourcesOf<AlarmProperties>(template, 'AWS::CloudWatch::Alarm').values()]
  return new Map(alarms.map((alarm) => [alarm.AlarmName.replace('dynamics-connect-', ''), alarm]))
}

/** The metrics that an alarm looks at, each as `namespace name dimension=value`. */
export function metricsOfAlarm(alarm: AlarmProperties): readonly string[] {
  const { Namespace, MetricName, Dimensions = [], Metrics = [] } = alarm
  const plain = Namespace && MetricName ? [{ Namespace, MetricName, Dimensions }] : []
  const inExpressions = Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
  return [...plain, ...inExpressions].map(nameOf)
}

function nameOf({ Namespace, MetricName, Dimensions }: PlainMetric): string {
  const dimensions = Dimensions.map(({ Name, Value }) => `${Name}=${textOf(Value)}`)
  return [Namespace, MetricName, ...dimensions].join(' ')
}

/** The widgets of the one dashboard. */
export function widgetsOf(template: Template): readonly Widget[] {
  const [dashboard] = resourcesOf<{ DashboardBody: unknown }>(
    template,
    'AWS::CloudWatch::Dashboard',
  ).values()
  return JSON.parse(textOf(dashboard?.DashboardBody)).widgets
}

/** The metrics that a widget draws, each as `namespace name dimension=value`. */
export function metricsOfWidget({ properties }: Widget): readonly string[] {
  return (properties.metrics ?? []).flatMap((row) => {
    const words = row.filter((part) => typeof part === 'string')
    const [namespace, name, ...dimensions] = words
    if (namespace === undefined) return []
    const pairs = dimensions.flatMap((part, at) =>
      at % 2 === 0 ? [`${part}=${dimensions[at + 1]}`] : [],
    )
    return [[namespace, name, ...pairs].join(' ')]
  })
}

/** A value of a template as text: what it refers to, by its logical id. */
export function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if ('Ref' in value) return String(value.Ref)
  if ('Fn::GetAtt' in value) return String((value['Fn::GetAtt'] as readonly string[])[0])
  const [separator, parts] = (value as { 'Fn::Join': [string, readonly unknown[]] })['Fn::Join']
  return parts.map(textOf).join(separator)
}
