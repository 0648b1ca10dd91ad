import { availableParallelism } from 'node:os'
import { installRuntimeClient } from '../../support/lambda/install.ts'
import { say } from '../../support/say.ts'
import { type Cell, recordMatrix } from './matrix.ts'
import { differencesOf, pointsOf } from './windows.ts'
import { emptyLane, type Lane, startLane, startWorld } from './world.ts'

/** Cells side by side for each processor: a cell waits for a process to start half of its time. */
const CELLS_PER_PROCESSOR = 2

interface Result {
  readonly cell: Cell
  readonly error: unknown
}

/** What came of the matrix. */
interface Outcome {
  readonly results: readonly Result[]
  /** Where the windows of the matrix are not those of windows.ts. */
  readonly differences: readonly string[]
}

/**
 * Records the steps of each kind of run, kills a process at every one of them, and says what became of
 * it. With filters only the cells are run whose group, step or moment they name.
 */
async function runMatrix(filters: readonly string[]): Promise<Outcome> {
  installRuntimeClient()
  say('building the functions…')
  const world = await startWorld()
  const lanes = await Promise.all(
    Array.from({ length: availableParallelism() * CELLS_PER_PROCESSOR }, startLane),
  )
  try {
    const [first] = lanes
    if (first === undefined) throw new Error('there is no lane')
    const all = await recordMatrix(world, first, (name, steps) => {
      say(`${name}: ${steps.join(' → ')}`)
    })
    await emptyLane(first)
    const cells = all.filter((cell) => filters.every((filter) => nameOf(cell).includes(filter)))
    say(`${cells.length} cells…`)
    const results = await runCells(cells, lanes)
    return { results, differences: differencesOf(all) }
  } finally {
    await Promise.all(lanes.map(({ dynamodb }) => dynamodb.stop()))
    await world.close()
  }
}

async function runCells(
  cells: readonly Cell[],
  lanes: readonly Lane[],
): Promise<readonly Result[]> {
  const queue = cells.values()
  const results: Result[] = []
  const work = async (lane: Lane): Promise<void> => {
    for (const cell of queue) {
      const error = await errorOf(cell, lane)
      results.push({ cell, error })
      if (error !== undefined) say(`  ✗ ${nameOf(cell)}: ${messageOf(error)}`)
      if (isGroupDone(cell.group, cells, results)) sayGroup(cell.group, results)
    }
  }
  await Promise.all(lanes.map(work))
  return results
}

async function errorOf(cell: Cell, lane: Lane): Promise<unknown> {
  try {
    await cell.run(lane)
    return undefined
  } catch (error) {
    return error ?? new Error('the cell failed')
  } finally {
    await emptyLane(lane)
  }
}

function isGroupDone(group: string, cells: readonly Cell[], results: readonly Result[]): boolean {
  const wanted = cells.filter((cell) => cell.group === group).length
  return results.filter(({ cell }) => cell.group === group).length === wanted
}

function sayGroup(group: string, results: readonly Result[]): void {
  const ofGroup = results.filter(({ cell }) => cell.group === group)
  const passed = ofGroup.filter(({ error }) => error === undefined).length
  say(`${passed === ofGroup.length ? '✓' : '✗'} ${group}: ${passed} of ${ofGroup.length}`)
}

function nameOf({ group, kill }: Cell): string {
  return `${group}: ${kill.step}, ${kill.moment}`
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message.trim().replaceAll(/\s+/g, ' ').slice(0, 300)
}

/** The rows are the steps as they were first met, the columns the groups. */
function sayTable(results: readonly Result[]): void {
  const groups = [...new Set(results.map(({ cell }) => cell.group))].sort()
  const width = Math.max(...groups.map((group) => group.length))
  say(`\n${'group'.padEnd(width)}  cells  passed  user signs in again  partner gives another link`)
  for (const group of groups) {
    const ofGroup = results.filter(({ cell }) => cell.group === group)
    const count = (is: (result: Result) => boolean) => String(ofGroup.filter(is).length)
    const columns = [
      count(() => true).padStart(5),
      count(({ error }) => error === undefined).padStart(6),
      count(({ cell }) => cell.isGrantLost).padStart(19),
      count(({ cell }) => cell.isLinkLost).padStart(26),
    ]
    say(`${group.padEnd(width)}  ${columns.join('  ')}`)
  }
}

function sayWindow(title: string, points: readonly string[]): void {
  if (points.length > 0) say(`\n${title}:\n  ${points.join(', ')}`)
}

function sayEnd({ passed, failed }: { readonly passed: number; readonly failed: number }): void {
  say(`\n${Math.round((performance.now() - started) / 1000)} s`)
  say(`${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1
}

// A process that ends by a signal runs no exit handler, and its children would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const started = performance.now()
try {
  const { results, differences } = await runMatrix(process.argv.slice(2))
  const cells = results.map(({ cell }) => cell)
  sayTable(results)
  sayWindow(
    'the user signs in again, and is told so, after a crash at',
    pointsOf('isGrantLost', cells),
  )
  sayWindow('the partner gives out another link after a crash at', pointsOf('isLinkLost', cells))
  sayWindow('✗ the windows are not those of windows.ts', differences)
  const broken = results.filter(({ error }) => error !== undefined).length
  sayEnd({ passed: results.length - broken, failed: broken + (differences.length > 0 ? 1 : 0) })
} catch (error) {
  say(`✗ the matrix could not be run: ${messageOf(error)}`)
  sayEnd({ passed: 0, failed: 1 })
}
