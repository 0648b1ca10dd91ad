import { join } from 'node:path'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, onTestFinished, test } from 'vitest'
import { changeSecret } from '../../../functions/adapters/change-secret.ts'
import { oneSecret } from '../../../functions/adapters/secret-versions.ts'
import { secretsManagerApiClients } from '../../../functions/adapters/secrets-manager-api-clients.ts'
import { secretsManagerConsoleAccess } from '../../../functions/adapters/secrets-manager-console-access.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { handClock } from '../../fakes/hand-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { SECRET_ARN, secretsServer } from './secrets-server.ts'

const words = 'try again'

/** A secret that holds `0`, in the stand-in. */
async function aSecret(SecretString = '0') {
  const file = join(temporaryFolder('secrets'), 'secrets.json')
  const { url, close } = await startSecretsManager({ file })
  const client = new SecretsManagerClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  onTestFinished(async () => {
    client.destroy()
    await close()
  })
  const SecretId = (await client.send(new CreateSecretCommand({ Name: 's', SecretString }))).ARN
  const secretArn = SecretId ?? ''
  return {
    client,
    secretArn,
    secret: oneSecret(client, { secretArn, words }),
    /** Something to happen each time that a version is about to become the current one. */
    beforeMove: (happens: (move: number) => Promise<unknown>) => {
      let moves = 0
      client.middlewareStack.add(
        (next) => async (args) => {
          const isMove = JSON.stringify(args.input).includes('"MoveToVersionId"')
          if (isMove) {
            moves += 1
            await happens(moves)
          }
          return next(args)
        },
        { step: 'initialize' },
      )
    },
    put: (text: string) => client.send(new PutSecretValueCommand({ SecretId, SecretString: text })),
    value: async () => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString,
    labels: async () => {
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }))
      return Object.values(VersionIdsToStages).flat().toSorted()
    },
  }
}

const plusOne = (text: string) => ({ text: String(Number(text) + 1), outcome: 'counted' })

describe('changing a secret', () => {
  test('stores what the change makes of it, and leaves no label behind', async () => {
    const { secret, value, labels } = await aSecret()
    expect(await changeSecret(secret, plusOne)).toBe('counted')
    expect(await value()).toBe('1')
    expect(await labels()).toEqual(['AWSCURRENT', 'AWSPREVIOUS'])
  })

  test('stores nothing when nothing changes', async () => {
    const { secret, labels } = await aSecret()
    expect(await changeSecret(secret, () => ({ text: undefined, outcome: 7 }))).toBe(7)
    expect(await labels()).toEqual(['AWSCURRENT'])
  })

  test('begins anew with what somebody else has stored meanwhile', async () => {
    const { secret, put, value, beforeMove } = await aSecret()
    beforeMove(async (move) => move === 1 && put('10'))
    await changeSecret(secret, plusOne)
    expect(await value()).toBe('11')
  })

  test('gives up when others are faster each time, and stores nothing', async () => {
    const { secret, put, value, labels, beforeMove } = await aSecret()
    beforeMove((move) => put(`others ${move}`))
    const changing = changeSecret(secret, plusOne)
    await expect(changing).rejects.toMatchObject({ name: 'ServiceError', code: 'secret_changed' })
    expect(await value()).toBe('others 5')
    expect(await labels()).toEqual(['AWSCURRENT', 'AWSPREVIOUS'])
  })

  test.each(['AccessDeniedException', 'InternalServiceError'])(
    'says what AWS called it and nothing of the value: %s',
    async (type) => {
      const server = await secretsServer()
      server.fail(type)
      const secret = oneSecret(server.client, { secretArn: SECRET_ARN, words })
      const error: unknown = await changeSecret(secret, plusOne).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        code: 'secret_unreadable',
        message: words,
        evidence: { secret: SECRET_ARN, name: type },
      })
    },
  )
})

describe('a secret that holds something else', () => {
  const unfilled = expect.objectContaining({ code: 'secret_unreadable' })

  test.each(['canary', '[]', '{"clients":[]}'])('gets no API client: %s', async (text) => {
    const { client, secretArn, value } = await aSecret(text)
    const clients = secretsManagerApiClients(client, { secretArn, now: handClock().now })
    await expect(clients.add({ clientId: 'partner' })).rejects.toEqual(unfilled)
    await expect(clients.list()).rejects.toEqual(unfilled)
    expect(await value()).toBe(text)
  })

  test('gets no provider of the console', async () => {
    const { client, secretArn, value } = await aSecret('canary')
    const access = secretsManagerConsoleAccess(client, { secretArn, now: handClock().now })
    await expect(access.read()).rejects.toEqual(unfilled)
    await expect(access.closeFirstSignIn()).rejects.toEqual(unfilled)
    expect(await value()).toBe('canary')
  })
})

test('what a change does not know of a secret stays in it', async () => {
  const signingKey = Buffer.alloc(32, 7).toString('base64url')
  const stored = { signingKey, clients: [{ clientId: 'a', secretHash: 'h', note: 1 }], more: 2 }
  const { client, secretArn, value } = await aSecret(JSON.stringify(stored))
  await secretsManagerApiClients(client, { secretArn, now: handClock().now }).add({
    clientId: 'partner',
  })
  const after = JSON.parse((await value()) ?? '')
  expect(after).toMatchObject({ more: 2, clients: [stored.clients[0], { clientId: 'partner' }] })
})

test('who may use the console is kept for minutes, and read anew on demand', async () => {
  const stored = { clientId: 'console', clientSecret: 'canary' }
  const { client, secretArn, put } = await aSecret(JSON.stringify(stored))
  const clock = handClock()
  const access = secretsManagerConsoleAccess(client, { secretArn, now: clock.now })
  const open = { firstSignIn: stored, provider: undefined }
  expect(await access.read()).toEqual(open)
  await put('{}')
  clock.advance(2000)
  expect(await access.read()).toEqual(open)
  expect((await access.read({ reread: true })).firstSignIn).toBeUndefined()
})
