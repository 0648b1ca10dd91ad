import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { dropKey, type KeysDependencies, reportKeys, rotateKeys } from './keys-steps.ts'
import { dynamodbSealedTokens, secretsManagerKeyrings } from './keys-stores.ts'
import { OUTPUTS_FILE, readOutputs } from './outputs.ts'
import { regionOf } from './region-of.ts'
import { runCommand } from './run-command.ts'

const USAGE = 'npm run keys -- report | rotate | drop <key id> [--lose-restores]'

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      outputs: { type: 'string', default: OUTPUTS_FILE },
      'lose-restores': { type: 'boolean', default: false },
    },
  })
  const command = commandOf(positionals, { loseRestores: values['lose-restores'] })
  const outputs = await readOutputs(values.outputs)
  const region = regionOf(outputs.accessTokenKeyringSecret)
  const wait = (milliseconds: number) => setTimeout(milliseconds)
  await command({
    keyrings: secretsManagerKeyrings(new SecretsManagerClient(region), outputs),
    sealedTokens: dynamodbSealedTokens(new DynamoDBClient(region), {
      table: outputs.connectionsTable,
      wait,
    }),
    tell: (line) => console.log(line),
    now: () => new Date(),
  })
}

function commandOf(
  words: readonly string[],
  options: { readonly loseRestores: boolean },
): (deps: KeysDependencies) => Promise<void> {
  const [name, keyId, ...more] = words
  if (name === 'report' && keyId === undefined) return reportKeys
  if (name === 'rotate' && keyId === undefined) return rotateKeys
  if (name === 'drop' && keyId !== undefined && more.length === 0) {
    return (deps) => dropKey(deps, keyId, options)
  }
  throw new Error(`say what to do: ${USAGE}`)
}

await runCommand('keys', main)
