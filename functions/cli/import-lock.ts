import { readFile, rm, writeFile } from 'node:fs/promises'
import { CommandFailed } from './command-error.ts'
import { PRIVATE_MODE } from './private-file.ts'
import type { Surroundings } from './surroundings.ts'

type Processes = Pick<Surroundings, 'processId' | 'isRunning'>

/**
 * Keeps a second import of the same file away while this one runs: both would make the same connections. What a
 * killed run left is taken over.
 * @returns what gives it back. @throws CommandFailed when another one runs
 */
export async function lockImport(file: string, processes: Processes): Promise<() => Promise<void>> {
  const path = `${file}.lock`
  const take = () =>
    writeFile(path, String(processes.processId), { flag: 'wx', mode: PRIVATE_MODE })
  try {
    await take()
  } catch (error) {
    if (!isTaken(error)) throw error
    await requireLeft(path, processes)
    await rm(path, { force: true })
    await take()
  }
  return () => rm(path, { force: true })
}

async function requireLeft(path: string, { isRunning }: Processes): Promise<void> {
  const owner = Number(await readFile(path, 'utf8').catch(() => ''))
  if (!(owner > 0 && isRunning(owner))) return
  throw new CommandFailed(
    `another import of this file is running (process ${owner}); if that is something else, delete ${path}`,
  )
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
