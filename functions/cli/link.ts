import { Command, Option } from 'commander'
import { connect } from './connect.ts'
import { timeText } from './connection-views.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { type CommonOptions, wholeNumber, withAccount, withJson } from './options.ts'

interface LinkOptions extends CommonOptions {
  readonly username: string
  readonly targetOrigin: string
  readonly lifetime?: number
}

/** A week, in minutes: the longest that the service allows. */
const LONGEST_LIFETIME_MINUTES = 10_080

export function linkCommand(run: Run): Command {
  return withJson(withAccount(new Command('link')))
    .summary('make a link to sign in with')
    .description(
      'Makes a link for the browser of the customer, and prints it alone. Whoever has the link can connect with it: give it to that customer, and log it nowhere.',
    )
    .argument('<id>', 'id of the connection')
    .addOption(
      new Option(
        '--username <name>',
        'whom you mean it for, in your own words',
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--target-origin <url>',
        "where the browser comes back to; its origin is one of the service's allowedOrigins",
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--lifetime <minutes>',
        'how long it is good: 1 to 10080 (a week), 5 unless given',
      ).argParser(wholeNumber(1, LONGEST_LIFETIME_MINUTES)),
    )
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect connections link 482013 --account acme --username erika --target-origin https://app.example.com/done
  dynamics-connect connections link 482013 --account acme --username erika --target-origin https://app.example.com/done --lifetime 1440`,
    )
    .action((id: string, options: LinkOptions) => run((context) => link(context, id, options)))
}

async function link(context: Context, id: string, options: LinkOptions): Promise<ExitCode> {
  const { terminal } = context
  const { client, account } = await connect(context)
  const { url, expiresAt } = await client.signInLink({
    accountId: options.account ?? account,
    connectionId: id,
    username: options.username,
    targetOrigin: options.targetOrigin,
    lifetimeMinutes: options.lifetime,
  })
  if (options.json) terminal.resultJson({ Url: url, ExpiresAtUtc: expiresAt })
  else terminal.result(url)
  terminal.say(`Good until ${timeText(expiresAt)}, for one sign-in.`)
  return EXIT.well
}
