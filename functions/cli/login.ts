import { Command } from 'commander'
import { UsageError } from './command-error.ts'
import { connectedBy, requireAnswer } from './connect.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { withJson } from './options.ts'
import { ask } from './questions.ts'
import { loginFile, removeLogin, type StoredLogin, writeLogin } from './stored-login.ts'
import { type Input, type Surroundings, VARIABLES, variable } from './surroundings.ts'

interface LoginOptions {
  readonly url?: string
  readonly clientId?: string
  readonly account?: string
  readonly json?: true
}

export function loginCommand(run: Run): Command {
  return withJson(new Command('login'))
    .summary('keep the address of the service and an API client')
    .description(
      `Asks for the address of the service, the id of an API client and its secret, tries them at the service, and keeps them in a file that you alone can read. The secret is typed, comes from ${VARIABLES.clientSecret}, or is the first line of stdin; it is never an argument, which others could see.`,
    )
    .option('--url <url>', 'address of the service, such as https://connect.example.com')
    .option('--client-id <id>', 'id of the API client')
    .option('--account <id>', 'account that commands are about unless they name another one')
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect login
  dynamics-connect login --url https://connect.example.com --client-id backend < secret.txt`,
    )
    .action((options: LoginOptions) => run((context) => login(context, options)))
}

export function logoutCommand(run: Run): Command {
  return new Command('logout')
    .summary('forget them')
    .description('Deletes what login keeps. The API client itself stays: remove it in the console.')
    .addHelpText('after', '\nExample:\n  dynamics-connect logout')
    .action(() => run(logout))
}

async function login(context: Context, options: LoginOptions): Promise<ExitCode> {
  const { surroundings, terminal } = context
  const answers = await answersOf(context, options)
  const account = options.account ?? variable(surroundings, 'account')
  const connected = connectedBy(surroundings, { ...answers, account })
  await requireAnswer(connected)
  const { origin: url, clientId, clientSecret } = connected
  await writeLogin(surroundings, { url, clientId, clientSecret, account })
  const file = loginFile(surroundings)
  if (options.json) {
    terminal.resultJson({ Url: url, ClientId: clientId, Account: account ?? null, File: file })
  } else {
    terminal.say(`Logged in to ${url} as ${clientId}. Kept in ${file}`)
  }
  return EXIT.well
}

type Answers = Pick<StoredLogin, 'url' | 'clientId' | 'clientSecret'>

async function answersOf(context: Context, options: LoginOptions): Promise<Answers> {
  const { surroundings } = context
  const known = {
    url: options.url ?? variable(surroundings, 'url'),
    clientId: options.clientId ?? variable(surroundings, 'clientId'),
    clientSecret: variable(surroundings, 'clientSecret'),
  }
  if (surroundings.stdin.isTTY) return typedAnswers(surroundings, known)
  const { url, clientId } = known
  if (!url || !clientId) {
    throw new UsageError('give --url and --client-id, or run this in a terminal')
  }
  const clientSecret = known.clientSecret ?? (await firstLine(surroundings.stdin))
  if (clientSecret !== '') return { url, clientId, clientSecret }
  throw new UsageError(
    `give the secret by stdin or by ${VARIABLES.clientSecret}, or run this in a terminal`,
  )
}

type Known = Readonly<Record<keyof Answers, string | undefined>>

const QUESTIONS = [
  { name: 'url', words: 'Address of the service (https://…):', isSecret: false },
  { name: 'clientId', words: 'Client id:', isSecret: false },
  { name: 'clientSecret', words: 'Client secret (not shown):', isSecret: true },
] as const

/** Asks for what is not known. */
async function typedAnswers(surroundings: Surroundings, known: Known): Promise<Answers> {
  const asked = QUESTIONS.filter(({ name }) => known[name] === undefined)
  const typed = asked.length === 0 ? [] : await ask(surroundings, asked)
  const answer = (wanted: keyof Answers) =>
    known[wanted] ?? typed[asked.findIndex(({ name }) => name === wanted)] ?? ''
  return {
    url: answer('url'),
    clientId: answer('clientId'),
    clientSecret: answer('clientSecret'),
  }
}

async function firstLine(stdin: Input): Promise<string> {
  let text = ''
  for await (const piece of stdin.setEncoding('utf8')) {
    text += piece
    if (text.includes('\n')) break
  }
  return (text.split('\n')[0] ?? '').trim()
}

async function logout({ surroundings, terminal }: Context): Promise<ExitCode> {
  const file = loginFile(surroundings)
  const wasThere = await removeLogin(surroundings)
  terminal.say(wasThere ? `Logged out: deleted ${file}` : `Nobody was logged in: no ${file}`)
  return EXIT.well
}
