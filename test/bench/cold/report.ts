import { availableParallelism, loadavg } from 'node:os'
import { say } from '../support/progress.ts'
import { median, type Row, tableOf } from '../support/table.ts'

/** The middle of the values, and the quarter of them that is below and above. */
export function spreadOf(values: readonly number[], unit: string): string {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
  return `${median(values).toFixed(1)} ${unit} (${at(0.25).toFixed(1)} to ${at(0.75).toFixed(1)})`
}

/** How many times the other this one is, by their medians. */
export function ratioOf(one: readonly number[], other: readonly number[]): number {
  return median(one) / median(other)
}

export function targetOf(target: string, isMet: boolean): string {
  return `${target}: ${isMet ? 'met' : 'not met'}`
}

/** Ends a benchmark with its table, and with what may have disturbed it. */
export function sayReport(rows: readonly Row[]): void {
  const load = loadavg().map((part) => part.toFixed(1))
  say(`\n${tableOf(rows)}\n`)
  say(`Node ${process.version}, ${availableParallelism()} cores, load ${load.join(' ')}`)
}
