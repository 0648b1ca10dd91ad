import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventLog } from '../../../functions/logger.ts'
import { type Bundle, buildFunctions } from '../../../infra/build.ts'
import { applyEnvironment } from '../../../infra/local/function-environment.ts'
import {
  type Canaries,
  type Canary,
  createCanaries,
  type Leak,
  leaksIn,
  PIECE,
} from './canaries.ts'
import { type CapturedOutput, captureOutput } from './captured-output.ts'
import { pendingConnection, rewrite } from './connections.ts'
import { type Dynamodb, dynamodbOperation, startDynamodb } from './dynamodb-wire.ts'
import { keySetAnswer, tokenAnswer } from './entra.ts'
import { invokeAnswer, secretAnswer, secretNamed, whoAmIAnswer } from './other-upstreams.ts'
import { createStage, type Stage, type StageOptions } from './stage.ts'
import {
  startWireServer,
  type WireAnswer,
  type WireRequest,
  type WireServer,
} from './wire-server.ts'

/** The servers that all rows share; each row has tables, secrets, functions and a Microsoft of its own. */
export interface Scene {
  readonly canaries: Canaries
  readonly dynamodb: Dynamodb
  readonly bundles: readonly Bundle[]
  readonly entraUrl: string
  readonly output: CapturedOutput
  /** What left the service and is no answer to its rightful receiver. */
  readonly sent: string[]
  stage(options?: StageOptions): Promise<Stage>
  /** Every place in which a secret stands that should not, by the name of the place. */
  leaks(): Promise<Readonly<Record<string, readonly Leak[]>>>
  /** The same with one more secret, which is in each place: how often it is found. */
  leaksWithPlanted(): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Builds the functions and starts everything around them. */
export async function startScene(): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'wire-'))
  const functions = join(ROOT, 'functions')
  const bundles = await buildFunctions({ functions, bundles: folder })
  const dynamodb = await startDynamodb()
  const stages = new Map<string, Stage>()
  const servers = await startServers(dynamodb, stages)
  const restore = applyEnvironment(environmentOf(servers))
  const output = captureOutput()
  const canaries = createCanaries()
  const sent: string[] = []
  let rows = 0
  const scene: Scene = {
    canaries,
    dynamodb,
    bundles,
    entraUrl: servers.microsoft.url,
    output,
    sent,
    stage: async (options) => {
      rows += 1
      const stage = await createStage(scene, `row-${rows}`, options)
      stages.set(stage.name, stage)
      return stage
    },
    leaks: () => leaksOf(scene, [...stages.values()], canaries.all),
    leaksWithPlanted: async () => {
      const planted = createCanaries()
      await plant(scene, await scene.stage(), planted.mint('planted'))
      const found = await leaksOf(scene, [...stages.values()], planted.all)
      return Object.fromEntries(
        Object.entries(found).map(([place, leaks]) => [place, leaks.length]),
      )
    },
    close: async () => {
      output.stop()
      await Promise.all(Object.values(servers).map((server) => server.close()))
      await dynamodb.close()
      restore()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return scene
}

type Servers = Readonly<Record<'dynamodb' | 'secrets' | 'lambda' | 'microsoft', WireServer>>
type Stages = ReadonlyMap<string, Stage>

async function startServers(dynamodb: Dynamodb, stages: Stages): Promise<Servers> {
  const stageOf = (name: string): Stage => {
    const stage = stages.get(name)
    if (stage === undefined) throw new Error(`there is no row ${name}`)
    return stage
  }
  return {
    dynamodb: await startWireServer((request) => {
      const { table, operation } = dynamodbOperation(request)
      const stage = stageOf(table.replace(/-(connections|sign-ins)$/, ''))
      return stage.answer(`dynamodb: ${operation}`, () => dynamodb.forward(request))
    }),
    secrets: await startWireServer((request) => {
      const { row, name } = secretNamed(request)
      const stage = stageOf(row)
      return stage.answer(`secret: ${name}`, async () => secretAnswer(stage, name, request))
    }),
    lambda: await startWireServer((request) => {
      const [, row = ''] = /functions\/refresh-(row-\d+)/.exec(request.url) ?? []
      const stage = stageOf(row)
      return stage.answer('invoke', () => invokeAnswer(stage, request))
    }),
    microsoft: await startWireServer((request) => {
      const [, row = '', ...rest] = request.url.split('/')
      return microsoftAnswer(stageOf(row), rest, request)
    }),
  }
}

function microsoftAnswer(
  stage: Stage,
  path: readonly string[],
  request: WireRequest,
): Promise<WireAnswer> {
  const endpoint = path.at(-1) ?? ''
  switch (endpoint) {
    case 'token':
      return stage.answer('token', () => tokenAnswer(stage.entra, stage.canaries, request))
    case 'keys':
      return stage.answer('jwks', keySetAnswer)
    case 'WhoAmI': {
      const at = request.headers.authorization ? 'whoami' : 'find tenant'
      return stage.answer(at, async () => whoAmIAnswer(stage, request))
    }
    default:
      return stage.answer('elsewhere', async () => ({ status: 200, body: 'caught' }))
  }
}

function environmentOf(servers: Servers) {
  return {
    AWS_ENDPOINT_URL_DYNAMODB: servers.dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: servers.secrets.url,
    AWS_ENDPOINT_URL_LAMBDA: servers.lambda.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_PROFILE: undefined,
    LOG_LEVEL: 'DEBUG',
  }
}

/** Writes a piece of the secret through the functions' own logger, client and answers. */
async function plant(scene: Scene, stage: Stage, secret: string): Promise<void> {
  const piece = secret.slice(7, 7 + PIECE)
  eventLog('control').event('planted', { reason: `before${piece}after` })
  const id = await pendingConnection(stage)
  await rewrite(stage, `connection#${id}`, { planted: { B: Buffer.from(secret) } })
  scene.sent.push(JSON.stringify({ location: `/?state=${Buffer.from(secret).toString('hex')}` }))
}

async function leaksOf(scene: Scene, stages: readonly Stage[], canaries: readonly Canary[]) {
  const tables = stages.flatMap((stage) => stage.tables)
  const dumps = await Promise.all(tables.map((table) => scene.dynamodb.dump(table)))
  const places = {
    'log lines': scene.output.text(),
    'answers and headers': scene.sent.join('\n'),
    'items in DynamoDB': dumps.join('\n'),
  }
  return Object.fromEntries(
    Object.entries(places).map(([place, text]) => [place, leaksIn(text, canaries)]),
  )
}
