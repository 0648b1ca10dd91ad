import { join } from 'node:path'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { beforeAll } from 'vitest'
import { secretsManagerApiClients } from '../../functions/adapters/secrets-manager-api-clients.ts'
import { secretsManagerConsoleAccess } from '../../functions/adapters/secrets-manager-console-access.ts'
import { startSecretsManager } from '../../infra/local/secrets-manager.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { apiClientsContract } from './api-clients-contract.ts'
import { consoleAccessContract } from './console-access-contract.ts'

let client: SecretsManagerClient
beforeAll(async () => {
  const { url, close } = await startSecretsManager({
    file: join(temporaryFolder('secrets-contract'), 'secrets.json'),
  })
  client = new SecretsManagerClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  return async () => {
    client.destroy()
    await close()
  }
})

let secrets = 0

async function aSecret(value: object): Promise<string> {
  secrets += 1
  const create = { Name: `secret-${secrets}`, SecretString: JSON.stringify(value) }
  return (await client.send(new CreateSecretCommand(create))).ARN ?? ''
}

apiClientsContract('Secrets Manager', async (stored, now) =>
  secretsManagerApiClients(client, { secretArn: await aSecret(stored), now }),
)
consoleAccessContract('Secrets Manager', async (stored) =>
  secretsManagerConsoleAccess(client, {
    secretArn: await aSecret(stored),
    now: () => new Date(),
  }),
)
