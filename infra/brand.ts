import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbPartnerSettings } from '../functions/adapters/dynamodb-partner-settings.ts'
import { setBrand } from './brand-steps.ts'
import { OUTPUTS_FILE, readOutputs } from './outputs.ts'
import { regionOf } from './region-of.ts'
import { runCommand } from './run-command.ts'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      outputs: { type: 'string', default: OUTPUTS_FILE },
      name: { type: 'string' },
      logo: { type: 'string' },
      colour: { type: 'string' },
      reset: { type: 'boolean', default: false },
    },
  })
  const { outputs: file, ...wishes } = values
  const outputs = await readOutputs(file)
  const client = new DynamoDBClient(regionOf(outputs.appCredentialSecret))
  const settings = dynamodbPartnerSettings(client, { table: outputs.connectionsTable })
  await setBrand({ settings, readFile, tell: (line) => console.log(line) }, wishes)
}

await runCommand('brand', main)
