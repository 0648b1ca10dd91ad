import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { table } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { barChart, legend } from './bar-chart.ts'
import type { Health } from './health.ts'
import { namesBelow, shownHours } from './hours.ts'
import { outcomeSeries } from './outcome-series.ts'

/** What became of the refreshes of the last day, as bars and as the same numbers. */
export function outcomesSection({ view, words }: SignedInVisit, health: Health): Html {
  const text = words.health
  const { language } = view
  const shown = shownHours(view, health)
  const records = shown.map(({ record }) => record)
  const series = outcomeSeries(text, records)
  const number = new Intl.NumberFormat(language)
  const sums = series.map((one) => ({
    ...one,
    sum: one.values.reduce((sum, value) => sum + value, 0),
  }))
  const total = sums.reduce((sum, one) => sum + one.sum, 0)
  const names = shown.map(({ name }) => name)
  const rows = shown
    .map(({ name }, hour) => [
      name,
      ...series.map(({ values }) => number.format(values[hour] ?? 0)),
    ])
    .toReversed()
  const sumRow = [text.sum, ...sums.map(({ sum }) => number.format(sum))]
  const columns = series.map(({ label }) => ({ label, isNumber: true }))
  return html`<h2>${text.outcomes}</h2>
<figure><figcaption>${fill(text.outcomes_sum, { count: number.format(total) })}</figcaption>
${barChart({ title: text.outcomes_chart, names, series, below: namesBelow(shown), language })}
${legend(sums.map(({ mark, label, sum }) => ({ mark, label, count: number.format(sum) })))}</figure>
<details><summary>${text.as_table}</summary>
${table(text.outcomes_table, [{ label: text.hour }, ...columns], [sumRow, ...rows])}</details>`
}
