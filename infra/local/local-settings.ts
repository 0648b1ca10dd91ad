import type { ClientCertificate } from '../../functions/domain/client-certificate.ts'
import type { AppCredentialValue } from '../../functions/domain/stored-app-credential.ts'
import { readClientCertificate } from '../client-certificate.ts'
import { StartError } from './start-error.ts'

/** What `npm start` was told by its environment. */
export interface LocalSettings {
  /** 0 takes any free port. */
  readonly port: number
  /** Where functions are invoked as on Lambda; 0 takes the second port after `port`, else any free one. */
  readonly lambdaPort: number
  /** `undefined`: wherever the gateway listens. */
  readonly publicUrl: string | undefined
  readonly allowedOrigins: string | undefined
  readonly sweepIntervalSeconds: number
  /** Whether it has an app and a brand from the start; else it begins as a deployment does. */
  readonly isSetUp: boolean
  readonly microsoft: MicrosoftSettings
  readonly dynamodbUrl: string | undefined
  readonly secretsManagerUrl: string | undefined
}

/** Which Microsoft the functions talk to, and as which app. */
export interface MicrosoftSettings {
  readonly app: AppCredentialValue
  /** The real one is meant: nothing is replaced unless a variable says so. */
  readonly real: boolean
  readonly entraBaseUrl: string | undefined
  readonly dataverseBaseUrl: string | undefined
}

/** The app that the stand-in for Microsoft knows unless another is named. */
export const STAND_IN_APP = {
  clientId: '1f0c3c1e-6a52-4d0e-9b3a-2d7f5c8e4a10',
  clientSecret: 'local-app-secret',
} as const satisfies AppCredentialValue

const DEFAULT_PORT = 3000
const DEFAULT_SWEEP_INTERVAL_SECONDS = 60
const HIGHEST_PORT = 65_535

/** @throws StartError that names the variable and what to write instead. */
export function readLocalSettings(env: NodeJS.ProcessEnv): LocalSettings {
  return {
    port: wholeNumber(env, 'PORT', { fallback: DEFAULT_PORT, atMost: HIGHEST_PORT }),
    lambdaPort: wholeNumber(env, 'LAMBDA_PORT', { fallback: 0, atMost: HIGHEST_PORT }),
    publicUrl: url(env, 'PUBLIC_URL'),
    allowedOrigins: optional(env, 'ALLOWED_ORIGINS'),
    sweepIntervalSeconds: wholeNumber(env, 'SWEEP_INTERVAL', {
      fallback: DEFAULT_SWEEP_INTERVAL_SECONDS,
      // The longest that a timer can wait.
      atMost: Math.floor((2 ** 31 - 1) / 1000),
    }),
    isSetUp: isSetUp(env),
    microsoft: microsoftSettings(env),
    dynamodbUrl: url(env, 'AWS_ENDPOINT_URL_DYNAMODB'),
    secretsManagerUrl: url(env, 'AWS_ENDPOINT_URL_SECRETS_MANAGER'),
  }
}

function isSetUp(env: NodeJS.ProcessEnv): boolean {
  const value = optional(env, 'SET_UP') ?? 'yes'
  if (value === 'yes' || value === 'no') return value === 'yes'
  throw new StartError(`SET_UP is "${value}": set it to yes or no`)
}

function microsoftSettings(env: NodeJS.ProcessEnv): MicrosoftSettings {
  const entraBaseUrl = url(env, 'ENTRA_BASE_URL')
  const isNamed = optional(env, 'ENTRA_CLIENT_ID') !== undefined
  return {
    app: appOf(env),
    real: isNamed && entraBaseUrl === undefined,
    entraBaseUrl,
    dataverseBaseUrl: url(env, 'DATAVERSE_BASE_URL'),
  }
}

/** A certificate alone is one of the app that the stand-in knows. */
function appOf(env: NodeJS.ProcessEnv): AppCredentialValue {
  const clientId = optional(env, 'ENTRA_CLIENT_ID')
  const clientSecret = optional(env, 'ENTRA_CLIENT_SECRET')
  const file = optional(env, 'ENTRA_CLIENT_CERTIFICATE')
  if (file !== undefined && clientSecret === undefined) {
    return { clientId: clientId ?? STAND_IN_APP.clientId, ...certificateIn(file) }
  }
  if (clientId !== undefined && clientSecret !== undefined && file === undefined) {
    return { clientId, clientSecret }
  }
  if (clientId === undefined && clientSecret === undefined) return STAND_IN_APP
  throw new StartError(
    'set ENTRA_CLIENT_ID with either ENTRA_CLIENT_SECRET or ENTRA_CLIENT_CERTIFICATE, or none of them',
  )
}

function certificateIn(file: string): ClientCertificate {
  try {
    return readClientCertificate(file, new Date())
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause)
    throw new StartError(`ENTRA_CLIENT_CERTIFICATE: ${words}`, { cause })
  }
}

/** Set to nothing means not set. */
function optional(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}

function url(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = optional(env, name)
  if (value === undefined) return undefined
  const { protocol = '' } = URL.parse(value) ?? {}
  if (protocol === 'http:' || protocol === 'https:') return value.replace(/\/+$/, '')
  throw new StartError(`${name} is "${value}": set it to an http or https URL`)
}

function wholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  { fallback, atMost }: { readonly fallback: number; readonly atMost: number },
): number {
  const value = optional(env, name)
  if (value === undefined) return fallback
  if (/^\d+$/.test(value) && Number(value) <= atMost) return Number(value)
  throw new StartError(`${name} is "${value}": set it to a whole number up to ${atMost}`)
}
