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
  /** The name of a restored table of connections, in place of the stack's own. */
  readonly connectionsTable: string | undefined
}

/** A shard refreshes some thousand connections a minute. The number may change at any time. */
const DEFAULT_SHARDS = 4

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
    connectionsTable: optionalText(context('connectionsTable')),
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
    ...tableProblems(settings.connectionsTable),
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

/** As DynamoDB names tables; an ARN would be one of another account or region, which no function may read. */
const TABLE_NAME = /^[a-zA-Z0-9_.-]{3,255}$/

function tableProblems(table: string | undefined): readonly string[] {
  const usable = table === undefined || TABLE_NAME.test(table)
  return usable
    ? []
    : [`connectionsTable is "${table}": write the name of a table in the same account and region`]
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
