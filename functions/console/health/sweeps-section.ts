import { details, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import type { View } from '../../http/view.ts'
import { sinceText, stateMark, table } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { type Health, oldestDueOf, sweptWithinMinutes, troublesOf } from './health.ts'

const MINUTE_MS = 60 * 1000
const HOUR_MS = 60 * MINUTE_MS

/** Whether due connections are looked for and worked off. */
export function sweepsSection(visit: SignedInVisit, health: Health): Html {
  const { view, words } = visit
  const text = words.health
  const troubles = troublesOf(health)
  const isSwept = !troubles.includes('sweeps_stopped')
  const keepsUp = !troubles.includes('keeps_up_not')
  const swept = sweptWords(visit, health, isSwept)
  const oldest = oldestDueOf(health)
  const waits = oldest === 0 ? text.due_none : fill(text.due_for, { time: duration(view, oldest) })
  const rows = health.shards.map(({ shard, sweptAt, oldestDueMs }) => [
    String(shard),
    sweptAt ? sinceText(view, sweptAt, health.now) : text.never,
    oldestDueMs === 0 ? '–' : duration(view, oldestDueMs),
  ])
  const columns = [{ label: text.part }, { label: text.last_sweep }, { label: text.oldest }]
  return html`<h2>${text.sweeps}</h2>
${details([
  [text.sweep, stateMark(isSwept ? 'good' : 'bad', html`<span>${swept}</span>`)],
  [text.due, stateMark(keepsUp ? 'good' : 'bad', html`<span>${waits}</span>`)],
])}
<details><summary>${text.parts}</summary>
${table(text.parts_table, columns, rows)}</details>`
}

function sweptWords({ view, words }: SignedInVisit, health: Health, isSwept: boolean): Words {
  const text = words.health
  const minutes = sweptWithinMinutes(health)
  if (minutes === undefined) return text.swept_never
  return isSwept
    ? fill(text.swept_within, { time: inUnit(view, minutes, 'minute') })
    : fill(text.swept_last, { time: duration(view, (minutes - 1) * MINUTE_MS) })
}

/** As `3 hours`, `3 minutes` or `45 seconds`, so that no less than two of a unit are told. */
function duration(view: View, milliseconds: number): string {
  if (milliseconds >= 2 * HOUR_MS) return inUnit(view, milliseconds / HOUR_MS, 'hour')
  if (milliseconds >= 2 * MINUTE_MS) return inUnit(view, milliseconds / MINUTE_MS, 'minute')
  return inUnit(view, milliseconds / 1000, 'second')
}

function inUnit({ language }: View, count: number, unit: 'hour' | 'minute' | 'second'): string {
  const options = { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 } as const
  return new Intl.NumberFormat(language, { ...options, roundingMode: 'floor' }).format(count)
}
