import { Command } from 'commander'
import type { Context, Run } from './context.ts'
import { examine } from './doctor-checks.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { withAccount, withJson } from './options.ts'
import { plain } from './plain.ts'

export interface DoctorOptions {
  readonly account?: string
  readonly connection?: string
  readonly json?: true
}

export function doctorCommand(run: Run): Command {
  return withJson(withAccount(new Command('doctor')))
    .summary('look whether all is well, and say what to do')
    .description(
      'Looks at the service from outside: its address, its clock against that of this machine, the API client, the connections, and, with --connection, whether a token can be had and the environment takes it. npm run doctor, in a clone, looks at the AWS side.',
    )
    .option('--connection <id>', 'try this connection, too')
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect doctor
  dynamics-connect doctor --connection 482013 --account acme`,
    )
    .action((options: DoctorOptions) => run((context) => doctor(context, options)))
}

async function doctor(context: Context, options: DoctorOptions): Promise<ExitCode> {
  const { terminal } = context
  const findings = []
  for await (const finding of examine(context, options)) {
    findings.push(finding)
    const { isWell, about, words } = finding
    const verdict = isWell ? terminal.paint('well    ', 'green') : terminal.paint('not well', 'red')
    if (!options.json) terminal.result(`${verdict}  ${about.padEnd(11)}  ${plain(words)}`)
  }
  if (options.json) {
    terminal.resultJson(
      findings.map(({ isWell, about, words }) => ({ About: about, Well: isWell, Words: words })),
    )
  }
  terminal.say('npm run doctor, in a clone, looks at the AWS side.')
  return findings.every(({ isWell }) => isWell) ? EXIT.well : EXIT.failed
}
