import { Command, Option } from 'commander'
import type { ConnectionStatus } from '../client/connection.ts'
import { connect } from './connect.ts'
import { connectionJson, type ShownConnection } from './connection-json.ts'
import { connectionTable } from './connection-views.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { withJson } from './options.ts'

interface ListOptions {
  readonly account?: string
  readonly status?: ConnectionStatus
  readonly json?: true
}

const STATUSES: readonly ConnectionStatus[] = [
  'pending',
  'connected',
  'reauthorization_required',
  'disconnected',
]

const NO_CONNECTION = 'There is no connection yet: dynamics-connect connections create makes one.'

export function listCommand(run: Run): Command {
  return withJson(new Command('list'))
    .summary('list them')
    .description('Lists the connections of all accounts, or of one; the oldest first.')
    .option('--account <id>', 'those of this account alone')
    .addOption(new Option('--status <status>', 'those of this status alone').choices(STATUSES))
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect connections list
  dynamics-connect connections list --status reauthorization_required
  dynamics-connect connections list --account acme --json`,
    )
    .action((options: ListOptions) => run((context) => list(context, options)))
}

async function list(context: Context, { account, status, json }: ListOptions): Promise<ExitCode> {
  const { terminal } = context
  const { client } = await connect(context)
  const { connections } = client
  const all: AsyncIterable<ShownConnection> =
    account === undefined ? connections.ofAllAccounts() : connections.all({ accountId: account })
  const listed: ShownConnection[] = []
  for await (const connection of all) {
    const isWanted = status === undefined || connection.status === status
    if (isWanted) listed.push({ accountId: account, ...connection })
  }
  if (json) terminal.resultJson(listed.map(connectionJson))
  else if (listed.length > 0) terminal.result(connectionTable(terminal.paint, listed))
  if (listed.length > 0) return EXIT.well
  const isNarrowed = account !== undefined || status !== undefined
  terminal.say(isNarrowed ? 'There is no such connection.' : NO_CONNECTION)
  return EXIT.well
}
