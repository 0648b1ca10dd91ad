import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { runCommandLine } from '../../../../functions/cli/command-line.ts'
import type { Surroundings } from '../../../../functions/cli/surroundings.ts'
import { type HandClock, handClock } from '../../../fakes/hand-clock.ts'
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type MemoryService,
  memoryService,
  SERVICE_URL,
} from './memory-service.ts'

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandScene {
  readonly service: MemoryService
  /** This machine's clock. */
  readonly clock: HandClock
  /** How long commands waited, in milliseconds. */
  readonly waits: readonly number[]
  /** Where commands run. */
  readonly folder: string
  /** Ctrl+C, for the command that runs and those after it. */
  interrupt(): void
  run(...words: string[]): Promise<Ended>
  /** Writes a file into the folder. @returns its name */
  file(name: string, text: string): string
  read(name: string): string
  /** The permissions of a file in the folder. */
  modeOf(name: string): number
}

export interface SceneOptions extends Partial<Surroundings> {
  /** A folder of the test file. */
  readonly folder: string
  /** What is typed; a terminal is there when it is given. */
  readonly typed?: string
  /** What comes by stdin, which is no terminal. */
  readonly piped?: string
  /** Whether stdout and stderr are terminals. */
  readonly isTerminal?: boolean
  /** `false`: nobody is logged in, and no variable says anything. */
  readonly isLoggedIn?: boolean
  /** How far the service's clock is ahead of this machine's. */
  readonly skewMs?: number
}

export const LOGIN_VARIABLES = {
  DYNAMICS_CONNECT_URL: SERVICE_URL,
  DYNAMICS_CONNECT_CLIENT_ID: CLIENT_ID,
  DYNAMICS_CONNECT_CLIENT_SECRET: CLIENT_SECRET,
}

let scenes = 0

/** The command line in this process, with a service in memory behind it. */
export function commandScene(options: SceneOptions): CommandScene {
  const { skewMs = 0, isLoggedIn = true, isTerminal = false, typed, piped, ...others } = options
  scenes += 1
  const folder = options.folder
  const homeFolder = join(folder, `home-${scenes}`)
  const clock = handClock()
  const service = memoryService(() => new Date(clock.now().getTime() + skewMs))
  const waits: number[] = []
  const interruption = new AbortController()
  const run = async (...words: string[]): Promise<Ended> => {
    const stdout = capture(isTerminal)
    const stderr = capture(isTerminal)
    const surroundings: Surroundings = {
      stdin: input(typed ?? piped ?? '', typed !== undefined),
      stdout: stdout.stream,
      stderr: stderr.stream,
      env: isLoggedIn ? LOGIN_VARIABLES : {},
      platform: 'linux',
      homeFolder,
      workingFolder: folder,
      fetch: service.fetch,
      now: () => clock.now().getTime(),
      wait: async (ms) => {
        waits.push(ms)
        clock.advance(ms)
      },
      interrupted: interruption.signal,
      processId: 1,
      isRunning: () => false,
      version: '1.2.3',
      ...others,
    }
    const exitCode = await runCommandLine(surroundings, words)
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() }
  }
  return {
    service,
    clock,
    waits,
    folder,
    interrupt: () => interruption.abort(),
    run,
    file: (name, text) => {
      writeFileSync(join(folder, name), text)
      return name
    },
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    modeOf: (name) => statSync(join(folder, name)).mode & 0o777,
  }
}

function input(text: string, isTTY: boolean): Surroundings['stdin'] {
  const stream = Object.assign(new PassThrough(), { isTTY })
  stream.end(text)
  return stream
}

/** A stream that keeps what is written to it. */
export function capture(isTTY: boolean): {
  readonly stream: Surroundings['stdout']
  text(): string
} {
  const pieces: string[] = []
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      pieces.push(String(chunk))
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY }), text: () => pieces.join('') }
}
