import {
  hotIntervalMinutes,
  idleIntervalMinutes,
  LISTED_DESIGNS,
  LISTED_INTERVAL_MINUTES,
  type Price,
  priceOf,
  type RefreshUse,
  useOf,
  withItemBytes,
} from './price.ts'
import { nameOf, percent, type Speed } from './speed.ts'
import type { Row } from './support/table.ts'
import type { SweepCost } from './sweep-cost.ts'
import type { StoredSize } from './token-size.ts'

/** What a sweep costs may differ by this much between the sizes. */
const SPREAD_TARGET = 0.05
const LIMIT_TARGET = 0.95
const MSAL_TARGET = 2

/** Of an item that is billed as three kilobytes. */
const ITEM_TARGET_BYTES = 3 * 1024

export function sweepRows(costs: readonly SweepCost[]): readonly Row[] {
  const each = costs.map((cost) => ({
    what: `sweep of ${cost.due} due among ${count(cost.stored)}`,
    figure: `${cost.readUnitsPerDue.toFixed(3)} RRU, ${cost.writeUnitsPerDue.toFixed(2)} WRU, ${cost.requestsPerDue.toFixed(3)} requests per due connection; ${cost.seconds.toFixed(1)} s`,
  }))
  const spread = Math.max(
    spreadOf(costs.map(({ readUnitsPerDue }) => readUnitsPerDue)),
    spreadOf(costs.map(({ requestsPerDue }) => requestsPerDue)),
  )
  const empty = costs.at(-1)?.empty
  return [
    ...each,
    {
      what: 'difference between the sizes',
      figure: percent(spread),
      target: targetOf(`at most ${percent(SPREAD_TARGET)}`, spread <= SPREAD_TARGET),
    },
    {
      what: 'sweep that finds nothing due',
      figure: `${empty?.readUnits} RRU, ${empty?.requests} requests`,
    },
  ]
}

export function speedRows(speeds: readonly Speed[]): readonly Row[] {
  const each = speeds.map((speed) => ({
    what: nameOf(speed),
    figure: figureOf(speed),
    ...(speed.what === 'sweep' &&
      speed.shareOfLimit !== undefined && {
        target: targetOf(`at least ${percent(LIMIT_TARGET)}`, speed.shareOfLimit >= LIMIT_TARGET),
      }),
  }))
  const compared = (['redeem', 'sweep'] as const).flatMap((what) =>
    (['msal-shared', 'msal-each'] as const).map((redeemer) => {
      const ratio = effortOf(speeds, what, redeemer) / effortOf(speeds, what, 'ours')
      return {
        what: `CPU of a ${what} by ${redeemer} ÷ by ours`,
        figure: ratio.toFixed(2),
        ...(what === 'redeem' && {
          target: targetOf(`at least ${MSAL_TARGET}`, ratio >= MSAL_TARGET),
        }),
      }
    }),
  )
  return [...each, ...compared]
}

export function sizeRow(size: StoredSize): Row {
  return {
    what: 'one connection, stored',
    figure: `${size.itemBytes} B; ${size.unpackedItemBytes} B if its tokens were not packed, which takes ${size.cpuMicroseconds.toFixed(0)} µs`,
    target: targetOf(`at most ${count(ITEM_TARGET_BYTES)} B`, size.itemBytes <= ITEM_TARGET_BYTES),
  }
}

export function priceRows(measured: {
  readonly costs: readonly SweepCost[]
  readonly speeds: readonly Speed[]
  readonly size: StoredSize
}): readonly Row[] {
  const [cost] = measured.costs
  if (cost === undefined) return []
  const { itemBytes, unpackedItemBytes } = measured.size
  const use = useOf(cost, effortOf(measured.speeds, 'sweep', 'ours'))
  const hot = priceOf(use, hotIntervalMinutes())
  const idle = priceOf(use, idleIntervalMinutes())
  return [
    {
      what: 'one refresh',
      figure: `${use.writeUnits} WRU, ${use.readUnits} RRU, ${use.cpuMs.toFixed(2)} ms of a core`,
    },
    { what: 'a million hot, a month', figure: describePrice(hot) },
    { what: 'a million idle, a month', figure: describePrice(idle) },
    {
      ...sizedRow(use, 'as it is'),
      target: targetOf('below every listed design', cheaperThan(use).length === 0),
    },
    sizedRow(withItemBytes(use, itemBytes, unpackedItemBytes), 'if tokens were not packed'),
    ...LISTED_DESIGNS.map(([name, listed]) => ({
      what: `listed, every ${LISTED_INTERVAL_MINUTES} minutes: ${name}`,
      figure: dollars(listed),
    })),
  ]
}

/** At the interval of the listed designs, so that like is held against like. */
function sizedRow(use: RefreshUse, how: string): Row {
  const { dollars: price } = priceOf(use, LISTED_INTERVAL_MINUTES)
  const cheaper = cheaperThan(use)
  const than = cheaper.length === 0 ? '' : `; dearer than ${cheaper.join(', ')}`
  return {
    what: `ours, every ${LISTED_INTERVAL_MINUTES} minutes, ${how}`,
    figure: `${dollars(price)} (${use.writeUnits} WRU${than}); at our own interval ${dollars(priceOf(use, hotIntervalMinutes()).dollars)}`,
  }
}

/** The listed designs that cost less. */
function cheaperThan(use: RefreshUse): readonly string[] {
  const { dollars: price } = priceOf(use, LISTED_INTERVAL_MINUTES)
  return LISTED_DESIGNS.filter(([, listed]) => listed < price).map(([name]) => name)
}

function targetOf(target: string, isMet: boolean): string {
  return `${target}: ${isMet ? 'met' : 'not met'}`
}

function describePrice({ dollars: price, intervalMinutes, refreshes, parts }: Price): string {
  const each = Object.entries(parts).map(([name, part]) => `${name} ${dollars(part)}`)
  return `${dollars(price)} (every ${intervalMinutes.toFixed(1)} min, ${(refreshes / 1e6).toFixed(1)}M refreshes: ${each.join(', ')})`
}

function figureOf(speed: Speed): string {
  const share =
    speed.shareOfLimit === undefined ? '' : `, ${percent(speed.shareOfLimit)} of the limit`
  return `${speed.perSecond.toFixed(0)}/s${share}; ${speed.cpuMsPerRefresh.toFixed(2)} ms CPU each; ${speed.rssMiB.toFixed(0)} MiB`
}

function effortOf(
  speeds: readonly Speed[],
  what: Speed['what'],
  redeemer: Speed['redeemer'],
): number {
  const found = speeds.find(
    (speed) => speed.what === what && speed.redeemer === redeemer && speed.latencyMs === 0,
  )
  return found?.cpuMsPerRefresh ?? Number.NaN
}

function spreadOf(values: readonly number[]): number {
  const least = Math.min(...values)
  return (Math.max(...values) - least) / least
}

const count = (value: number): string => value.toLocaleString('en')

const dollars = (value: number): string => `$${Math.round(value).toLocaleString('en')}`
