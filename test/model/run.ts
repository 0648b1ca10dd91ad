import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** How many to run: 10,000, or as many as are asked for. */
const HISTORIES = Number(process.argv[2] ?? 10_000)

/** Each part is a process of its own, since what fast-check remembers grows with the histories. */
const HISTORIES_OF_A_PART = 2000

const VITEST = join(import.meta.dirname, '../../node_modules/.bin/vitest')

/** Runs the model in parts, with new histories in each, and ends with the first that fails. */
for (let done = 0; done < HISTORIES; done += HISTORIES_OF_A_PART) {
  const count = Math.min(HISTORIES_OF_A_PART, HISTORIES - done)
  process.stdout.write(`\n${count} histories, ${done} of ${HISTORIES} done\n`)
  const child = spawn(VITEST, ['run', '--project', 'model'], {
    stdio: 'inherit',
    env: { ...process.env, MODEL_HISTORIES: String(count) },
  })
  const [exitCode] = await once(child, 'exit')
  if (exitCode !== 0) process.exit(1)
}
