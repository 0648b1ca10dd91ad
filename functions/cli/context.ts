import type { ExitCode } from './exit-code.ts'
import type { Surroundings } from './surroundings.ts'
import type { Terminal } from './terminal.ts'

/** What every command works with. */
export interface Context {
  readonly surroundings: Surroundings
  readonly terminal: Terminal
}

/** What a command does. */
export type Work = (context: Context) => Promise<ExitCode>

/** What Ctrl+C does: ends the command where it is, or lets it end what it has begun. */
export type Ending = 'at once' | 'by itself'

/** Does a command's work and keeps how it ended. */
export type Run = (work: Work, ending?: Ending) => Promise<void>
