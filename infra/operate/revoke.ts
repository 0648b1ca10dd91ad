import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbPartnerSettings } from '../../functions/adapters/dynamodb-partner-settings.ts'
import { dynamodbRevocations } from '../../functions/adapters/dynamodb-revocations.ts'
import { rememberingConnections } from '../../functions/domain/revocations.ts'
import { startPacer } from '../../functions/domain/start-pacer.ts'
import { OUTPUTS_FILE, readOutputs } from '../outputs.ts'
import { regionOf } from '../region-of.ts'
import { runCommand } from '../run-command.ts'
import { terminalConfirming } from './confirmation.ts'
import { dynamodbHeldTokens } from './held-tokens.ts'
import { revoke } from './revoke-steps.ts'

/** A new on-demand table takes 4,000 write units in a second; one of these takes five. */
const DEFAULT_PER_SECOND = '500'

const USAGE =
  'npm run revoke -- --everything | --account <account id> [--per-second <number>] [--yes-revoke <word>]'

const now = () => new Date()

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      outputs: { type: 'string', default: OUTPUTS_FILE },
      everything: { type: 'boolean', default: false },
      account: { type: 'string' },
      'per-second': { type: 'string', default: DEFAULT_PER_SECOND },
      'yes-revoke': { type: 'string' },
    },
  })
  const perSecond = Number(values['per-second'])
  const isUsable = values.everything !== (values.account !== undefined) && perSecond > 0
  if (!isUsable) throw new Error(`say what to revoke: ${USAGE}`)
  const { connectionsTable: table, ...outputs } = await readOutputs(values.outputs)
  const client = new DynamoDBClient(regionOf(outputs.appCredentialSecret))
  const { signInsTable } = outputs
  const wait = (milliseconds: number) => setTimeout(milliseconds)
  await revoke(
    {
      held: dynamodbHeldTokens(client, { connectionsTable: table, signInsTable, now }),
      connections: rememberingConnections(dynamodbConnections(client, { table, now }), {
        revocations: dynamodbRevocations(client, { table: signInsTable }),
        now,
      }),
      pace: startPacer({ now, wait }, perSecond),
      clientId: async () => (await dynamodbPartnerSettings(client, { table }).read()).app?.clientId,
      confirming: terminalConfirming(),
      tell: (line) => console.log(line),
    },
    { accountId: values.account, confirmed: values['yes-revoke'] },
  )
}

await runCommand('revoke', main)
