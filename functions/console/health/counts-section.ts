import type { ConnectionStatus } from '../../domain/connection.ts'
import { type Html, html } from '../../http/html.ts'
import { table } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import type { StateMark } from './chart-scale.ts'
import type { Health } from './health.ts'
import { shownHours } from './hours.ts'
import { lineChart } from './line-chart.ts'

const STATUSES: readonly (readonly [ConnectionStatus, StateMark])[] = [
  ['connected', 'connected'],
  ['reauthorization_required', 'attention'],
  ['pending', 'pending'],
  ['disconnected', 'disconnected'],
]

/** How many connections were of each status over the day: each in a chart of its own, since one may be a thousand times another. */
export function countsSection({ view, words }: SignedInVisit, health: Health): Html {
  const text = words.health
  const shown = shownHours(view, health)
  const number = new Intl.NumberFormat(view.language)
  const formatted = (count: number | undefined) =>
    count === undefined ? '–' : number.format(count)
  const lines = STATUSES.map(([status, mark]) => ({
    mark,
    label: text[`status_${mark}`],
    values: shown.map(({ record }) => record?.counts?.[status]),
  }))
  if (lines.every(({ values }) => values.every((value) => value === undefined))) return html``
  const charts = lines.map(({ mark, label, values }) => {
    const known = values.filter((value) => value !== undefined)
    const [first, last] = [formatted(known[0]), formatted(known.at(-1))]
    return html`<figure><figcaption>${label}</figcaption>
${lineChart({ title: `${label}: ${first} → ${last}`, mark, values })}
<div class="below" aria-hidden="true"><span>${first}</span><span>${last}</span></div></figure>`
  })
  const rows = shown
    .map(({ name }, hour) => [name, ...lines.map(({ values }) => formatted(values[hour]))])
    .toReversed()
  const columns = lines.map(({ label }) => ({ label, isNumber: true }))
  return html`<h2>${text.counts}</h2>
<div class="small-charts">${charts}</div>
<details><summary>${text.as_table}</summary>
${table(text.counts_table, [{ label: text.hour }, ...columns], rows)}</details>`
}
