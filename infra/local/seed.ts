import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { dynamodbPartnerSettings } from '../../functions/adapters/dynamodb-partner-settings.ts'
import { type Brand, DEFAULT_BRAND } from '../../functions/domain/brand.ts'
import type { FirstSignIn } from '../../functions/domain/console-access.ts'
import {
  type PartnerSettingsStore,
  registeredAppOf,
} from '../../functions/domain/partner-settings.ts'
import { newApiAccess } from '../../functions/domain/stored-api-access.ts'
import type { AppCredentialValue } from '../../functions/domain/stored-app-credential.ts'
import { newKeyring } from '../../functions/domain/stored-keyring.ts'
import { TABLE_NAMES } from './dynamodb.ts'

/** The API client of every local service; only this machine can reach it. */
export const LOCAL_API_CLIENT = { clientId: 'local', clientSecret: 'local-secret' } as const

/** The first sign-in to the console of every local service. */
export const LOCAL_CONSOLE_SIGN_IN = {
  clientId: 'console',
  clientSecret: 'console-secret',
} as const satisfies FirstSignIn

/** The ARN of each secret that the functions read. */
export interface SecretArns {
  readonly appCredential: string
  readonly accessTokenKeyring: string
  readonly refreshTokenKeyring: string
  readonly apiAccess: string
  readonly consoleAccess: string
}

/** As the stack makes the secret of the app's credential: of random text, which is none. */
const UNFILLED = 'not filled yet'

/**
 * Makes the secrets that are not there yet and keeps those that are; the app's credential follows what
 * it is now, with the one before as its previous version.
 * @param app `undefined`: it is given in the console, and one that was given stays
 */
export async function seedSecrets(
  client: SecretsManagerClient,
  app: AppCredentialValue | undefined,
): Promise<SecretArns> {
  const kept = (name: string, make: () => unknown) => ensureSecret(client, name, make)
  const [appCredential, accessTokenKeyring, refreshTokenKeyring, apiAccess, consoleAccess] =
    await Promise.all([
      kept('app-credential', () => app ?? UNFILLED),
      kept('access-token-keyring', newKeyring),
      kept('refresh-token-keyring', newKeyring),
      kept('api-access', () => newApiAccess([LOCAL_API_CLIENT])),
      kept('console-access', () => LOCAL_CONSOLE_SIGN_IN),
    ])
  if (app !== undefined) await follow(client, appCredential, JSON.stringify(app))
  return {
    appCredential: appCredential.arn,
    accessTokenKeyring: accessTokenKeyring.arn,
    refreshTokenKeyring: refreshTokenKeyring.arn,
    apiAccess: apiAccess.arn,
    consoleAccess: consoleAccess.arn,
  }
}

/** Writes the app into the settings, and leaves any other setting as it is. */
export async function seedSettings(client: DynamoDBClient, app: AppCredentialValue): Promise<void> {
  await settingsAt(client).saveApp(registeredAppOf(app, undefined))
}

/** Gives the pages a look of somebody, unless they have one. */
export async function seedBrand(client: DynamoDBClient, brand: Brand): Promise<void> {
  const settings = settingsAt(client)
  const { name } = (await settings.read()).brand
  if (name === DEFAULT_BRAND.name) await settings.saveBrand(brand)
}

function settingsAt(client: DynamoDBClient): PartnerSettingsStore {
  return dynamodbPartnerSettings(client, { table: TABLE_NAMES.connections })
}

async function follow(
  client: SecretsManagerClient,
  { arn, secretString }: StoredSecret,
  current: string,
): Promise<void> {
  if (secretString === current) return
  await client.send(new PutSecretValueCommand({ SecretId: arn, SecretString: current }))
}

interface StoredSecret {
  readonly arn: string
  readonly secretString: string
}

async function ensureSecret(
  client: SecretsManagerClient,
  name: string,
  make: () => unknown,
): Promise<StoredSecret> {
  const fullName = `dynamics-connect-local/${name}`
  const stored = await readSecret(client, fullName)
  if (stored !== undefined) return stored
  const secretString = JSON.stringify(make())
  const create = new CreateSecretCommand({ Name: fullName, SecretString: secretString })
  const { ARN = fullName } = await client.send(create)
  return { arn: ARN, secretString }
}

async function readSecret(
  client: SecretsManagerClient,
  name: string,
): Promise<StoredSecret | undefined> {
  try {
    const secret = await client.send(new GetSecretValueCommand({ SecretId: name }))
    return { arn: secret.ARN ?? name, secretString: secret.SecretString ?? '' }
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
