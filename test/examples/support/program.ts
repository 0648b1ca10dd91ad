import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { BACKEND, PYTHON_BIN } from '../install.ts'

/** Variables of the environment. */
export type Settings = Readonly<Record<string, string>>

/** How a program ended. */
export interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that goes on until it is stopped. */
export interface Running {
  /** Resolves once it has written this. @throws Error when it ends before. */
  says(text: string): Promise<void>
  stop(): Promise<void>
}

/** The oldest Node that the examples are for; it comes as a package, for Linux alone. */
const NODE_20 = join(BACKEND, `node_modules/node-linux-${process.arch}/bin/node`)
const OLDEST_NODE = existsSync(NODE_20) ? NODE_20 : process.execPath

/** Runs a command of a head comment in the vendor's backend, to its end. */
export async function runProgram(
  command: string,
  settings: Settings,
  node = OLDEST_NODE,
): Promise<Ended> {
  const { child, stdout, stderr } = start(command, settings, node)
  await once(child, 'close')
  return { exitCode: child.exitCode, stdout: stdout(), stderr: stderr() }
}

/** Starts a command of a head comment in the vendor's backend. */
export function startProgram(command: string, settings: Settings): Running {
  // In the shell's place, so that a signal reaches it.
  const { child, stdout, stderr } = start(`exec ${command}`, settings, OLDEST_NODE)
  const closed = once(child, 'close')
  process.once('exit', () => child.kill())
  return {
    says: async (text) => {
      const said = Promise.withResolvers<void>()
      child.stdout?.on('data', () => stdout().includes(text) && said.resolve())
      child.once('close', () => said.reject(new Error(`it ended: ${stdout()}${stderr()}`)))
      await said.promise
    },
    stop: async () => {
      child.kill()
      await closed
    },
  }
}

function start(command: string, settings: Settings, node: string) {
  const { HOME = '', PATH = '' } = process.env
  const path = [dirname(node), PYTHON_BIN, PATH].join(delimiter)
  const env = { HOME, PATH: path, ...settings }
  const child = spawn('sh', ['-c', command], {
    cwd: BACKEND,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { child, stdout: collect(child.stdout), stderr: collect(child.stderr) }
}

function collect(stream: ChildProcess['stdout']): () => string {
  const pieces: string[] = []
  stream?.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
  return () => pieces.join('')
}
