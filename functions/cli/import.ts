import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { Interrupted, UsageError, unlessInterrupted } from './command-error.ts'
import { connect, requireAnswer } from './connect.ts'
import type { Context, Run } from './context.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { ImportDependencies } from './import-connection.ts'
import { checkFile } from './import-file.ts'
import { journalPath, openJournal, readJournal } from './import-journal.ts'
import { lockImport } from './import-lock.ts'
import { type ImportOrder, type ImportTally, planImport, runImport } from './import-run.ts'
import { planJson, planTable, tallyJson, tallyText } from './import-views.ts'
import { wholeNumber, withJson } from './options.ts'
import { plain } from './plain.ts'
import { warnIfExposed } from './private-file.ts'

interface ImportOptions {
  readonly dryRun?: true
  readonly concurrency: number
  readonly json?: true
}

const MOST_AT_ONCE = 32
const USUALLY_AT_ONCE = 4

export function importCommand(run: Run): Command {
  return withJson(new Command('import'))
    .summary('move in: import refresh tokens of another system')
    .description(
      `Imports refresh tokens that another system kept for the same app. The file has one JSON object a line:

  {"AccountId":"acme","Name":"Sales","Resource":"https://contoso.crm4.dynamics.com","RefreshToken":"…"}

The account's connection of that Name is used, or, without Name, the one of that Resource; where there is none, it is made. The whole file is looked at before anything is sent. What was done is noted beside the file, in <file>.progress, without any token: run again, it goes on where it was, however it ended. Delete both files afterwards.`,
    )
    .argument('<file>', 'the file')
    .option('--dry-run', 'change nothing, and say what would be done')
    .addOption(
      new Option('--concurrency <n>', `how many at the same time, 1 to ${MOST_AT_ONCE}`)
        .argParser(wholeNumber(1, MOST_AT_ONCE))
        .default(USUALLY_AT_ONCE),
    )
    .addHelpText(
      'after',
      `
Examples:
  dynamics-connect import customers.jsonl --dry-run
  dynamics-connect import customers.jsonl --concurrency 8`,
    )
    .action((file: string, options: ImportOptions) =>
      run((context) => importFile(context, file, options), 'by itself'),
    )
}

async function importFile(
  context: Context,
  file: string,
  options: ImportOptions,
): Promise<ExitCode> {
  const path = resolve(context.surroundings.workingFolder, file)
  const lines = await requireRight(context, { file, path })
  await warnIfExposed(context, path)
  const { client, origin, clientSecret } = await connect(context)
  // Nobody wants to wait for a service that was never there.
  await unlessInterrupted(context.surroundings.interrupted, requireAnswer({ client }))
  const owner = { service: origin, clientSecret }
  const order = { path, lines, concurrency: options.concurrency }
  const { connections } = client
  const { surroundings } = context
  if (options.dryRun) {
    const journal = await readJournal(path, owner)
    return tellPlan(context, { connections, journal, surroundings }, { order, options })
  }
  const unlock = await lockImport(path, surroundings)
  try {
    const journal = await openJournal(path, owner)
    const deps = { connections, journal, surroundings }
    return await importAll(context, deps, { order, options }).finally(journal.close)
  } finally {
    await unlock()
  }
}

/** @returns how many lines it has. @throws UsageError when one is wrong, each of which it tells. */
async function requireRight(
  { terminal }: Context,
  { file, path }: { readonly file: string; readonly path: string },
): Promise<number> {
  const { lines, wrong } = await checkFile(path)
  for (const { number, why } of wrong) terminal.say(`line ${number}: ${why}`)
  if (wrong.length > 0) {
    throw new UsageError(`nothing was imported: mend what is wrong in ${plain(file)} first`)
  }
  if (lines === 0) throw new UsageError(`${plain(file)} has no lines`)
  return lines
}

interface Ordered {
  readonly order: ImportOrder
  readonly options: ImportOptions
}

async function tellPlan(
  context: Context,
  deps: ImportDependencies,
  { order, options }: Ordered,
): Promise<ExitCode> {
  const { terminal, surroundings } = context
  const planned = await planImport(context, deps, order)
  if (surroundings.interrupted.aborted) throw new Interrupted()
  if (options.json) terminal.resultJson(planned.map(planJson))
  else terminal.result(planTable(terminal.paint, planned))
  terminal.say('Nothing was changed: this was a dry run. It asks Microsoft about no token.')
  return planned.some(({ what }) => what === 'cannot be imported') ? EXIT.failed : EXIT.well
}

async function importAll(
  context: Context,
  deps: ImportDependencies,
  { order, options }: Ordered,
): Promise<ExitCode> {
  const { terminal, surroundings } = context
  const tally: ImportTally = { imported: 0, made: 0, alreadyImported: 0, refused: [] }
  try {
    await runImport(context, deps, { order, tally })
    if (surroundings.interrupted.aborted) throw new Interrupted()
  } finally {
    if (options.json) terminal.resultJson(tallyJson(tally, order.lines))
    else terminal.result(tallyText(terminal.paint, tally, order.lines))
    terminal.say(nextStep(tally, order))
  }
  return tally.refused.length > 0 ? EXIT.failed : EXIT.well
}

function nextStep({ imported, alreadyImported }: ImportTally, { path, lines }: ImportOrder) {
  const isComplete = imported + alreadyImported === lines
  return isComplete
    ? `All is imported. Delete the file with the tokens, and ${journalPath(path)}`
    : 'Run the same command again: it goes on where it was, and tries what was refused anew.'
}
