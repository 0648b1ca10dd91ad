import { Command } from 'commander'
import { connectionsCommand } from './connections.ts'
import type { Run } from './context.ts'
import { doctorCommand } from './doctor.ts'
import { EXIT_CODES_HELP, EXIT_CODES_LINE } from './exit-code.ts'
import { exportCommand } from './export.ts'
import { importCommand } from './import.ts'
import { loginCommand, logoutCommand } from './login.ts'
import { plain } from './plain.ts'
import { revokeAllCommand } from './revoke-all.ts'
import { type Surroundings, VARIABLES } from './surroundings.ts'

/** All commands, with their help. */
export function programOf({ stdout, stderr, version }: Surroundings, run: Run): Command {
  const program = new Command('dynamics-connect')
    .description(
      'Connections to Microsoft Dynamics 365 environments, by the service that keeps them.',
    )
    .version(version, '-V, --version', 'write the version')
    .addCommand(loginCommand(run))
    .addCommand(logoutCommand(run))
    .addCommand(connectionsCommand(run))
    .addCommand(importCommand(run))
    .addCommand(exportCommand(run))
    .addCommand(doctorCommand(run))
    .addCommand(revokeAllCommand(run))
    .addHelpText('after', PROGRAM_HELP)
  const settle = (command: Command): void => {
    command
      .exitOverride()
      .helpOption('-h, --help', 'write this help')
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: (text) => stderr.write(text),
        outputError: (text, write) => write(`${errorLine(text)}\n`),
      })
      .showHelpAfterError(`Run ${pathOf(command)} --help for what it takes.`)
    if (command.commands.length > 0) command.helpCommand(false)
    if (command !== program) command.addHelpText('after', `\n${EXIT_CODES_LINE}`)
    command.commands.forEach(settle)
  }
  settle(program)
  return program
}

/** Without the value of an option that is not known: it may be a secret. */
function errorLine(text: string): string {
  const words = plain(text)
    .replace(/^error: /, '')
    .replace(/('--?[\w-]+)=.*'/, "$1'")
  return `dynamics-connect: ${words}`
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

const PROGRAM_HELP = `
Examples:
  dynamics-connect login
  dynamics-connect connections list
  dynamics-connect doctor

Variables, which win over what login keeps:
  ${VARIABLES.url}            address of the service
  ${VARIABLES.clientId}      id of the API client
  ${VARIABLES.clientSecret}  its secret
  ${VARIABLES.account}        account that commands are about
  NO_COLOR                        no colours

Results go to stdout, everything else to stderr.

${EXIT_CODES_HELP}`
