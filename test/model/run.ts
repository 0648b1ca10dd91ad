import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { say } from '../support/say.ts'

/** How many to run: 10,000, or as many as are asked for. */
const HISTORIES = Number(process.argv[2] ?? 10_000)

/** Each part is a process of its own, since what fast-check remembers grows with the histories. */
const HISTORIES_OF_A_PART = 1000

const VITEST = join(import.meta.dirname, '../../node_modules/.bin/vitest')

/** Runs one part, with new histories, and shows what it wrote. @returns whether every promise was kept. */
async function succeeds(histories: number): Promise<boolean> {
  const args = ['run', '--project', 'model', '--maxWorkers', '1']
  const env = { ...process.env, MODEL_HISTORIES: String(histories) }
  const child = spawn(VITEST, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  process.stdout.write(output)
  return exitCode === 0
}

let begun = 0
let ended = 0
let isAllWell = true

/** Takes one part after the other, until one has failed anywhere. */
async function runParts(): Promise<void> {
  while (isAllWell && begun < HISTORIES) {
    const count = Math.min(HISTORIES_OF_A_PART, HISTORIES - begun)
    begun += count
    isAllWell = (await succeeds(count)) && isAllWell
    ended += count
    say(`${ended} of ${HISTORIES} histories done`)
  }
}

say(`${HISTORIES} histories, on each processor one part after the other`)
await Promise.all(Array.from({ length: availableParallelism() }, runParts))
process.exitCode = isAllWell ? 0 : 1
