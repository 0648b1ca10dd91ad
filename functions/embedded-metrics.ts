import { NAMESPACE } from './metric-names.ts'

/** CloudWatch's name of what a figure counts. */
export type MetricUnit = 'Count' | 'Milliseconds' | 'None'

/** Figures of one function, gathered until they are written. */
export interface EmbeddedMetrics {
  add(name: string, unit: MetricUnit, value: number): void
  /** Writes what was added since the last time as one line; nothing when nothing was. */
  flush(): void
}

/**
 * Metrics in CloudWatch's embedded metric format, which costs no call: CloudWatch takes them from the log.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(service: string): EmbeddedMetrics {
  const added = new Map<string, { readonly unit: MetricUnit; readonly values: number[] }>()
  return {
    add: (name, unit, value) => {
      const metric = added.get(name) ?? { unit, values: [] }
      metric.values.push(value)
      added.set(name, metric)
    },
    flush: () => {
      if (added.size === 0) return
      const metrics = [...added].map(([Name, { unit: Unit }]) => ({ Name, Unit }))
      const figures = [...added].map(([name, { values }]) => [name, onlyOne(values)])
      added.clear()
      const directive = { Namespace: NAMESPACE, Dimensions: [['service']], Metrics: metrics }
      const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] }
      process.stdout.write(`${JSON.stringify({ _aws, service, ...Object.fromEntries(figures) })}\n`)
    },
  }
}

/** A figure by itself is written as a number, several as a list. */
function onlyOne(values: readonly number[]): number | readonly number[] {
  const [first = 0, ...others] = values
  return others.length === 0 ? first : values
}
