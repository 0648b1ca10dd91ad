import type { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { CLOUDS, type CloudName } from '../functions/domain/clouds.ts'
import { DUE_BUCKETS } from '../functions/domain/due-bucket.ts'
import { type HttpFunction, ROUTES } from '../functions/http/routes.ts'
import { type Context, ContextReader, type SettingKind } from './context-reader.ts'
import type { FunctionName } from './service-function.ts'
import {
  ALLOWED_ORIGIN,
  CERTIFICATE_ARN,
  DOMAIN_NAME,
  HOSTED_ZONE_ID,
  HTTPS_ORIGIN,
  KEY_OR_NOT,
  LOG_RETENTION,
  MAIL_ADDRESS,
  oneOf,
  STREAM_ARN,
  wholeNumber,
  YES_OR_NO,
} from './setting-kinds.ts'

/** What a partner may choose about a deployment: the keys of `context` in cdk.json, or of `cdk -c`. */
export interface ServiceSettings {
  /** The https origin that people and Microsoft see; without it the API's own URL serves. */
  readonly publicUrl: string | undefined
  /** The API's own host name, instead of the one that AWS gives it. */
  readonly domain: DomainSettings | undefined
  /** Exact origins that a sign-in may return to, beside those that are set while it runs. */
  readonly allowedOrigins: readonly string[]
  /** Names of the Microsoft clouds whose environments may be connected. */
  readonly clouds: readonly CloudName[]
  /** How many sweeps run side by side each minute. */
  readonly shards: number
  /** `adaptive` keeps idle connections merely alive; `always-hot` keeps every token fresh. */
  readonly refreshPolicy: 'adaptive' | 'always-hot'
  /** Who is told of alarms. */
  readonly alarmMail: string | undefined
  /** How long logs are kept. */
  readonly logRetention: RetentionDays
  /**
   * Whether tables, secrets and logs are encrypted by a KMS key of the stack instead of AWS's own; the ARN
   * of one that is there already, to read what it encrypted.
   */
  readonly customerManagedKey: boolean | string
  /** How many runs of a function are kept for it, which is also the most that it gets. */
  readonly reservedConcurrency: ReservedConcurrency
  /** Whether X-Ray follows requests through the functions. */
  readonly tracing: boolean
  /** Whether connections and secrets outlive the stack. */
  readonly removalPolicy: 'retain' | 'destroy'
  /** The stream of a restored table of connections, which is used in place of the stack's own. */
  readonly connectionsStreamArn: string | undefined
  /** Each keyring gets a new key this often; 0 leaves it to `npm run keys`. */
  readonly keyRotationDays: number
  /** `federated`: AWS vouches for the functions. `secret`: they read a client secret or a certificate. */
  readonly appCredential: 'secret' | 'federated'
}

/** A host name of the partner's, its certificate, and the zone for its DNS record when AWS has it. */
export interface DomainSettings {
  readonly name: string
  readonly certificateArn: string
  readonly hostedZoneId: string | undefined
}

export type ReservedConcurrency = Readonly<Partial<Record<FunctionName, number>>>

/** A shard refreshes some thousand connections a minute. The number may change at any time. */
const DEFAULT_SHARDS = 4

/** Long enough to look into what a customer reports a season later. */
const DEFAULT_LOG_RETENTION_DAYS = 90

/** Lambda itself says how much of it an account has: by default 1,000 for all its functions. */
const MOST_CONCURRENCY = 10_000

const CLOUD = oneOf<CloudName>(
  CLOUDS.map(({ name }) => name),
  `one or more of ${CLOUDS.map(({ name }) => `"${name}"`).join(', ')}`,
)

const REFRESH_POLICY = oneOf(['adaptive', 'always-hot'], '"adaptive" or "always-hot"')

const REMOVAL_POLICY = oneOf(
  ['retain', 'destroy'],
  '"retain", or "destroy" for a trial, whose connections and secrets go with the stack',
)

const NOTHING_RESERVED: ReservedConcurrency = {}

const CONCURRENCY = wholeNumber(1, MOST_CONCURRENCY)

const FUNCTION_NAMES = Object.keys(ROUTES) as readonly HttpFunction[]

const RESERVED_CONCURRENCY: SettingKind<ReservedConcurrency> = {
  parse: (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const parsed = Object.entries(value).map(([name, runs]) => [
      FUNCTION_NAMES.find((known) => known === name),
      CONCURRENCY.parse(runs),
    ])
    const isUsable = parsed.flat().every((part) => part !== undefined)
    return isUsable ? Object.fromEntries(parsed) : undefined
  },
  write: `${CONCURRENCY.write} for some of ${FUNCTION_NAMES.join(', ')}, such as {"refresh": 16}`,
}

const BRAND_WORDS = ['partnerName', 'partnerLogo', 'name', 'logo', 'colour', 'color', 'brand']

const BRAND_COMMAND =
  'the name, logo and colour on the pages are set after the deployment, by npm run brand'

/** What somebody may look for among the settings, and where it is. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...BRAND_WORDS.map((word) => [word, BRAND_COMMAND] as const),
  ['region', 'the region is that of your shell: set AWS_REGION'],
])

/** How the app proves itself to Microsoft. */
const APP_CREDENTIAL = oneOf(['secret', 'federated'], '"secret" or "federated"')

const DEFAULT_KEY_ROTATION_DAYS = 90

/** As rarely as Secrets Manager can. */
const MOST_KEY_ROTATION_DAYS = 1000

const KEY_ROTATION_DAYS = wholeNumber(0, MOST_KEY_ROTATION_DAYS)

/**
 * Reads the settings from the context, where `cdk -c` can only write strings.
 * @param region where it is deployed, if that is known
 * @throws Error that names everything that is wrong, and what to write instead.
 */
export function readServiceSettings(context: Context, region?: string): ServiceSettings {
  const reader = new ContextReader(context)
  const settings: ServiceSettings = {
    publicUrl: reader.one('publicUrl', HTTPS_ORIGIN, undefined),
    domain: domainOf(reader),
    allowedOrigins: reader.list('allowedOrigins', ALLOWED_ORIGIN, []),
    clouds: reader.some('clouds', CLOUD, ['commercial']),
    shards: reader.one('shards', wholeNumber(1, DUE_BUCKETS), DEFAULT_SHARDS),
    refreshPolicy: reader.one('refreshPolicy', REFRESH_POLICY, 'adaptive'),
    alarmMail: reader.one('alarmMail', MAIL_ADDRESS, undefined),
    logRetention: reader.one('logRetentionDays', LOG_RETENTION, DEFAULT_LOG_RETENTION_DAYS),
    customerManagedKey: reader.one('customerManagedKey', KEY_OR_NOT, false),
    reservedConcurrency: reader.one('reservedConcurrency', RESERVED_CONCURRENCY, NOTHING_RESERVED),
    tracing: reader.one('tracing', YES_OR_NO, false),
    removalPolicy: reader.one('removalPolicy', REMOVAL_POLICY, 'retain'),
    connectionsStreamArn: reader.one('connectionsStreamArn', STREAM_ARN, undefined),
    keyRotationDays: reader.one('keyRotationDays', KEY_ROTATION_DAYS, DEFAULT_KEY_ROTATION_DAYS),
    appCredential: reader.one('appCredential', APP_CREDENTIAL, 'secret'),
  }
  checkSweepsFit(reader, settings)
  checkRegion(reader, settings, region)
  checkFederation(reader, settings)
  reader.checkUnknown(ELSEWHERE)
  if (reader.problems.length > 0) {
    throw new Error(`cdk context: ${reader.problems.join('; ')}`)
  }
  return settings
}

function domainOf(reader: ContextReader): DomainSettings | undefined {
  const name = reader.one('domainName', DOMAIN_NAME, undefined)
  const certificateArn = reader.one('certificateArn', CERTIFICATE_ARN, undefined)
  const hostedZoneId = reader.one('hostedZoneId', HOSTED_ZONE_ID, undefined)
  reader.require({
    domainName: ['certificateArn'],
    certificateArn: ['domainName'],
    hostedZoneId: ['domainName', 'certificateArn'],
  })
  if (name === undefined || certificateArn === undefined) return undefined
  return { name, certificateArn, hostedZoneId }
}

function checkRegion(
  { problems }: ContextReader,
  { domain }: ServiceSettings,
  region: string | undefined,
): void {
  const [, , , ofCertificate] = domain?.certificateArn.split(':') ?? []
  if (ofCertificate === undefined || region === undefined || ofCertificate === region) return
  problems.push(
    `certificateArn is of ${ofCertificate}, but this deploys to ${region}: set AWS_REGION=${ofCertificate}, or request a certificate in ${region}, since it has to be where the API is`,
  )
}

function checkFederation(
  { problems }: ContextReader,
  { appCredential, clouds }: ServiceSettings,
): void {
  if (appCredential === 'secret' || clouds.every((name) => name === 'commercial')) return
  problems.push(
    'appCredential is "federated", which only the cloud "commercial" takes: write "secret", and give npm run setup a certificate',
  )
}

function checkSweepsFit(
  { problems }: ContextReader,
  { reservedConcurrency, shards }: ServiceSettings,
): void {
  const { refresh } = reservedConcurrency
  if (refresh !== undefined && refresh < shards) {
    problems.push(
      `reservedConcurrency keeps ${refresh} runs for refresh, but each of the ${shards} shards is swept by a run of its own: write at least ${shards}`,
    )
  }
}
