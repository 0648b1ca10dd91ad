import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startSecretsManager } from '../../../../infra/local/secrets-manager.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function temporaryFile(): string {
  return join(temporaryFolder('secrets'), 'state', 'secrets.json')
}

async function secretsManager(file = temporaryFile()): Promise<SecretsManagerClient> {
  const { url, close } = await startSecretsManager({ file })
  const client = new SecretsManagerClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await close()
  })
  return client
}

const create = (Name: string, SecretString: string) =>
  new CreateSecretCommand({ Name, SecretString })
const put = (SecretId: string, SecretString: string, VersionStages?: string[]) =>
  new PutSecretValueCommand({ SecretId, SecretString, ...(VersionStages && { VersionStages }) })
const get = (SecretId: string, VersionStage?: string) =>
  new GetSecretValueCommand({ SecretId, ...(VersionStage && { VersionStage }) })

describe('the stand-in for Secrets Manager', () => {
  test('gives a secret by its name and by its ARN', async () => {
    const client = await secretsManager()
    const { ARN = '' } = await client.send(create('app/credential', 'one'))
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:\d{12}:secret:app\/credential-\w{6}$/)
    const byArn = await client.send(get(ARN))
    expect(byArn).toMatchObject({ SecretString: 'one', VersionStages: ['AWSCURRENT'] })
    expect(byArn.CreatedDate).toBeInstanceOf(Date)
    expect((await client.send(get('app/credential'))).VersionId).toBe(byArn.VersionId)
  })

  test('keeps the value before as AWSPREVIOUS, and no older one', async () => {
    const client = await secretsManager()
    await client.send(create('s', 'one'))
    await client.send(put('s', 'two'))
    await client.send(put('s', 'three'))
    expect((await client.send(get('s'))).SecretString).toBe('three')
    expect((await client.send(get('s', 'AWSPREVIOUS'))).SecretString).toBe('two')
    const { VersionIdsToStages = {} } = await client.send(
      new DescribeSecretCommand({ SecretId: 's' }),
    )
    expect(Object.values(VersionIdsToStages).sort()).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']])
  })

  test('a pending value replaces nothing', async () => {
    const client = await secretsManager()
    await client.send(create('s', 'one'))
    await client.send(put('s', 'next', ['AWSPENDING']))
    expect((await client.send(get('s'))).SecretString).toBe('one')
    expect((await client.send(get('s', 'AWSPENDING'))).SecretString).toBe('next')
  })

  test('gives a version by its id, and not under a label that it does not have', async () => {
    const client = await secretsManager()
    const { VersionId } = await client.send(create('s', 'one'))
    await client.send(put('s', 'two'))
    const byId = new GetSecretValueCommand({ SecretId: 's', VersionId })
    expect((await client.send(byId)).SecretString).toBe('one')
    const both = new GetSecretValueCommand({ SecretId: 's', VersionId, VersionStage: 'AWSCURRENT' })
    await expect(client.send(both)).rejects.toMatchObject({ name: 'InvalidRequestException' })
  })

  test.each([
    ['a secret that is not there', get('other')],
    ['a label that no version has', get('s', 'AWSPREVIOUS')],
    [
      'a version that is not there',
      new GetSecretValueCommand({ SecretId: 's', VersionId: 'x'.repeat(32) }),
    ],
  ])('refuses %s', async (_, command) => {
    const client = await secretsManager()
    await client.send(create('s', 'one'))
    await expect(client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('refuses to create what is there', async () => {
    const client = await secretsManager()
    await client.send(create('s', 'one'))
    await expect(client.send(create('s', 'two'))).rejects.toMatchObject({
      name: 'ResourceExistsException',
    })
  })

  test('the same request twice makes one version, another value under its token none', async () => {
    const client = await secretsManager()
    await client.send(create('s', 'one'))
    const request = { SecretId: 's', ClientRequestToken: 't'.repeat(32) }
    await client.send(new PutSecretValueCommand({ ...request, SecretString: 'two' }))
    await client.send(new PutSecretValueCommand({ ...request, SecretString: 'two' }))
    expect((await client.send(get('s', 'AWSPREVIOUS'))).SecretString).toBe('one')
    const other = new PutSecretValueCommand({ ...request, SecretString: 'three' })
    await expect(client.send(other)).rejects.toMatchObject({ name: 'ResourceExistsException' })
  })

  describe('moving a label', () => {
    const move = (from: string | undefined, to: string | undefined) =>
      new UpdateSecretVersionStageCommand({
        SecretId: 's',
        VersionStage: 'AWSCURRENT',
        RemoveFromVersionId: from,
        MoveToVersionId: to,
      })

    async function aPendingVersion() {
      const client = await secretsManager()
      await client.send(create('s', 'one'))
      const { VersionId: current } = await client.send(get('s'))
      const { VersionId: next } = await client.send(put('s', 'two', ['AWSPENDING']))
      return { client, current, next }
    }

    test('makes a pending version current, and the current one previous', async () => {
      const { client, current, next } = await aPendingVersion()
      await client.send(move(current, next))
      expect((await client.send(get('s'))).SecretString).toBe('two')
      expect((await client.send(get('s', 'AWSPREVIOUS'))).SecretString).toBe('one')
      expect((await client.send(get('s', 'AWSPENDING'))).SecretString).toBe('two')
    })

    test('takes a label away; a version without any is forgotten', async () => {
      const { client, next } = await aPendingVersion()
      const away = { SecretId: 's', VersionStage: 'AWSPENDING', RemoveFromVersionId: next }
      await client.send(new UpdateSecretVersionStageCommand(away))
      const byId = new GetSecretValueCommand({ SecretId: 's', VersionId: next })
      await expect(client.send(byId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    })

    test('is refused to whoever does not know which version has the label', async () => {
      const { client, next } = await aPendingVersion()
      for (const from of [undefined, next?.toUpperCase()]) {
        await expect(client.send(move(from, next))).rejects.toMatchObject({
          name: 'InvalidParameterException',
        })
      }
      expect((await client.send(get('s'))).SecretString).toBe('one')
    })

    test('is refused to a version that is not there', async () => {
      const { client, current } = await aPendingVersion()
      await expect(client.send(move(current, 'x'.repeat(32)))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      })
    })
  })

  test('says which operation it does not know', async () => {
    const client = await secretsManager()
    await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListSecrets'),
    })
  })

  test('keeps its secrets over a restart, in a file that only the owner may read', async () => {
    const file = temporaryFile()
    const before = await secretsManager(file)
    const { ARN = '' } = await before.send(create('s', 'one'))
    const after = await secretsManager(file)
    expect((await after.send(get(ARN))).SecretString).toBe('one')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('refuses to start on a damaged file, and names it', async () => {
    const file = join(temporaryFolder('secrets'), 'secrets.json')
    writeFileSync(file, '[{"name":')
    await expect(startSecretsManager({ file })).rejects.toThrow(`${file} is damaged`)
  })
})
