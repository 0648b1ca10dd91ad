import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from './start-error.ts'

/**
 * Takes a folder for this process alone: two that write to one database would damage it.
 * @returns a function that gives it back.
 * @throws StartError that says who has it.
 */
export function claimStateFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = join(folder, 'lock')
  const holder = readHolder(lock)
  if (holder !== undefined && isRunning(holder)) {
    throw new StartError(
      `process ${holder} uses ${folder} already: stop it first (if it is no local service, delete ${lock})`,
    )
  }
  writeFileSync(lock, String(process.pid))
  return () => rmSync(lock, { force: true })
}

function readHolder(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return undefined
  }
}

/** A lock of this very process id is left from a crash: containers give the same ids again. */
function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    const ofSomebodyElse = error instanceof Error && 'code' in error && error.code === 'EPERM'
    return ofSomebodyElse
  }
}
