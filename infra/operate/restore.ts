import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbRevocations } from '../../functions/adapters/dynamodb-revocations.ts'
import { OUTPUTS_FILE, readOutputs, STACK_NAME } from '../outputs.ts'
import { regionOf } from '../region-of.ts'
import { runCommand } from '../run-command.ts'
import { restore } from './restore-steps.ts'
import { dynamodbRestoredTable } from './restored-table.ts'

const USAGE = 'npm run restore -- --at 2026-01-31T12:00:00Z | --table <name of the restored table>'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      outputs: { type: 'string', default: OUTPUTS_FILE },
      at: { type: 'string' },
      table: { type: 'string' },
    },
  })
  const at = values.at === undefined ? undefined : timeOf(values.at)
  const target = values.table ?? (at && nameOf(at))
  if (target === undefined) throw new Error(`say what to restore: ${USAGE}`)
  const outputs = await readOutputs(values.outputs)
  const client = new DynamoDBClient(regionOf(outputs.appCredentialSecret))
  await restore(
    {
      table: dynamodbRestoredTable(client, target),
      revocations: dynamodbRevocations(client, { table: outputs.signInsTable }),
      connections: dynamodbConnections(client, { table: target, now: () => new Date() }),
      wait: (milliseconds) => setTimeout(milliseconds),
      tell: (line) => console.log(line),
    },
    { source: outputs.connectionsTable, target, at },
  )
}

/** With its zone: an hour too late brings back what was to be undone. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/

function timeOf(typed: string): Date {
  const time = new Date(typed)
  if (TIME.test(typed) && !Number.isNaN(time.getTime())) return time
  throw new Error(`"${typed}" is no time: write it as 2026-01-31T12:00:00Z`)
}

/** The same for the same time, so that the same command goes on with the same table. */
function nameOf(at: Date): string {
  return `${STACK_NAME}-connections-${at.toISOString().slice(0, 19).replaceAll(/\D/g, '')}`
}

await runCommand('restore', main)
