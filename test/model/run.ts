import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Together 10,000; each part is a process of its own, since what fast-check remembers grows with them. */
const PARTS = 5
const HISTORIES_OF_A_PART = 2000

const VITEST = join(import.meta.dirname, '../../node_modules/.bin/vitest')

/** Runs the model in parts, with new histories in each, and ends with the first that fails. */
for (let part = 1; part <= PARTS; part += 1) {
  process.stdout.write(`\npart ${part} of ${PARTS}: ${HISTORIES_OF_A_PART} histories\n`)
  const child = spawn(VITEST, ['run', '--project', 'model'], {
    stdio: 'inherit',
    env: { ...process.env, MODEL_HISTORIES: String(HISTORIES_OF_A_PART) },
  })
  const [exitCode] = await once(child, 'exit')
  if (exitCode !== 0) process.exit(1)
}
