import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { type SecretArns, seedSecrets, seedSettings } from '../../../infra/local/seed.ts'
import { startDynamodb } from '../../support/dynamodb.ts'
import { type Container, startContainer } from '../../support/lambda/container.ts'
import { forward } from '../../support/lambda/forward.ts'
import type { WireRequest } from '../../support/lambda/step-names.ts'
import type { WireAnswer } from '../../support/lambda/wire.ts'
import type { Deployed, TemplateFunction } from './template.ts'

const REGION = 'eu-central-1'

/** Whatever a function calls: answers, or never does. */
export type Backend = (request: WireRequest) => Promise<WireAnswer | undefined>

/** What stands behind the functions of a template. */
export interface Backends {
  /** The physical name of each resource that a variable names. */
  readonly deployed: Deployed
  /** Answers as DynamoDB and Secrets Manager. */
  readonly answering: Backend
  stop(): Promise<void>
}

/** Nothing behind the function ever answers. */
export const silent: Backend = async () => undefined

/** Starts stand-ins, with secrets and settings as after the setup. */
export async function startBackends(): Promise<Backends> {
  const folder = mkdtempSync(join(tmpdir(), 'runtime-client-'))
  const dynamodb = await startDynamodb()
  await seedSettings(dynamodb.client, STAND_IN_APP)
  const secretsManager = await startSecretsManager({ file: join(folder, 'secrets.json') })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new SecretsManagerClient({
    endpoint: secretsManager.url,
    region: REGION,
    credentials,
  })
  const arns = await seedSecrets(client, STAND_IN_APP)
  client.destroy()
  const dynamodbUrl = await urlOf(dynamodb.client)
  return {
    deployed: deployedAs(arns, dynamodb),
    answering: (request) => {
      const target = String(request.headers['x-amz-target'] ?? '')
      const url = target.startsWith('DynamoDB') ? dynamodbUrl : secretsManager.url
      return forward(request, url)
    },
    stop: async () => {
      await Promise.all([dynamodb.stop(), secretsManager.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A process of the function with the variables of the template, and those that Lambda itself sets. */
export function startFunction(fn: TemplateFunction, backend: Backend): Promise<Container> {
  return startContainer({
    bundle: fn.bundle,
    timeoutSeconds: fn.timeoutSeconds,
    scratchFolder: tmpdir(),
    environment: (address) => ({
      ...fn.variables,
      AWS_ENDPOINT_URL: address,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
    }),
    backend,
  })
}

function deployedAs(
  arns: SecretArns,
  tables: { readonly connectionsTable: string; readonly signInsTable: string },
): Deployed {
  const physical: readonly (readonly [prefix: string, name: string])[] = [
    ['ConnectionsTable', tables.connectionsTable],
    ['SignInsTable', tables.signInsTable],
    ['SecretsAppCredential', arns.appCredential],
    ['SecretsAccessTokenKeyring', arns.accessTokenKeyring],
    ['SecretsRefreshTokenKeyring', arns.refreshTokenKeyring],
    ['SecretsApiAccess', arns.apiAccess],
    ['SecretsConsoleAccess', arns.consoleAccess],
    ['HttpApi', 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com'],
    ['refreshFunction', 'refresh'],
    ['StateEventsBus', 'dynamics-connect'],
  ]
  return (logicalId) => {
    const found = physical.find(([prefix]) => logicalId.startsWith(prefix))
    if (found === undefined) throw new Error(`say what ${logicalId} is once deployed`)
    return found[1]
  }
}

async function urlOf(client: {
  readonly config: { readonly endpoint?: () => Promise<{ readonly port?: number }> }
}): Promise<string> {
  const endpoint = await client.config.endpoint?.()
  return `http://127.0.0.1:${endpoint?.port}/`
}
