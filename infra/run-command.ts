import { awsProblemOf } from './aws-problem.ts'

/** Runs an operator's command: whatever it throws becomes one line that says what to do, and exit code 1. */
export async function runCommand(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    console.error(`${name}: ${wordsOf(error)}`)
    process.exitCode = 1
  }
}

/** What an error means to the operator. */
export function wordsOf(error: unknown): string {
  return awsProblemOf(error) ?? (error instanceof Error ? error.message : String(error))
}
