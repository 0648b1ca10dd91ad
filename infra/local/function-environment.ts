import { ENV } from '../../functions/config.ts'
import type { CloudName } from '../../functions/domain/clouds.ts'
import { TABLE_NAMES } from './dynamodb.ts'
import type { SecretArns } from './seed.ts'

/** Variables to set; `undefined` means that one must not be set. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where this run's AWS and Microsoft are. */
export interface Endpoints {
  readonly dynamodb: string
  readonly secretsManager: string
  readonly lambda: string
  readonly eventbridge: string
  readonly entra: string | undefined
  readonly dataverse: string | undefined
}

/** As the stack's default. */
const LOCAL_CLOUDS: CloudName = 'commercial'

/** More than one, so that a local run sweeps as AWS does. */
export const LOCAL_SHARDS = 2

/** The variables of the AWS SDK: of the functions and of the set-up before them. */
export function awsEnvironment(endpoints: Endpoints, env: NodeJS.ProcessEnv): Environment {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventbridge,
    AWS_REGION: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1',
    ...credentials(endpoints, env),
  }
}

/** The variables that the functions read, as the stack sets them in AWS. */
export function functionEnvironment(wiring: {
  readonly publicUrl: string
  readonly allowedOrigins: string
  readonly endpoints: Endpoints
  readonly secrets: SecretArns
}): Environment {
  const { endpoints, secrets } = wiring
  return {
    [ENV.publicUrl]: wiring.publicUrl,
    [ENV.allowedOrigins]: wiring.allowedOrigins,
    [ENV.connectionsTable]: TABLE_NAMES.connections,
    [ENV.signInsTable]: TABLE_NAMES.signIns,
    [ENV.appCredentialSecret]: secrets.appCredential,
    [ENV.accessTokenKeyringSecret]: secrets.accessTokenKeyring,
    [ENV.refreshTokenKeyringSecret]: secrets.refreshTokenKeyring,
    [ENV.apiAccessSecret]: secrets.apiAccess,
    [ENV.consoleAccessSecret]: secrets.consoleAccess,
    [ENV.refreshFunction]: 'refresh',
    [ENV.eventBus]: 'dynamics-connect',
    [ENV.shards]: String(LOCAL_SHARDS),
    [ENV.clouds]: LOCAL_CLOUDS,
    [ENV.entraBaseUrl]: endpoints.entra,
    [ENV.dataverseBaseUrl]: endpoints.dataverse,
  }
}

/** Each request is told in a line of the gateway already, so that the functions only tell trouble. */
export function logEnvironment(env: NodeJS.ProcessEnv): Environment {
  return { POWERTOOLS_LOG_LEVEL: env.POWERTOOLS_LOG_LEVEL ?? 'WARN' }
}

/**
 * Sets variables of this process, where the functions and the AWS SDK look for them.
 * @returns a function that puts back what was there.
 */
export function applyEnvironment(environment: Environment): () => void {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const)
  setAll(Object.entries(environment))
  return () => setAll(before)
}

function setAll(entries: readonly (readonly [string, string | undefined])[]): void {
  for (const [name, value] of entries) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

/**
 * A stand-in takes any credentials, yet the SDK refuses to go without. A profile is put aside with
 * them, for it may need a sign-in of its own; credentials for a real endpoint are left alone.
 */
function credentials(endpoints: Endpoints, env: NodeJS.ProcessEnv): Environment {
  const allLocal = [endpoints.dynamodb, endpoints.secretsManager].every(isOnThisMachine)
  const { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: key } = env
  if (!allLocal || keyId || key) {
    return { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: key, AWS_PROFILE: env.AWS_PROFILE }
  }
  return { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_PROFILE: undefined }
}

function isOnThisMachine(url: string): boolean {
  const { hostname } = new URL(url)
  return ['localhost', '[::1]'].includes(hostname) || hostname.startsWith('127.')
}
