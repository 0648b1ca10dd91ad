import { CLOUDS, type CloudName, cloudNamed } from './domain/clouds.ts'
import { DUE_BUCKETS, isShard } from './domain/due-bucket.ts'
import type { TokenRequestRoles } from './domain/federation-commands.ts'
import type { RefreshPolicy } from './domain/refresh-schedule.ts'
import { ServiceError } from './domain/service-error.ts'

/** Every environment variable that a function may read; infra/ sets them by these names. */
export const ENV = {
  /** Where people and Microsoft reach the service, e.g. `https://connect.example.com`; no trailing slash. */
  publicUrl: 'PUBLIC_URL',
  /** Name of the DynamoDB table of connections, their claims and the settings. */
  connectionsTable: 'CONNECTIONS_TABLE',
  /** Name of the DynamoDB table of sign-in tokens and authorization requests. */
  signInsTable: 'SIGN_INS_TABLE',
  /** ARN of the secret that says which app is registered with Microsoft and how it proves itself. */
  appCredentialSecret: 'APP_CREDENTIAL_SECRET_ARN',
  /** ARN of the secret with the keyring that seals access tokens. */
  accessTokenKeyringSecret: 'ACCESS_TOKEN_KEYRING_SECRET_ARN',
  /** ARN of the secret with the keyring that seals refresh tokens. */
  refreshTokenKeyringSecret: 'REFRESH_TOKEN_KEYRING_SECRET_ARN',
  /** ARN of the secret with the signing key of bearer tokens and the hashed API clients. */
  apiAccessSecret: 'API_ACCESS_SECRET_ARN',
  /** ARN of the secret that says who may sign in to the console: the first sign-in, and the OpenID provider. */
  consoleAccessSecret: 'CONSOLE_ACCESS_SECRET_ARN',
  /** Name of the `refresh` function, for whoever invokes it. */
  refreshFunction: 'REFRESH_FUNCTION_NAME',
  /** Name of the EventBridge bus that changes of state are published on. */
  eventBus: 'EVENT_BUS_NAME',
  /** `adaptive` keeps idle connections merely alive; `always-hot` keeps every token fresh. */
  refreshPolicy: 'REFRESH_POLICY',
  /** Into how many parts the sweep is split. */
  shards: 'SHARDS',
  /** Exact origins that a sign-in may return to, comma separated; the settings may have more. */
  allowedOrigins: 'ALLOWED_ORIGINS',
  /** Names of the Microsoft clouds whose environments may be connected, comma separated. */
  clouds: 'CLOUDS',
  /** ARNs of the roles that Microsoft has to trust; set where AWS vouches for their functions. */
  callbackRole: 'CALLBACK_ROLE_ARN',
  refreshRole: 'REFRESH_ROLE_ARN',
  /** Replaces the login host of every Microsoft cloud; unset in production. */
  entraBaseUrl: 'ENTRA_BASE_URL',
  /** A call to `https://HOST/path` goes to `{DATAVERSE_BASE_URL}/HOST/path`; unset in production. */
  dataverseBaseUrl: 'DATAVERSE_BASE_URL',
} as const

/** A variable by its name in {@link ENV}. */
export type Setting = keyof typeof ENV

/**
 * Reads the settings that one function cannot do without.
 * @throws ServiceError `configuration_invalid`, naming every variable that is missing.
 */
export function readSettings<S extends Setting>(
  env: NodeJS.ProcessEnv,
  wanted: readonly S[],
): Readonly<Record<S, string>> {
  const missing = wanted.filter((setting) => !env[ENV[setting]])
  if (missing.length > 0) {
    const names = missing.map((setting) => ENV[setting]).join(', ')
    throw new ServiceError(`set ${names}`, { code: 'configuration_invalid' })
  }
  const entries = wanted.map((setting) => [setting, env[ENV[setting]]])
  return Object.fromEntries(entries) as Record<S, string>
}

/** The optional seams, each `undefined` in production. */
export function readSeams(env: NodeJS.ProcessEnv): {
  readonly entraBaseUrl: string | undefined
  readonly dataverseBaseUrl: string | undefined
} {
  return {
    entraBaseUrl: withoutTrailingSlash(env[ENV.entraBaseUrl]),
    dataverseBaseUrl: withoutTrailingSlash(env[ENV.dataverseBaseUrl]),
  }
}

/** The roles that Microsoft has to trust, or `undefined` where AWS vouches for no function. */
export function readTokenRequestRoles(env: NodeJS.ProcessEnv): TokenRequestRoles | undefined {
  const { [ENV.callbackRole]: callbackRole, [ENV.refreshRole]: refreshRole } = env
  return callbackRole && refreshRole ? { callbackRole, refreshRole } : undefined
}

/** The origins of the deployment that a sign-in may return to; none when the variable is empty. */
export function readAllowedOrigins(env: NodeJS.ProcessEnv): readonly string[] {
  return listOf(env[ENV.allowedOrigins] ?? '')
}

/** Splits a comma separated setting; empty parts are dropped. */
function listOf(setting: string): readonly string[] {
  return setting
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** `adaptive` unless the variable says otherwise. @throws ServiceError `configuration_invalid`. */
export function readRefreshPolicy(env: NodeJS.ProcessEnv): RefreshPolicy {
  const policy = env[ENV.refreshPolicy] || 'adaptive'
  if (policy !== 'adaptive' && policy !== 'always-hot') {
    throw new ServiceError(`set ${ENV.refreshPolicy} to adaptive or always-hot`, {
      code: 'configuration_invalid',
    })
  }
  return policy
}

/** @throws ServiceError `configuration_invalid` when the variable is no number of shards that there can be. */
export function readShards(env: NodeJS.ProcessEnv): number {
  const shards = Number(env[ENV.shards])
  if (isShard({ shard: 0, shards })) return shards
  throw new ServiceError(`set ${ENV.shards} to a whole number from 1 to ${DUE_BUCKETS}`, {
    code: 'configuration_invalid',
  })
}

/** @throws ServiceError `configuration_invalid` when a cloud of the setting is not one of Microsoft's. */
export function cloudsOf(setting: string): readonly CloudName[] {
  return listOf(setting).map((name) => {
    const cloud = cloudNamed(name)
    if (cloud === undefined) {
      const known = CLOUDS.map((known) => known.name).join(', ')
      throw new ServiceError(`set ${ENV.clouds} to some of ${known}`, {
        code: 'configuration_invalid',
      })
    }
    return cloud.name
  })
}

function withoutTrailingSlash(url: string | undefined): string | undefined {
  return url ? url.replace(/\/+$/, '') : undefined
}
