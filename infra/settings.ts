import { CLOUDS, cloudNamed } from '../functions/domain/clouds.ts'
import { DUE_BUCKETS } from '../functions/domain/due-bucket.ts'

/** What a partner may choose about a deployment: the keys of `context` in cdk.json, or of `cdk -c`. */
export interface ServiceSettings {
  /** The https origin of a custom domain; without it the API's own URL serves. */
  readonly publicUrl: string | undefined
  /** Exact origins that a sign-in may return to. */
  readonly allowedOrigins: readonly string[]
  /** Names of the Microsoft clouds whose environments may be connected. */
  readonly clouds: readonly string[]
  /** How many sweeps run side by side each minute. */
  readonly shards: number
  /** `adaptive` keeps idle connections merely alive; `always-hot` keeps every token fresh. */
  readonly refreshPolicy: string
  /** Each keyring gets a new key this often; 0 leaves it to `npm run keys`. */
  readonly keyRotationDays: number
  /** `federated`: AWS vouches for the functions. `secret`: they read a client secret or a certificate. */
  readonly appCredential: string
}

/** A shard refreshes some thousand connections a minute. The number may change at any time. */
const DEFAULT_SHARDS = 4

const APP_CREDENTIALS = ['secret', 'federated']

const DEFAULT_KEY_ROTATION_DAYS = 90

/** As rarely as Secrets Manager can. */
const MOST_KEY_ROTATION_DAYS = 1000

const REFRESH_POLICIES = ['adaptive', 'always-hot']

/**
 * Reads the settings from the context, where `cdk -c` can only write strings.
 * @throws Error that names everything that is wrong, and what to write instead.
 */
export function readServiceSettings(context: (name: string) => unknown): ServiceSettings {
  const settings = {
    publicUrl: optionalText(context('publicUrl')),
    allowedOrigins: list(context('allowedOrigins') ?? []),
    clouds: list(context('clouds') ?? ['commercial']),
    shards: Number(context('shards') ?? DEFAULT_SHARDS),
    refreshPolicy: String(context('refreshPolicy') ?? 'adaptive'),
    keyRotationDays: Number(context('keyRotationDays') ?? DEFAULT_KEY_ROTATION_DAYS),
    appCredential: String(context('appCredential') ?? 'secret'),
  }
  const problems = problemsOf(settings)
  if (problems.length > 0) {
    throw new Error(`cdk context: ${problems.join('; ')}`)
  }
  return settings
}

function problemsOf(settings: ServiceSettings): readonly string[] {
  return [
    ...urlProblems(settings.publicUrl),
    ...originProblems(settings.allowedOrigins),
    ...cloudProblems(settings.clouds),
    ...shardProblems(settings.shards),
    ...policyProblems(settings.refreshPolicy),
    ...rotationProblems(settings.keyRotationDays),
    ...credentialProblems(settings),
  ]
}

function urlProblems(publicUrl: string | undefined): readonly string[] {
  const usable = publicUrl === undefined || isHttpsOrigin(publicUrl)
  return usable
    ? []
    : [`publicUrl is "${publicUrl}": write an https origin such as "https://connect.example.com"`]
}

function originProblems(origins: readonly string[]): readonly string[] {
  return origins
    .filter((origin) => !isHttpsOrigin(origin))
    .map(
      (origin) =>
        `allowedOrigins has "${origin}": write each origin exactly, such as "https://app.example.com", in lower case and without a path or a slash at the end`,
    )
}

function cloudProblems(clouds: readonly string[]): readonly string[] {
  const known = CLOUDS.map(({ name }) => `"${name}"`).join(', ')
  if (clouds.length === 0) {
    return [`clouds is empty: write one or more of ${known}`]
  }
  return clouds
    .filter((name) => cloudNamed(name) === undefined)
    .map((name) => `clouds has "${name}": write one or more of ${known}`)
}

function shardProblems(shards: number): readonly string[] {
  const usable = Number.isInteger(shards) && shards >= 1 && shards <= DUE_BUCKETS
  return usable ? [] : [`shards is ${shards}: write a whole number from 1 to ${DUE_BUCKETS}`]
}

function policyProblems(policy: string): readonly string[] {
  const usable = REFRESH_POLICIES.includes(policy)
  return usable ? [] : [`refreshPolicy is "${policy}": write "adaptive" or "always-hot"`]
}

function rotationProblems(days: number): readonly string[] {
  const usable = Number.isInteger(days) && days >= 0 && days <= MOST_KEY_ROTATION_DAYS
  return usable
    ? []
    : [
        `keyRotationDays is ${days}: write a whole number of days up to ${MOST_KEY_ROTATION_DAYS}, or 0 for no rotation on schedule`,
      ]
}

function credentialProblems({ appCredential, clouds }: ServiceSettings): readonly string[] {
  if (!APP_CREDENTIALS.includes(appCredential)) {
    return [`appCredential is "${appCredential}": write "secret" or "federated"`]
  }
  const isFederable = clouds.every((name) => name === 'commercial')
  return appCredential === 'federated' && !isFederable
    ? [
        'appCredential is "federated", which only the cloud "commercial" takes: write "secret", and give npm run setup a certificate',
      ]
    : []
}

/** An origin as a browser sends it: a wildcard would be a host that no browser can be at. */
const HTTPS_ORIGIN = /^https:\/\/[a-z0-9.-]+(:\d+)?$/

function isHttpsOrigin(text: string): boolean {
  return HTTPS_ORIGIN.test(text) && URL.canParse(text) && new URL(text).origin === text
}

function optionalText(value: unknown): string | undefined {
  return value === undefined || value === '' ? undefined : String(value)
}

function list(value: unknown): readonly string[] {
  const parts = Array.isArray(value) ? value.map(String) : String(value).split(',')
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
