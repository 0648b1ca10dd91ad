import { type HourRecord, hourOf } from '../../domain/service-record.ts'
import type { View } from '../../http/view.ts'

const HOUR_MS = 60 * 60 * 1000
const HOURS_SHOWN = 24

/** An hour of the day that a chart shows. */
export interface ShownHour {
  /** When it begins, as `14:00`, in UTC. */
  readonly name: string
  /** `undefined` when nothing was swept in it. */
  readonly record: HourRecord | undefined
}

/** The hour of `now` and the 23 before it, the oldest first. */
export function shownHours(
  { language }: View,
  { hours, now }: { readonly hours: readonly HourRecord[]; readonly now: Date },
): readonly ShownHour[] {
  const format = new Intl.DateTimeFormat(language, { timeStyle: 'short', timeZone: 'UTC' })
  const newest = hourOf(now).getTime()
  return Array.from({ length: HOURS_SHOWN }, (_, index) => {
    const time = newest - (HOURS_SHOWN - 1 - index) * HOUR_MS
    const record = hours.find(({ hour }) => hour.getTime() === time)
    return { name: format.format(new Date(time)), record }
  })
}

/** What stands below the first, the middle and the last hour. */
export function namesBelow(shown: readonly ShownHour[]): readonly string[] {
  return [shown[0], shown[shown.length / 2], shown.at(-1)].map((hour) => hour?.name ?? '')
}
