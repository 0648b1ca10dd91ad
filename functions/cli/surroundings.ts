import type { Readable, Writable } from 'node:stream'
import type { Fetch } from '../client/fetch.ts'

/** A stream to write to, which may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean }

/** A stream to read from, which may be a terminal. */
export type Input = Readable & { readonly isTTY?: boolean }

/** Everything that the command line meets and is not its own. */
export interface Surroundings {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** As `process.platform` names it. */
  readonly platform: string
  readonly homeFolder: string
  /** What paths on the command line are relative to. */
  readonly workingFolder: string
  readonly fetch: Fetch
  /** Milliseconds since 1970 by this machine, which may be wrong. */
  readonly now: () => number
  readonly wait: (milliseconds: number) => Promise<void>
  /** Aborted by Ctrl+C. */
  readonly interrupted: AbortSignal
  readonly processId: number
  /** Whether a process of this machine runs. */
  readonly isRunning: (processId: number) => boolean
  readonly version: string
}

/** The variables that the command line reads. */
export const VARIABLES = {
  url: 'DYNAMICS_CONNECT_URL',
  clientId: 'DYNAMICS_CONNECT_CLIENT_ID',
  clientSecret: 'DYNAMICS_CONNECT_CLIENT_SECRET',
  account: 'DYNAMICS_CONNECT_ACCOUNT',
  /** A call to `https://HOST/path` of an environment goes to `{DATAVERSE_BASE_URL}/HOST/path`. */
  dataverseBaseUrl: 'DATAVERSE_BASE_URL',
} as const

/** What a variable holds; `undefined` when it is unset or empty. */
export function variable(
  { env }: Pick<Surroundings, 'env'>,
  name: keyof typeof VARIABLES,
): string | undefined {
  return env[VARIABLES[name]] || undefined
}
