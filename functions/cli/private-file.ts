import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Context } from './context.ts'

/** Nobody else on the machine reads it. */
export const PRIVATE_MODE = 0o600

/**
 * Writes a file as a whole or not at all: beside its place first, and moved there once it is complete.
 * Only its owner may read it.
 */
export async function writePrivately(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.tmp`
  try {
    const file = await open(unfinished, 'wx', PRIVATE_MODE)
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** Warns of a file with secrets that others on the machine may read. */
export async function warnIfExposed(
  { surroundings, terminal }: Context,
  path: string,
): Promise<void> {
  // Windows has no such permissions.
  if (surroundings.platform === 'win32') return
  const { mode } = await stat(path)
  const isExposed = (mode & 0o077) !== 0
  if (isExposed) terminal.say(`warning: others on this machine may read ${path}: chmod 600 it`)
}

/** The folder of a file, for its owner alone where it has to be made. */
export async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
}
