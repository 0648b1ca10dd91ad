import { createInterface } from 'node:readline/promises'

/** How the operator says once more what is to happen. */
export interface Confirmation {
  /** What has to be written. */
  readonly word: string
  /** What was written on the command line, under this option. */
  readonly given: string | undefined
  readonly option: string
}

/** Whoever confirms. */
export interface Confirming {
  /** @returns what was typed; `undefined` where nobody can be asked. */
  ask(question: string): Promise<string | undefined>
}

/**
 * Goes on only after the exact word.
 * @throws Error that says what to write; then nothing was done.
 */
export async function requireConfirmation(
  { ask }: Confirming,
  { word, given, option }: Confirmation,
): Promise<void> {
  const typed = given ?? (await ask(`Type "${word}" to go on: `))
  if (typed === word) return
  throw new Error(
    typed === undefined
      ? `nothing was done: write ${option} ${word}, or run this in a terminal`
      : `nothing was done: "${typed}" is not "${word}"`,
  )
}

/** The person at the terminal, if there is one. */
export function terminalConfirming(): Confirming {
  return {
    ask: async (question) => {
      if (!process.stdin.isTTY) return undefined
      const terminal = createInterface({ input: process.stdin, output: process.stdout })
      try {
        return (await terminal.question(question)).trim()
      } finally {
        terminal.close()
      }
    },
  }
}
