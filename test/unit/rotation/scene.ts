import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { onTestFinished } from 'vitest'
import { secretsManagerKeyring } from '../../../functions/adapters/secrets-manager-keyring.ts'
import { secretsManagerKeyringVersions } from '../../../functions/adapters/secrets-manager-keyring-versions.ts'
import type { Clock } from '../../../functions/domain/clock.ts'
import { newKeyring, type StoredKeyring } from '../../../functions/domain/stored-keyring.ts'
import { type TokenSealer, tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { rotationHandler } from '../../../functions/rotation/handler.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { handClock } from '../../fakes/hand-clock.ts'
import { type RecordingLog, recordingLog } from '../support/recording-log.ts'

type Step = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret'

/** A keyring in Secrets Manager, the function that rotates it, and Secrets Manager's part in that. */
export interface RotationScene {
  readonly secretArn: string
  readonly log: RecordingLog
  /** Fails the next call of that kind, or a later one, after it took effect or before. */
  fail(command: string, when: 'before' | 'after', later?: number): void
  /** Runs once, before the next call of that kind. */
  beforeNext(command: string, run: () => Promise<unknown>): void
  step(step: Step, versionId: string): Promise<void>
  /** An event that is a good one but for this. */
  receive(difference: unknown): Promise<void>
  /** All four steps, each so often. */
  rotate(versionId: string, times?: number): Promise<void>
  /** What Secrets Manager does when it tries a function out: a copy of the value as the pending one. */
  stageCopy(versionId: string): Promise<void>
  stored(stage?: string): Promise<StoredKeyring | undefined>
  store(value: unknown): Promise<void>
  /** A running function's sealer, with a copy of the keyring of its own. */
  container(now: Clock): TokenSealer
}

export const aVersionId = (): string => randomUUID()

export async function rotationScene(value: unknown = newKeyring()): Promise<RotationScene> {
  const folder = mkdtempSync(join(tmpdir(), 'rotation-'))
  const standIn = await startSecretsManager({ file: join(folder, 'secrets.json') })
  const client = clientOf(standIn.url)
  const faults = faultsOn(clientOf(standIn.url))
  onTestFinished(async () => {
    client.destroy()
    await standIn.close()
    rmSync(folder, { recursive: true })
  })
  const SecretString = JSON.stringify(value)
  const { ARN: secretArn = '' } = await client.send(
    new CreateSecretCommand({ Name: 'keyring', SecretString }),
  )
  const log = recordingLog()
  const versions = secretsManagerKeyringVersions(faults.client, { secretArn })
  const handler = rotationHandler({
    keyrings: new Map([[secretArn, versions]]),
    log,
    now: handClock().now,
  })
  const invoke = (event: unknown) => handler(event, { awsRequestId: 'id' } as never)
  const step: RotationScene['step'] = (Step, ClientRequestToken) =>
    invoke({ Step, SecretId: secretArn, ClientRequestToken })
  return {
    secretArn,
    log,
    fail: faults.fail,
    beforeNext: faults.beforeNext,
    step,
    receive: (difference) => {
      const good = {
        Step: 'createSecret',
        SecretId: secretArn,
        ClientRequestToken: aVersionId(),
      }
      const isObject = typeof difference === 'object'
      return invoke(isObject ? { ...good, ...difference } : difference)
    },
    rotate: async (versionId, times = 1) => {
      for (const each of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const) {
        for (let turn = 0; turn < times; turn += 1) await step(each, versionId)
      }
    },
    stageCopy: async (ClientRequestToken) => {
      const current = await client.send(new GetSecretValueCommand({ SecretId: secretArn }))
      const copy = { SecretString: current.SecretString, VersionStages: ['AWSPENDING'] }
      await client.send(
        new PutSecretValueCommand({ SecretId: secretArn, ClientRequestToken, ...copy }),
      )
    },
    stored: async (VersionStage = 'AWSCURRENT') => {
      const command = new GetSecretValueCommand({ SecretId: secretArn, VersionStage })
      const secret = await client.send(command).catch(() => undefined)
      return secret && JSON.parse(secret.SecretString ?? '')
    },
    store: async (changed) => {
      const put = { SecretId: secretArn, SecretString: JSON.stringify(changed) }
      await client.send(new PutSecretValueCommand(put))
    },
    container: (now) => tokenSealer('access', secretsManagerKeyring(client, { secretArn, now })),
  }
}

function clientOf(endpoint: string): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
}

/** The client, with calls that fail when they are told to. */
function faultsOn(client: SecretsManagerClient) {
  const planned = new Map<string, { readonly when: 'before' | 'after'; readonly later: number }>()
  const faultOf = (name: string) => {
    const plan = planned.get(name)
    planned.delete(name)
    if (plan && plan.later > 0) planned.set(name, { ...plan, later: plan.later - 1 })
    return plan?.later === 0 ? plan.when : undefined
  }
  const hooks = new Map<string, () => Promise<unknown>>()
  const lost = () => Object.assign(new Error('canary words of AWS'), { name: 'TimeoutError' })
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const name = String(context.commandName).replace(/Command$/, '')
      const hook = hooks.get(name)
      hooks.delete(name)
      await hook?.()
      const fault = faultOf(name)
      if (fault === 'before') throw lost()
      const [answered] = await Promise.allSettled([next(args)])
      if (fault === 'after') throw lost()
      if (answered.status === 'rejected') throw answered.reason
      return answered.value
    },
    { step: 'initialize' },
  )
  onTestFinished(() => client.destroy())
  return {
    client,
    fail: (command: string, when: 'before' | 'after', later = 0) =>
      void planned.set(command, { when, later }),
    beforeNext: (command: string, run: () => Promise<unknown>) => void hooks.set(command, run),
  }
}
