import { parseArgs } from 'node:util'
import { msalCache } from './cold/baselines.ts'
import { ratioOf, sayReport, spreadOf, targetOf } from './cold/report.ts'
import { scratchFolder } from './cold/scratch-folder.ts'
import { startService } from './cold/service.ts'
import { type Variant, variantsOf } from './cold/variants.ts'
import { installPackages } from './install.ts'
import { runChild } from './support/child.ts'
import type { Row } from './support/table.ts'
import type { WarmFunction, WarmTask } from './warm-worker.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    requests: { type: 'string', default: '200' },
  },
})

/** What is measured: the token as we read it, the least that it can cost, the usual way, and the two that meet people. */
const COMPARED = ['bare-get-item', 'token', 'usual-stack', 'authorize', 'callback'] as const

const BARE_TARGET = 1.25
const USUAL_TARGET = 3

/** Measures what a request takes of a processor once everything is warm. */
async function main(): Promise<void> {
  installPackages()
  const msal = await msalCache()
  const service = await startService(msal)
  try {
    const variants = await variantsOf(service, msal, scratchFolder())
    const functions = variants
      .filter(isCompared)
      .map(({ name, bundle, event }) => ({ name, bundle, event }))
    const { environment } = service
    const task: WarmTask = {
      functions,
      environment,
      rounds: Number(values.rounds),
      requests: Number(values.requests),
    }
    sayReport(rowsOf(await runChild('warm-worker.ts', JSON.stringify(task))))
  } finally {
    await service.close()
  }
}

function isCompared({ name }: Variant): boolean {
  return COMPARED.some((compared) => compared === name)
}

/** @param spent microseconds of a request in each round, by function */
function rowsOf(spent: Readonly<Record<WarmFunction['name'], readonly number[]>>): readonly Row[] {
  const of = (name: (typeof COMPARED)[number]) => spent[name] ?? []
  const overBare = ratioOf(of('token'), of('bare-get-item'))
  const overOurs = ratioOf(of('usual-stack'), of('token'))
  return [
    ...COMPARED.map((name) => ({ what: `a request of ${name}`, figure: spreadOf(of(name), 'µs') })),
    {
      what: 'token ÷ bare GetItem',
      figure: overBare.toFixed(2),
      target: targetOf(`at most ${BARE_TARGET}`, overBare <= BARE_TARGET),
    },
    {
      what: 'usual-stack ÷ token',
      figure: overOurs.toFixed(2),
      target: targetOf(`at least ${USUAL_TARGET}`, overOurs >= USUAL_TARGET),
    },
  ]
}

await main()
process.exit()
