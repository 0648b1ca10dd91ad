import { unlessInterrupted } from './command-error.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { problemOf } from './problem.ts'
import { programOf } from './program.ts'
import type { Output, Surroundings } from './surroundings.ts'
import { terminalOf } from './terminal.ts'

/** Runs a command to its end. Nothing is thrown: what went wrong is one line on stderr. @returns the exit code */
export async function runCommandLine(
  surroundings: Surroundings,
  words: readonly string[],
): Promise<ExitCode> {
  const context = { surroundings, terminal: terminalOf(surroundings) }
  const readerLeft = endOf(surroundings.stdout)
  endOf(surroundings.stderr).catch(() => undefined)
  try {
    return await Promise.race([execute(context, words), readerLeft])
  } catch (error) {
    const { line, exitCode } = problemOf(error)
    if (line !== undefined) context.terminal.say(`dynamics-connect: ${line}`)
    return exitCode
  }
}

async function execute(context: Context, words: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.well
  const run: Run = async (work, ending = 'at once') => {
    const working = work(context)
    const { interrupted } = context.surroundings
    exitCode = await (ending === 'at once' ? unlessInterrupted(interrupted, working) : working)
  }
  await programOf(context.surroundings, run).parseAsync([...words], { from: 'user' })
  return exitCode
}

/** Whoever reads may leave before the end, as `head` does: that is no error. */
function endOf(stream: Output): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve(EXIT.well)
      else reject(error)
    })
  })
}
