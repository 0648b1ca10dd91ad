import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AWS_CLIENT_SETTINGS } from '../../functions/adapters/aws-client-settings.ts'
import { sweepShard } from '../../functions/domain/sweep-shard.ts'
import type { TokenEndpoint } from '../../functions/domain/token-endpoint.ts'
import { tableOf } from './support/fast-store.ts'
import { freeStore } from './support/free-store.ts'
import { keyringOf } from './support/keyring.ts'
import { refreshToken } from './support/realistic-tokens.ts'
import { type Redeemer, tokenEndpointOf } from './support/redeemers.ts'
import { sweepDependencies } from './support/service.ts'
import { APP_CREDENTIAL, LOGIN_HOST, RESOURCE, TENANT_ID, USER } from './support/subject.ts'

/** What one worker process is to do. */
export interface Task {
  /**
   * - `sweep`: the whole refresh
   * - `storeless`: the same with a store that costs nothing
   * - `redeem`: the token request alone
   * - `wait`: any request at all
   */
  readonly what: 'sweep' | 'storeless' | 'redeem' | 'wait'
  readonly redeemer: Redeemer
  readonly concurrency: number
  readonly refreshes: number
  readonly warmUp: number
  readonly entraBaseUrl: string
  readonly storeUrl: string
  readonly key: string
}

/** What it took. */
export interface Measured {
  readonly seconds: number
  readonly cpuMs: number
  readonly rssMiB: number
}

const NEVER_ABORTED = new AbortController().signal

/** Made beforehand, so that making them is no part of what is measured. */
const REFRESH_TOKENS = Array.from({ length: 32 }, refreshToken)

async function measure(task: Task): Promise<Measured> {
  const endpoint = await tokenEndpointOf(task.redeemer, task.entraBaseUrl)
  const isSweep = task.what === 'sweep' || task.what === 'storeless'
  const run = isSweep ? sweeper(task, endpoint) : loop(task, requestOf(task, endpoint))
  await run(task.warmUp)
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await run(task.refreshes)
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const rssMiB = process.resourceUsage().maxRSS / 1024
  return { seconds, cpuMs: (user + system) / 1000, rssMiB }
}

function sweeper(task: Task, tokenEndpoint: TokenEndpoint) {
  const client = new DynamoDBClient({
    ...AWS_CLIENT_SETTINGS,
    endpoint: task.storeUrl,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  })
  const readKeyring = keyringOf(task.key)
  return async (refreshes: number): Promise<void> => {
    const whole = sweepDependencies({ ...task, client, table: tableOf(refreshes), readKeyring })
    const deps = task.what === 'storeless' ? { ...whole, ...freeStore(whole) } : whole
    const sweep = { shard: 0, shards: 64, ending: NEVER_ABORTED, signal: NEVER_ABORTED }
    const { outcomes } = await sweepShard({ ...deps, tokenEndpoint }, sweep)
    if (outcomes.refreshed !== refreshes) throw new Error(`not all: ${JSON.stringify(outcomes)}`)
  }
}

/** One token request, or the least that a request can be, which shows what this machine lets through. */
function requestOf({ what, entraBaseUrl }: Task, tokenEndpoint: TokenEndpoint) {
  const agent = new Agent({ keepAlive: true })
  const grant = {
    authority: { loginHost: LOGIN_HOST, tenant: TENANT_ID },
    appCredential: APP_CREDENTIAL,
    resource: RESOURCE,
    user: USER,
    signal: NEVER_ABORTED,
  }
  if (what === 'wait') return () => bareRequest(agent, entraBaseUrl)
  let sent = 0
  return async () => {
    sent += 1
    const sentToken = REFRESH_TOKENS[sent % REFRESH_TOKENS.length] ?? ''
    const { outcome } = await tokenEndpoint.refresh({ ...grant, refreshToken: sentToken })
    if (outcome !== 'issued') throw new Error(`not issued: ${outcome}`)
  }
}

async function bareRequest(agent: Agent, url: string): Promise<void> {
  const sent = request(url, { agent, method: 'POST' }).end()
  const [answer] = await once(sent, 'response')
  await once(answer.resume(), 'end')
}

function loop({ concurrency }: Task, send: () => Promise<void>) {
  return async (requests: number): Promise<void> => {
    let left = requests
    const worker = async () => {
      while (left > 0) {
        left -= 1
        await send()
      }
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
  }
}

const task: Task = JSON.parse(process.argv[2] ?? '')
process.stdout.write(JSON.stringify(await measure(task)))
process.exit()
