#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { runCommandLine } from './command-line.ts'
import { EXIT } from './exit-code.ts'

/** Of the package that it is in: beside it there, above it in a clone. */
function version(): string {
  const places = ['./package.json', '../../package.json'].map((it) => new URL(it, import.meta.url))
  const manifest = places.find((place) => existsSync(place))
  return manifest ? JSON.parse(readFileSync(manifest, 'utf8')).version : 'unknown'
}

/** Signal 0 is sent to nobody: it only asks. Another user's process cannot be asked, but is there. */
function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for what was begun.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted)
    interruption.abort()
  })
}

const { stdin, stdout, stderr, platform } = process
const exitCode = await runCommandLine(
  {
    stdin,
    stdout,
    stderr,
    env: process.env,
    platform,
    homeFolder: homedir(),
    workingFolder: process.cwd(),
    fetch: (url, request) => fetch(url, request),
    now: () => Date.now(),
    wait: (milliseconds) => setTimeout(milliseconds),
    interrupted: interruption.signal,
    processId: process.pid,
    isRunning,
    version: version(),
  },
  process.argv.slice(2),
)
process.exitCode = exitCode
stdin.unref?.()
// What was left behind would keep the process until it ends by itself.
if (exitCode === EXIT.interrupted) process.exit()
