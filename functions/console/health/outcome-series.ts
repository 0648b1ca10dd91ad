import type { HourRecord } from '../../domain/service-record.ts'
import type { ConsoleTexts } from '../texts.ts'
import type { BarSeries } from './bar-chart.ts'
import type { OutcomeMark } from './chart-scale.ts'

/** What a refresh may come to, from the bottom of a bar up; what else there is was no refresh at all. */
const MARK_OF_OUTCOME: Readonly<Record<string, OutcomeMark>> = {
  refreshed: 'refreshed',
  transient: 'transient',
  blocked: 'blocked',
  reauthorization_required: 'reauthorization',
  app_credential_rejected: 'credential',
  error: 'failed',
}

/** @param hours one for each bar; `undefined` for an hour without a sweep */
export function outcomeSeries(
  words: ConsoleTexts['health'],
  hours: readonly (HourRecord | undefined)[],
): readonly BarSeries[] {
  const valuesOf = (isCounted: (outcome: string) => boolean) =>
    hours.map((hour) => sumOf(hour?.outcomes ?? {}, isCounted))
  const known = Object.entries(MARK_OF_OUTCOME).map(([outcome, mark]) => ({
    mark,
    label: words[`mark_${mark}`],
    values: valuesOf((name) => name === outcome),
  }))
  const isOther = (name: string) => !Object.hasOwn(MARK_OF_OUTCOME, name)
  return [...known, { mark: 'others', label: words.mark_others, values: valuesOf(isOther) }]
}

function sumOf(
  outcomes: Readonly<Record<string, number>>,
  isCounted: (outcome: string) => boolean,
): number {
  const counted = Object.entries(outcomes).filter(([outcome]) => isCounted(outcome))
  return counted.reduce((sum, [, count]) => sum + count, 0)
}
