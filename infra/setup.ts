import { parseArgs } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { dynamodbPartnerSettings } from '../functions/adapters/dynamodb-partner-settings.ts'
import { type ClientCertificate, readClientCertificate } from './client-certificate.ts'
import { OUTPUTS_FILE, readOutputs } from './outputs.ts'
import { regionOf } from './region-of.ts'
import { runCommand } from './run-command.ts'
import { setUp } from './setup-steps.ts'
import { secretsManagerSecretStore } from './setup-stores.ts'
import { terminalOperator } from './terminal-operator.ts'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      outputs: { type: 'string', default: OUTPUTS_FILE },
      'replace-app-credential': { type: 'boolean', default: false },
      certificate: { type: 'string' },
      federated: { type: 'boolean', default: false },
      'another-app': { type: 'boolean', default: false },
    },
  })
  const proof = proofOf(values)
  const outputs = await readOutputs(values.outputs)
  const region = regionOf(outputs.appCredentialSecret)
  const deps = {
    secrets: secretsManagerSecretStore(new SecretsManagerClient(region)),
    settings: dynamodbPartnerSettings(new DynamoDBClient(region), {
      table: outputs.connectionsTable,
    }),
    operator: terminalOperator({
      clientId: process.env.ENTRA_CLIENT_ID,
      clientSecret: process.env.ENTRA_CLIENT_SECRET,
      endsOn: process.env.ENTRA_CLIENT_SECRET_ENDS_ON,
      proof,
    }),
    now: () => new Date(),
  }
  const replaceAppCredential = values['replace-app-credential'] || proof !== undefined
  await setUp(deps, {
    outputs,
    replaceAppCredential,
    isAnotherApp: values['another-app'],
  })
}

/** Read before anything is changed. */
function proofOf(values: {
  readonly certificate?: string
  readonly federated: boolean
}): ClientCertificate | 'federated' | undefined {
  const { certificate, federated } = values
  if (certificate !== undefined && federated) {
    throw new Error('write either --certificate or --federated: with the latter nothing is stored')
  }
  if (certificate !== undefined) return readClientCertificate(certificate, new Date())
  return federated ? 'federated' : undefined
}

await runCommand('setup', main)
