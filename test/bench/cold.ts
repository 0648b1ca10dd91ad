import { parseArgs } from 'node:util'
import { installRuntimeClient } from '../support/lambda/install.ts'
import { msalCache } from './cold/baselines.ts'
import { ratioOf, sayReport, spreadOf, targetOf } from './cold/report.ts'
import { requireGood } from './cold/require-good.ts'
import { scratchFolder } from './cold/scratch-folder.ts'
import { startService } from './cold/service.ts'
import { type Start, startOnce } from './cold/start-once.ts'
import { type Variant, variantsOf } from './cold/variants.ts'
import { installPackages } from './install.ts'
import { progressOf } from './support/progress.ts'
import type { Row } from './support/table.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' } } })

/** At most so many times an empty handler. */
const TARGETS: Readonly<Partial<Record<Variant['name'], number>>> = {
  token: 2.2,
  authorize: 2.2,
  callback: 2.6,
}

/** Of a deployed bundle. */
const BUNDLE_TARGET_KB = 160

type Starts = ReadonlyMap<Variant['name'], readonly Start[]>

/** Measures how long functions take from the start of their process to their first answer. */
async function main(): Promise<void> {
  installRuntimeClient()
  installPackages()
  const msal = await msalCache()
  const service = await startService(msal)
  try {
    const variants = await variantsOf(service, msal, scratchFolder())
    // The first start of each asks the store, and warms the disk.
    for (const variant of variants) requireGood(variant.name, (await startOnce(variant)).answer)
    const starts = await measure(variants, Number(values.rounds))
    sayReport(variants.map((variant) => rowOf(variant, starts)))
  } finally {
    await service.close()
  }
}

/** All variants in each round, in an order that is drawn anew, so that other load meets all alike. */
async function measure(variants: readonly Variant[], rounds: number): Promise<Starts> {
  const starts = new Map<Variant['name'], Start[]>(variants.map(({ name }) => [name, []]))
  const progress = progressOf('cold starts', rounds * variants.length)
  let done = 0
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of shuffled(variants)) {
      const start = await startOnce(variant)
      requireGood(variant.name, start.answer)
      starts.get(variant.name)?.push(start)
      done += 1
      progress(done)
    }
  }
  return starts
}

function rowOf({ name, kilobytes }: Variant, starts: Starts): Row {
  const wall = (of: Variant['name']) => (starts.get(of) ?? []).map(({ wallMs }) => wallMs)
  const cpu = (of: Variant['name']) => (starts.get(of) ?? []).map(({ cpuMs = 0 }) => cpuMs)
  const times = ratioOf(wall(name), wall('empty'))
  const parts = [
    `× ${times.toFixed(2)}; ${spreadOf(wall(name), 'ms')}`,
    `processor × ${ratioOf(cpu(name), cpu('empty')).toFixed(2)}; ${spreadOf(cpu(name), 'ms')}`,
    `${kilobytes} KB`,
  ]
  const target = TARGETS[name]
  return {
    what: `first answer of ${name}`,
    figure: parts.join('; '),
    ...(target !== undefined && {
      target: `${targetOf(`at most × ${target}`, times <= target)}; ${targetOf(`${BUNDLE_TARGET_KB} KB`, kilobytes <= BUNDLE_TARGET_KB)}`,
    }),
  }
}

/** An answer that is none would be fast. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  const drawn = items.map((item) => ({ item, at: Math.random() }))
  return drawn.toSorted((one, other) => one.at - other.at).map(({ item }) => item)
}

await main()
process.exit()
