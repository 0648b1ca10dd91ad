import { type Paint, paintFor } from './paint.ts'
import { jsonText } from './plain.ts'
import type { Surroundings } from './surroundings.ts'

/** Where a command writes: results to stdout, the rest to stderr. */
export interface Terminal {
  /** Gives a result colour where stdout shows it. */
  readonly paint: Paint
  /** Writes a result. */
  result(text: string): void
  resultJson(value: unknown): void
  /** Tells the person something that is no result. */
  say(text: string): void
  /** Tells how far it is: on a terminal in one line that is written anew each time. */
  progress(text: string): void
}

const CLEAR_LINE = '\r\u001b[2K'

export function terminalOf(surroundings: Surroundings): Terminal {
  const { stdout, stderr } = surroundings
  const rewrites = stderr.isTTY === true
  let hasProgress = false
  const endProgress = () => {
    if (hasProgress) stderr.write('\n')
    hasProgress = false
  }
  const result = (text: string) => {
    endProgress()
    stdout.write(`${text}\n`)
  }
  return {
    paint: paintFor(stdout, surroundings),
    result,
    resultJson: (value) => result(jsonText(value, 2)),
    say: (text) => {
      endProgress()
      stderr.write(`${text}\n`)
    },
    progress: (text) => {
      stderr.write(rewrites ? `${CLEAR_LINE}${text}` : `${text}\n`)
      hasProgress = rewrites
    },
  }
}
