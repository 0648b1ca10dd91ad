import { randomUUID } from 'node:crypto'
import { CONNECTIONS_TABLE, SIGN_INS_TABLE } from '../../../functions/adapters/table-schema.ts'
import { ENV } from '../../../functions/config.ts'
import { newApiAccess } from '../../../functions/domain/stored-api-access.ts'
import { applyEnvironment } from '../../../infra/local/function-environment.ts'
import { createLambdaRuntime, type LambdaRuntime } from '../../../infra/local/lambda-runtime.ts'
import { loadHandlers } from '../../../infra/local/load-handlers.ts'
import type { Canaries } from './canaries.ts'
import type { EntraState } from './entra.ts'
import type { Scene } from './scene.ts'
import type { WireAnswer } from './wire-server.ts'

/** What one endpoint answers in its own stead. */
export interface Fault {
  /** `token`, `jwks`, `whoami`, `invoke`, `dynamodb: store`, `secret: app-credential` … */
  readonly at: string
  /** An answer, or what becomes of the real one. */
  readonly answer: WireAnswer | ((real: () => Promise<WireAnswer>) => Promise<WireAnswer>)
  /** Absent: until mended. */
  readonly times?: number
}

/** One version of a secret and the one before it. */
export interface StoredSecret {
  readonly current?: string
  readonly previous?: string
}

/** One row's own world: tables, secrets, Microsoft and functions that no other row shares. */
export interface Stage {
  readonly name: string
  readonly scene: Scene
  readonly canaries: Canaries
  readonly connectionsTable: string
  readonly signInsTable: string
  readonly tables: readonly string[]
  readonly entra: EntraState
  readonly secrets: Record<string, StoredSecret>
  /** Every request that arrived, by what it asked. */
  readonly requests: readonly string[]
  /** One container of each function. */
  readonly runtime: LambdaRuntime
  /** A further container of each function, that knows nothing yet. */
  container(): LambdaRuntime
  answer(at: string, real: () => Promise<WireAnswer>): Promise<WireAnswer>
  fail(...faults: readonly Fault[]): void
  mend(): void
  count(at: string): number
}

export interface StageOptions {
  readonly withSignIns?: boolean
  /** Loads what imports tokens, in place of what signs in; needs `withSignIns`. */
  readonly withImports?: boolean
  readonly timeoutSeconds?: Readonly<Record<string, number>>
  /** In place of the server that all rows share. */
  readonly entraBaseUrl?: string
  readonly tenantId?: string
}

/** The functions of the rows, as the stack bounds them. */
const TIMEOUT_SECONDS = { api: 28, callback: 15, refresh: 50, token: 28, authorize: 10 }

/** What a client secret may contain; all of it must survive the form encoding. */
const AWKWARD = '~+&%= "x'

export const PUBLIC_URL = 'http://connect.example'
export const PARTNER_URL = 'https://partner.example'

/** Sets a row up. */
export async function createStage(
  scene: Scene,
  name: string,
  options: StageOptions = {},
): Promise<Stage> {
  const { canaries, dynamodb } = scene
  const connectionsTable = `${name}-connections`
  const signInsTable = `${name}-sign-ins`
  await dynamodb.createTable(connectionsTable, CONNECTIONS_TABLE)
  if (options.withSignIns) await dynamodb.createTable(signInsTable, SIGN_INS_TABLE)
  const requests: string[] = []
  let faults: readonly Fault[] = []
  const entra = entraOf(scene, name, options)
  const load = () => loadContainer(stage, options)
  const stage: Stage = {
    name,
    scene,
    canaries,
    connectionsTable,
    signInsTable,
    tables: options.withSignIns ? [connectionsTable, signInsTable] : [connectionsTable],
    entra,
    secrets: secretsOf(canaries, entra),
    requests,
    get runtime() {
      runtime ??= load()
      return runtime
    },
    container: load,
    answer: async (at, real) => {
      requests.push(at)
      const fault = faults.find((known) => known.at === at)
      if (fault?.times !== undefined) faults = countDown(faults, fault)
      if (fault === undefined) return real()
      return typeof fault.answer === 'function' ? fault.answer(real) : fault.answer
    },
    fail: (...more) => {
      faults = [...faults, ...more]
    },
    mend: () => {
      faults = []
    },
    count: (at) => requests.filter((known) => known === at).length,
  }
  let runtime: LambdaRuntime | undefined
  return stage
}

function countDown(faults: readonly Fault[], taken: Fault): readonly Fault[] {
  const left = (taken.times ?? 1) - 1
  return faults.flatMap((fault) => {
    if (fault !== taken) return [fault]
    return left > 0 ? [{ ...fault, times: left }] : []
  })
}

function entraOf(scene: Scene, name: string, options: StageOptions): EntraState {
  const clientSecret = `${scene.canaries.mint('client secret')}${AWKWARD}`
  scene.canaries.record('client secret', clientSecret)
  return {
    clientId: randomUUID(),
    clientSecrets: new Set([clientSecret]),
    refreshTokens: new Set(),
    codes: new Map(),
    user: { tenantId: options.tenantId ?? randomUUID(), objectId: randomUUID() },
    baseUrl: options.entraBaseUrl ?? `${scene.entraUrl}/${name}`,
    expiresInSeconds: 3900,
    clockAheadSeconds: 0,
    issued: [],
  }
}

function secretsOf(canaries: Canaries, entra: EntraState): Record<string, StoredSecret> {
  const keyring = () => {
    const keys = { k1: canaries.mint('key of a keyring', 32) }
    return { current: JSON.stringify({ active: 'k1', keys }) }
  }
  const access = newApiAccess([{ clientId: 'partner', clientSecret: randomUUID() }])
  canaries.record('signing key', access.signingKey)
  const [clientSecret = ''] = entra.clientSecrets
  return {
    'app-credential': { current: JSON.stringify({ clientId: entra.clientId, clientSecret }) },
    'access-keyring': keyring(),
    'refresh-keyring': keyring(),
    'api-access': { current: JSON.stringify(access) },
  }
}

/** The functions whose bundles are loaded for a row beside those that refresh. */
function othersFor({ withSignIns, withImports }: StageOptions): readonly string[] {
  if (withImports) return ['api']
  return withSignIns ? ['authorize', 'callback'] : []
}

function loadContainer(stage: Stage, options: StageOptions): LambdaRuntime {
  const { name, scene, entra } = stage
  const wanted = ['refresh', 'token', ...othersFor(options)]
  const restore = applyEnvironment({
    [ENV.publicUrl]: PUBLIC_URL,
    [ENV.allowedOrigins]: PARTNER_URL,
    [ENV.connectionsTable]: stage.connectionsTable,
    [ENV.signInsTable]: stage.signInsTable,
    [ENV.appCredentialSecret]: `${name}/app-credential`,
    [ENV.accessTokenKeyringSecret]: `${name}/access-keyring`,
    [ENV.refreshTokenKeyringSecret]: `${name}/refresh-keyring`,
    [ENV.apiAccessSecret]: `${name}/api-access`,
    [ENV.refreshFunction]: `refresh-${name}`,
    [ENV.clouds]: 'commercial',
    [ENV.entraBaseUrl]: entra.baseUrl,
    [ENV.dataverseBaseUrl]: `${scene.entraUrl}/${name}/dataverse`,
  })
  const bundles = scene.bundles.filter((bundle) => wanted.includes(bundle.name))
  const handlers = loadHandlers(bundles)
  restore()
  const timeoutSeconds = { ...TIMEOUT_SECONDS, ...options.timeoutSeconds }
  return createLambdaRuntime({ handlers, timeoutSeconds })
}
