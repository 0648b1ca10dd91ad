import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AWS_CLIENT_SETTINGS } from '../../../functions/adapters/aws-client-settings.ts'
import { tinyServer } from '../support/tiny-server.ts'
import { holding, SECRET_ARN } from './secrets-server.ts'

/** The shortest of the functions' own time-outs, less what is kept for the answer. */
const SHORTEST_FUNCTION_MS = 10_000 - 1000

/** A client with our settings, but with less patience, so that no test has to wait. */
function impatientClient(endpoint: string): SecretsManagerClient {
  const { requestHandler } = AWS_CLIENT_SETTINGS
  const client = new SecretsManagerClient({
    ...AWS_CLIENT_SETTINGS,
    requestHandler: { ...requestHandler, requestTimeout: 50 },
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  onTestFinished(() => client.destroy())
  return client
}

describe('a call to AWS that hangs', { timeout: 2000 }, () => {
  test('is tried again', async () => {
    let calls = 0
    const { url } = await tinyServer((request, response) => {
      calls += 1
      if (calls > 1) holding('the secret')(request, response)
    })
    const command = new GetSecretValueCommand({ SecretId: SECRET_ARN })
    const answer = await impatientClient(url).send(command)
    expect([answer.SecretString, calls]).toEqual(['the secret', 2])
  })

  test('is given up in the end', async () => {
    const server = await tinyServer(() => undefined)
    const command = new GetSecretValueCommand({ SecretId: SECRET_ARN })
    await expect(impatientClient(server.url).send(command)).rejects.toThrow()
    expect(server.received.length).toBe(AWS_CLIENT_SETTINGS.maxAttempts)
  })

  test('is given up while the function still has time to do without it', () => {
    const { maxAttempts, requestHandler } = AWS_CLIENT_SETTINGS
    expect(maxAttempts * requestHandler.requestTimeout).toBeLessThan(SHORTEST_FUNCTION_MS)
  })
})
