import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  COUNT_INTERVAL_MINUTES,
  type CostPart,
  changesPerMillion,
  costOf,
  customerManagedKey,
  MEASURED,
  PARTS,
  refreshesOf,
  refreshesPerMillion,
  tokenRequestsPerMillion,
  type Use,
} from './cost.ts'
import { LISTED_DESIGNS, LISTED_INTERVAL_MINUTES, priceOf } from './price.ts'

/** The page for whoever pays. */
export const COST_PAGE = fileURLToPath(new URL('../../infra/COST.md', import.meta.url))

const BEGIN =
  '<!-- computed by test/bench/cost-page.ts: "node test/bench/cost-page.ts" writes it anew -->'
const END = '<!-- end of what is computed -->'

const SIZES = [10, 1000, 100_000, 1_000_000] as const
const USES: readonly Use[] = ['idle', 'hot']

const NAMES: Readonly<Record<CostPart, string>> = {
  sweeps: 'sweeps that find nothing, one a minute and shard, their record and logs',
  secrets: `${PARTS.secrets} secrets, and reading them`,
  watching: `${PARTS.alarms} alarms on ${PARTS.metricsOfAlarms} metrics, ${PARTS.metrics} metrics of its own, ${PARTS.dashboards} dashboard`,
  counting: `counting the connections of each status, every ${COUNT_INTERVAL_MINUTES} minutes`,
  storage: 'table, indexes, point-in-time recovery',
  refreshing: 'refreshing',
  'token requests': 'token requests, one an hour for each hot connection',
}

/** The page with its computed part as the computation has it now. */
export function withComputedPart(page: string): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) {
    throw new Error(`the page lacks "${BEGIN}" or "${END}"`)
  }
  return `${before}${BEGIN}\n\n${computedPart()}\n\n${END}${after}`
}

function computedPart(): string {
  return [totals(), parts(), units(), otherDesigns()].join('\n\n')
}

function totals(): string {
  const rows = USES.map((use) => [
    `**all ${use}**`,
    ...SIZES.map((size) => `**${dollars(costOf(size, use).dollars)}**`),
  ])
  const each = USES.map((use) => [
    `of that, for each ${use} connection`,
    ...SIZES.map((size) => cents(costOf(size, use).dollars / size)),
  ])
  return table(['connections', ...SIZES.map(count)], [...rows, ...each])
}

function parts(): string {
  const columns = USES.flatMap((use) => SIZES.map((size) => ({ use, size })))
  const header = ['what for', ...columns.map(({ use, size }) => `${count(size)} ${use}`)]
  const rows = (Object.keys(NAMES) as CostPart[]).map((part) => [
    NAMES[part],
    ...columns.map(({ use, size }) => dollars(costOf(size, use).parts[part])),
  ])
  return table(header, rows)
}

function units(): string {
  const rows = [
    [
      'one refresh',
      `${MEASURED.writeUnits} write units, ${MEASURED.readUnits} read units, ${MEASURED.cpuMs} ms of a core (measured)`,
    ],
    ['one connection, stored', `${count(MEASURED.itemBytes)} B (measured)`],
    ['refreshes of a hot connection', `${refreshesOf('hot').toFixed(0)} a month`],
    ['refreshes of an idle connection', `${refreshesOf('idle').toFixed(1)} a month`],
    ['a million more refreshes', dollars(refreshesPerMillion())],
    ['a million more token requests', dollars(tokenRequestsPerMillion())],
    ['a million changes, told to your own systems', dollars(changesPerMillion())],
    ['a customer-managed key, where it is wanted', `${dollars(customerManagedKey())} a month more`],
  ]
  return table(['unit', 'figure'], rows)
}

function otherDesigns(): string {
  const ours = priceOf(MEASURED, LISTED_INTERVAL_MINUTES).dollars
  const rows = [
    ['**this service**', `**${dollars(ours)}**`],
    ...LISTED_DESIGNS.map(([name, price]) => [name, dollars(price)]),
  ]
  const what = `a million hot connections, each refreshed every ${LISTED_INTERVAL_MINUTES} minutes`
  return table([what, 'a month'], rows)
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = header.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(header), line(rule), ...rows.map(line)].join('\n')
}

const count = (value: number): string => value.toLocaleString('en')

function dollars(value: number): string {
  const digits = value < 100 ? 2 : 0
  return `$${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

function cents(value: number): string {
  const amount = value * 100
  return `${amount < 1 ? amount.toPrecision(2) : amount.toFixed(1)} ¢`
}

if (import.meta.main) {
  writeFileSync(COST_PAGE, withComputedPart(readFileSync(COST_PAGE, 'utf8')))
}
