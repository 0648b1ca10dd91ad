import { Command, Option } from 'commander'
import type { RefreshResult } from '../client/connections.ts'
import { type Connected, connect } from './connect.ts'
import { connectionJson } from './connection-json.ts'
import { connectionFacts, timeText } from './connection-views.ts'
import { listCommand } from './connections-list.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { linkCommand } from './link.ts'
import { type CommonOptions, withAccount, withJson } from './options.ts'
import { plain } from './plain.ts'

export function connectionsCommand(run: Run): Command {
  return new Command('connections')
    .summary('list, show, create, link, refresh and disconnect connections')
    .description("Connections: each is one account's link to one Dynamics 365 environment.")
    .addCommand(listCommand(run))
    .addCommand(showCommand(run))
    .addCommand(createCommand(run))
    .addCommand(linkCommand(run))
    .addCommand(refreshCommand(run))
    .addCommand(disconnectCommand(run))
}

function showCommand(run: Run): Command {
  return withJson(withAccount(new Command('show')))
    .summary('show one')
    .description('Shows everything that is known of a connection. No token is ever shown.')
    .argument('<id>', 'id of the connection')
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect connections show 482013 --account acme
  dynamics-connect connections show 482013 --account acme --json`,
    )
    .action((id: string, options: CommonOptions) => run((context) => show(context, id, options)))
}

async function show(context: Context, id: string, options: CommonOptions): Promise<ExitCode> {
  const { terminal } = context
  const { client, accountId } = await connectFor(context, options)
  const connection = { accountId, ...(await client.connections.get(id, { accountId })) }
  if (options.json) terminal.resultJson(connectionJson(connection))
  else terminal.result(connectionFacts(terminal.paint, connection))
  return EXIT.well
}

interface CreateOptions extends CommonOptions {
  readonly resource: string
  readonly name?: string
}

function createCommand(run: Run): Command {
  return withJson(withAccount(new Command('create')))
    .summary('make one; prints its id')
    .description('Makes a connection for an account and prints its id. Nobody is signed in yet.')
    .addOption(
      new Option(
        '--resource <url>',
        "the environment's address, such as https://contoso.crm4.dynamics.com",
      ).makeOptionMandatory(),
    )
    .option('--name <name>', 'its name, once per account; a usual one unless given')
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect connections create --account acme --resource https://contoso.crm4.dynamics.com
  id=$(dynamics-connect connections create --account acme --resource https://contoso.crm4.dynamics.com --name Sales)`,
    )
    .action((options: CreateOptions) => run((context) => create(context, options)))
}

async function create(context: Context, options: CreateOptions): Promise<ExitCode> {
  const { terminal } = context
  const { client, accountId } = await connectFor(context, options)
  const { resource, name } = options
  const made = { accountId, ...(await client.connections.create({ accountId, resource, name })) }
  if (options.json) terminal.resultJson(connectionJson(made))
  else terminal.result(String(made.id))
  terminal.say(`Made ${plain(made.name)}. Next: dynamics-connect connections link ${made.id}`)
  return EXIT.well
}

function refreshCommand(run: Run): Command {
  return withJson(withAccount(new Command('refresh')))
    .summary('renew its tokens now')
    .description(
      'Renews the tokens of a connection now. The service does it by itself when it is due.',
    )
    .argument('<id>', 'id of the connection')
    .addHelpText(
      'after',
      '\nExample:\n  dynamics-connect connections refresh 482013 --account acme',
    )
    .action((id: string, options: CommonOptions) => run((context) => refresh(context, id, options)))
}

async function refresh(context: Context, id: string, options: CommonOptions): Promise<ExitCode> {
  const { terminal } = context
  const { client, accountId } = await connectFor(context, options)
  const result = await client.connections.refresh(id, { accountId })
  if (options.json) terminal.resultJson(refreshJson(result))
  else terminal.result(refreshWords(result))
  return EXIT.well
}

function refreshJson(result: RefreshResult): Readonly<Record<string, unknown>> {
  const { outcome: Outcome } = result
  return result.outcome === 'refreshed' ? { Outcome, ExpiresAtUtc: result.expiresAt } : { Outcome }
}

function refreshWords(result: RefreshResult): string {
  switch (result.outcome) {
    case 'refreshed':
      return `refreshed: the access token is good until ${timeText(result.expiresAt)}`
    case 'not_due':
      return 'not due: the stored token is new enough'
    case 'in_progress':
      return 'in progress: somebody else is renewing it right now'
  }
}

function disconnectCommand(run: Run): Command {
  return withAccount(new Command('disconnect'))
    .summary('forget its tokens')
    .description(
      'Forgets the tokens of a connection. It stays, and a new sign-in connects it again. Access tokens that were handed out end within 90 minutes.',
    )
    .argument('<id>', 'id of the connection')
    .addHelpText(
      'after',
      '\nExample:\n  dynamics-connect connections disconnect 482013 --account acme',
    )
    .action((id: string, options: CommonOptions) =>
      run((context) => disconnect(context, id, options)),
    )
}

async function disconnect(context: Context, id: string, options: CommonOptions): Promise<ExitCode> {
  const { client, accountId } = await connectFor(context, options)
  await client.connections.disconnect(id, { accountId })
  context.terminal.say(`Disconnected ${id}: its tokens are forgotten`)
  return EXIT.well
}

/** The service, and the account that the command is about. */
async function connectFor(
  context: Context,
  options: CommonOptions,
): Promise<Connected & { readonly accountId: string | undefined }> {
  const connected = await connect(context)
  return { ...connected, accountId: options.account ?? connected.account }
}
