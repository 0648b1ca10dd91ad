import { details } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import type { View } from '../../http/view.ts'
import { sinceText, stateMark, table } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { type Health, oldestDueOf, sweptWithinMinutes, troublesOf } from './health.ts'

const MINUTE_MS = 60 * 1000

/** Whether due connections are looked for and worked off. */
export function sweepsSection({ view, words }: SignedInVisit, health: Health): Html {
  const text = words.health
  const minutes = sweptWithinMinutes(health)
  const troubles = troublesOf(health)
  const isSwept = !troubles.includes('sweeps_stopped')
  const keepsUp = !troubles.includes('keeps_up_not')
  const swept =
    minutes === undefined
      ? text.swept_never
      : fill(text.swept_within, { time: inMinutes(view, minutes) })
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
  [text.sweep, stateMark(isSwept ? 'good' : 'bad', swept)],
  [text.due, stateMark(keepsUp ? 'good' : 'bad', waits)],
])}
<details><summary>${text.parts}</summary>
${table(text.parts_table, columns, rows)}</details>`
}

/** As `3 minutes` or `45 seconds`. */
function duration({ language }: View, milliseconds: number): string {
  const isShort = milliseconds < 2 * MINUTE_MS
  const unit = isShort ? 'second' : 'minute'
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' })
  return format.format(Math.round(milliseconds / (isShort ? 1000 : MINUTE_MS)))
}

function inMinutes({ language }: View, minutes: number): string {
  const unit = { style: 'unit', unit: 'minute', unitDisplay: 'long' } as const
  return new Intl.NumberFormat(language, unit).format(minutes)
}
