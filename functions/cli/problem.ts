import { CommanderError } from 'commander'
import { DynamicsConnectError, Unavailable, UnexpectedAnswer } from '../client/errors.ts'
import { Interrupted, UsageError } from './command-error.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { plain } from './plain.ts'
import { WHO_ACTS } from './who.ts'

/** What went wrong, for the person and for the script. */
export interface Problem {
  /** In one line; nothing where it has been told already. */
  readonly line: string | undefined
  readonly exitCode: ExitCode
}

/** Whatever was thrown, as one line that says what to do. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof CommanderError) {
    return { line: undefined, exitCode: thrown.exitCode === 0 ? EXIT.well : EXIT.usage }
  }
  return { line: lineOf(thrown), exitCode: exitCodeOf(thrown) }
}

/** The words of an error, in one line, with what the service's operator looks it up by. */
export function lineOf(thrown: unknown): string {
  if (thrown instanceof DynamicsConnectError) return plain(serviceLine(thrown))
  if (thrown instanceof Error) return plain(thrown.message)
  return plain(String(thrown))
}

function exitCodeOf(thrown: unknown): ExitCode {
  if (thrown instanceof UsageError) return EXIT.usage
  if (thrown instanceof Interrupted) return EXIT.interrupted
  if (!(thrown instanceof DynamicsConnectError)) return EXIT.failed
  if (thrown instanceof Unavailable || thrown instanceof UnexpectedAnswer) return EXIT.unreachable
  return WRITTEN_WRONGLY.has(thrown.code) ? EXIT.usage : EXIT.failed
}

/** What the client refuses before it sends anything, and what is missing on the command line. */
const WRITTEN_WRONGLY: ReadonlySet<string> = new Set(['options_invalid', 'account_missing'])

/** What to do here, where the client or the service speaks to a program. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['account_missing', 'Say which account: --account <id>, or DYNAMICS_CONNECT_ACCOUNT.'],
  [
    'api_client_rejected',
    'The service does not accept the client id or its secret. The page Access of its console makes new ones; then run dynamics-connect login again.',
  ],
])

function serviceLine(error: DynamicsConnectError): string {
  const { code, reason, requestId } = error
  const words = ADVICE.get(code) ?? error.message
  const isTold = reason === undefined || words.includes(reason.message)
  const why = isTold ? '' : ` ${reason.message}`
  const who = reason ? ` Who has to act: ${WHO_ACTS[reason.who]}.` : ''
  const marks = [code, reason?.code, requestId && `request ${requestId}`].filter(Boolean)
  return `${words}${why}${who} (${marks.join(', ')})`
}
