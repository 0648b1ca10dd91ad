import { Command } from 'commander'
import type { AccountConnection } from '../client/connection.ts'
import { NotFound } from '../client/errors.ts'
import { Interrupted, UsageError, unlessInterrupted } from './command-error.ts'
import { type Connected, connect } from './connect.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { inParallel } from './in-parallel.ts'
import { withJson } from './options.ts'
import { patiently } from './patience.ts'
import { plain } from './plain.ts'
import { ask } from './questions.ts'

interface RevokeOptions {
  readonly account?: string
  readonly everything?: true
  readonly yes?: true
  readonly json?: true
}

/** A connection that may hold tokens. */
type Held = Pick<AccountConnection, 'id' | 'accountId'>

const AT_ONCE = 8

/** How often whoever waits is told, where no terminal shows it all the time. */
const TELL_EVERY = 100

const WHAT_REMAINS = `Access tokens that were handed out end within 90 minutes. A sign-in that was under way may have connected: run
this again in ten minutes. When the service is down, npm run revoke in a clone does the same with AWS credentials.`

export function revokeAllCommand(run: Run): Command {
  return withJson(new Command('revoke-all'))
    .summary('break the glass: forget the tokens of an account, or of all')
    .description(
      'Disconnects every connection of one account, or of all accounts: their tokens are forgotten. The connections stay, and new sign-ins connect them again. Run again, it goes on where it was. Access tokens that were handed out end within 90 minutes. npm run revoke, in a clone, does the same with AWS credentials, also when the service is down.',
    )
    .option('--account <id>', 'the connections of this account')
    .option('--everything', 'the connections of all accounts')
    .option('--yes', 'do not ask; without it, a terminal is needed')
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect revoke-all --account acme
  dynamics-connect revoke-all --everything --yes`,
    )
    .action((options: RevokeOptions) => run((context) => revokeAll(context, options), 'by itself'))
}

async function revokeAll(context: Context, options: RevokeOptions): Promise<ExitCode> {
  const { account, everything, json } = options
  if ((account === undefined) === (everything === undefined)) {
    throw new UsageError('say what to revoke: --account <id>, or --everything')
  }
  const { terminal, surroundings } = context
  const connected = await connect(context)
  const held = await heldConnections(context, connected, account)
  if (held.length > 0 && !options.yes) await confirm(context, held.length, account)
  const revoked = await disconnectEach(context, connected, held)
  if (json) terminal.resultJson({ Disconnected: revoked, Left: held.length - revoked })
  else terminal.result(`disconnected ${revoked} of ${held.length} connections that held tokens`)
  if (surroundings.interrupted.aborted) throw new Interrupted()
  terminal.say(WHAT_REMAINS)
  return EXIT.well
}

/** Those that are disconnected already, or that nobody has signed in to, hold none. */
async function heldConnections(
  { surroundings }: Context,
  { client }: Connected,
  account: string | undefined,
): Promise<readonly Held[]> {
  const held: Held[] = []
  const collect = async () => {
    for await (const connection of connectionsOf(client.connections, account)) {
      const { status, id, accountId } = connection
      const holdsTokens = status === 'connected' || status === 'reauthorization_required'
      if (holdsTokens) held.push({ id, accountId })
    }
  }
  await unlessInterrupted(surroundings.interrupted, collect())
  return held
}

async function* connectionsOf(
  connections: Connected['client']['connections'],
  accountId: string | undefined,
): AsyncGenerator<AccountConnection> {
  if (accountId === undefined) yield* connections.ofAllAccounts()
  else for await (const it of connections.all({ accountId })) yield { accountId, ...it }
}

async function confirm(
  { surroundings, terminal }: Context,
  count: number,
  account: string | undefined,
): Promise<void> {
  if (!surroundings.stdin.isTTY) {
    throw new UsageError('nothing was done: add --yes, or run this in a terminal')
  }
  const word = account ?? String(count)
  const whose = account === undefined ? 'all accounts' : `account ${plain(account)}`
  terminal.say(`This forgets the tokens of ${count} connections of ${whose}.`)
  const [typed] = await ask(surroundings, [
    { words: `Type ${plain(word)} to go on:`, isSecret: false },
  ])
  if (typed !== word) throw new UsageError(`nothing was done: that is not ${plain(word)}`)
}

/** @returns how many hold no tokens any more. @throws what keeps the rest from it */
async function disconnectEach(
  context: Context,
  { client }: Connected,
  held: readonly Held[],
): Promise<number> {
  const { terminal, surroundings } = context
  const sharing = { concurrency: AT_ONCE, stop: surroundings.interrupted }
  let revoked = 0
  const disconnect = async ({ id, accountId }: Held) => {
    try {
      await client.connections.disconnect(id, { accountId })
    } catch (error) {
      // Deleted since, with its tokens.
      if (!(error instanceof NotFound)) throw error
    }
  }
  async function* each() {
    yield* held
  }
  try {
    await inParallel(each(), sharing, async (connection) => {
      await patiently(context, () => disconnect(connection))
      revoked += 1
      const isTold = surroundings.stderr.isTTY || revoked % TELL_EVERY === 0
      if (isTold) terminal.progress(`${revoked} of ${held.length} disconnected`)
    })
  } catch (error) {
    terminal.say(`${held.length - revoked} are left: run the same command again.`)
    throw error
  }
  return revoked
}
