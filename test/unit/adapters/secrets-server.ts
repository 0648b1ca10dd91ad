import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { onTestFinished } from 'vitest'
import { type Answerer, type Received, send, tinyServer } from '../support/tiny-server.ts'

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-AbCdEf'

/** Secrets Manager as one test has it, and the SDK's own client of it. */
export interface SecretsServer {
  readonly client: SecretsManagerClient
  readonly reads: readonly Received[]
  /** What the secret is from now on; an object goes as JSON. */
  hold(secret: string | object): void
  /** Fails from now on, as AWS does. */
  fail(type: string, status?: number): void
  answer(answerer: Answerer): void
}

export async function secretsServer(secret: string | object = ''): Promise<SecretsServer> {
  let answer: Answerer = holding(secret)
  const server = await tinyServer((request, response) => answer(request, response))
  const client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return {
    client,
    reads: server.received,
    hold: (changed) => {
      answer = holding(changed)
    },
    fail: (__type, status = 400) => {
      const body = { __type, Message: 'canary words of AWS' }
      answer = (_, response) => send(response, { status, headers: AMAZON_JSON, body })
    },
    answer: (answerer) => {
      answer = answerer
    },
  }
}

const AMAZON_JSON = { 'content-type': 'application/x-amz-json-1.1' }

/** An answer of GetSecretValue. */
export function holding(secret: string | object): Answerer {
  const SecretString = typeof secret === 'string' ? secret : JSON.stringify(secret)
  const body = { ARN: SECRET_ARN, Name: 'app', SecretString, VersionStages: ['AWSCURRENT'] }
  return (_, response) => send(response, { headers: AMAZON_JSON, body })
}
