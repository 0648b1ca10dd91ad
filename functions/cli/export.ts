import { once } from 'node:events'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { AccountConnection } from '../client/connection.ts'
import { unlessInterrupted } from './command-error.ts'
import { connect } from './connect.ts'
import { connectionJson } from './connection-json.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { jsonText } from './plain.ts'
import { writePrivately } from './private-file.ts'
import type { Output } from './surroundings.ts'

interface ExportOptions {
  readonly out?: string
}

export function exportCommand(run: Run): Command {
  return new Command('export')
    .summary('write all connections as JSON lines, without tokens')
    .description(
      'Writes every connection of every account, one JSON object a line: everything but tokens. It is complete, or it fails: a file that is named by --out appears only once it is.',
    )
    .option('--out <file>', 'write there instead of to stdout; only you can read it')
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect export --out connections.jsonl
  dynamics-connect export | jq -r 'select(.Status == "connected") | .Resource'`,
    )
    .action((options: ExportOptions) => run((context) => exportAll(context, options), 'by itself'))
}

async function exportAll(context: Context, { out }: ExportOptions): Promise<ExitCode> {
  const { surroundings, terminal } = context
  const { client } = await connect(context)
  const connections = client.connections.ofAllAccounts()
  const tally = { connections: 0, accounts: new Set<string>() }
  const write = async (writeLine: (line: string) => Promise<void>) => {
    for (;;) {
      const step = await unlessInterrupted(surroundings.interrupted, connections.next())
      if (step.done) return
      await writeLine(lineOf(step.value))
      tally.connections += 1
      tally.accounts.add(step.value.accountId)
    }
  }
  if (out === undefined) await write((line) => writeTo(surroundings.stdout, line))
  else {
    const path = resolve(surroundings.workingFolder, out)
    await writePrivately(path, (file) => write(async (line) => file.appendFile(line)))
  }
  terminal.say(`Exported ${tally.connections} connections of ${tally.accounts.size} accounts.`)
  return EXIT.well
}

function lineOf(connection: AccountConnection): string {
  return `${jsonText(connectionJson(connection))}\n`
}

/** Waits for whoever reads. */
async function writeTo(stream: Output, line: string): Promise<void> {
  if (!stream.write(line)) await once(stream, 'drain')
}
