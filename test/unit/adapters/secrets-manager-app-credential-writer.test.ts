import { expect, test } from 'vitest'
import { secretsManagerAppCredentialWriter } from '../../../functions/adapters/secrets-manager-app-credential-writer.ts'
import { SECRET_ARN, secretsServer } from './secrets-server.ts'

const CREDENTIAL = { clientId: 'the-app', clientSecret: 'canary-secret' }

test('a credential is put into the secret, and nothing is read', async () => {
  const { client, answer } = await secretsServer()
  const asked: unknown[] = []
  answer((request, response) => {
    asked.push([request.headers['x-amz-target'], JSON.parse(request.body).SecretString])
    response.end('{}')
  })
  await secretsManagerAppCredentialWriter(client, { secretArn: SECRET_ARN }).write(CREDENTIAL)
  expect(asked).toEqual([['secretsmanager.PutSecretValue', JSON.stringify(CREDENTIAL)]])
})

test('a secret that cannot be written is told without what was sent', async () => {
  const { client, answer } = await secretsServer()
  answer((request, response) => {
    response.statusCode = 400
    response.end(JSON.stringify({ __type: 'InvalidRequestException', Message: request.body }))
  })
  const writer = secretsManagerAppCredentialWriter(client, { secretArn: SECRET_ARN })
  const error: unknown = await writer.write(CREDENTIAL).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'store_unavailable',
    evidence: { name: 'InvalidRequestException' },
    cause: undefined,
  })
  expect(JSON.stringify(error)).not.toContain('canary')
})
