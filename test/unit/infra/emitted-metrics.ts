import { reportNewestRejected } from '../../../functions/callback/report-ended.ts'
import { eventMetrics } from '../../../functions/events/event-metrics.ts'
import { eventsHandler } from '../../../functions/events/handler.ts'
import { refreshMetrics, signInMetrics } from '../../../functions/metrics.ts'
import { refreshHandler } from '../../../functions/refresh/handler.ts'
import { reportAppCredential } from '../../../functions/refresh/report-refresh.ts'
import { DAY, HOUR, MINUTE } from '../../fakes/hand-clock.ts'
import { APP_CREDENTIAL } from '../../fakes/memory-app-credentials.ts'
import { aRefusal } from '../../support/builders.ts'
import { aWorld, connectedIn } from '../../support/world.ts'
import { capturedOutput } from '../support/captured-output.ts'
import { lambdaContext } from '../support/http-event.ts'
import { recordingLog } from '../support/recording-log.ts'
import { signInScene } from '../support/sign-in-scene.ts'

const UNAVAILABLE = { outcome: 'unavailable', status: 503, retryAfter: undefined } as const
const TICK = { shard: 0, shards: 1 }

const refusedWith = (refusal: Parameters<typeof aRefusal>[0]) =>
  ({ outcome: 'refused', refusal: aRefusal(refusal) }) as const
const APP_REJECTED = refusedWith({ status: 401, error: 'invalid_client', code: 7000222 })

/** One line of CloudWatch's embedded metric format. */
interface MetricLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string
      readonly Dimensions: readonly (readonly string[])[]
      readonly Metrics: readonly { readonly Name: string }[]
    }[]
  }
  readonly [member: string]: unknown
}

/**
 * Every metric that the real functions write while everything happens to them that they know of, each as
 * `namespace name dimension=value`.
 */
export async function emittedMetrics(): Promise<ReadonlySet<string>> {
  const output = capturedOutput()
  await refreshEverything()
  await signInInEveryWay()
  await tellNothing()
  const lines = output.text.split('\n').filter((line) => line.includes('"_aws"'))
  return new Set(lines.flatMap((line) => metricsOf(JSON.parse(line))))
}

function metricsOf(line: MetricLine): readonly string[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) => {
        const dimensions = names.map((name) => `${name}=${line[name]}`)
        return [Namespace, Name, ...dimensions].join(' ')
      }),
    ),
  )
}

/** A world of its own with one connection, and the function that refreshes it. */
async function aRefresh() {
  const world = aWorld()
  const operations = { log: recordingLog(), metrics: refreshMetrics('refresh') }
  const notice = reportAppCredential(operations)
  const refresh = { ...world, notice }
  const unused = async () => {
    throw new Error('there is no HTTP here')
  }
  const http = { refresh: unused, complete: unused }
  const handler = refreshHandler({ ...world, refresh, sweep: refresh, operations, http })
  const { connection } = await connectedIn(world)
  return {
    world,
    connectionId: connection.id,
    notice,
    handle: (event: unknown) => handler(event, lambdaContext()),
  }
}

async function refreshEverything(): Promise<void> {
  await sweepAfter(HOUR)
  await sweepAfter(HOUR, refusedWith({ code: 53003 }))
  await sweepAfter(HOUR, refusedWith({ code: 50173, suberror: 'bad_token' }))
  await sweepAfter(HOUR, () => {
    throw new TypeError('a defect')
  })
  await sweepAfter(80 * DAY, UNAVAILABLE)
  const { world, handle } = await sweepAfter(HOUR, APP_REJECTED)
  world.clock.advance(2 * MINUTE)
  await handle(TICK)
  await requestEverything()
}

/** Sweeps when the connection is due; Microsoft says this, or renews it. */
async function sweepAfter(
  elapsed: number,
  answer?: Parameters<ReturnType<typeof aWorld>['tokenEndpoint']['answerNextRefresh']>[0],
) {
  const scene = await aRefresh()
  scene.world.clock.advance(elapsed)
  if (answer) scene.world.tokenEndpoint.answerNextRefresh(answer)
  await scene.handle(TICK)
  return scene
}

async function requestEverything(): Promise<void> {
  const { world, connectionId, handle, notice } = await aRefresh()
  notice('app_credential_newest_rejected', 'AADSTS7000215')
  const claim = { connectionId, generation: 1, holder: 'another', now: world.now() }
  await world.refreshClaims.claim(claim)
  await handle({ refresh: { connectionId, when: 'now' } })
  await handle({ refresh: { connectionId, when: 0 } })
  await handle({ refresh: { connectionId: 0, when: 'now' } })
  await handle('nothing that is known')
  world.appCredentials.set({ ...APP_CREDENTIAL, endsAt: world.now() })
  await handle({ measure: true })
}

/** Counted all the same, each as zero. */
async function tellNothing(): Promise<void> {
  const handler = eventsHandler({
    readRecord: () => {
      throw new Error('there is no record here')
    },
    history: { keep: async () => undefined },
    publisher: { publish: async () => ({ accepted: 0, problem: undefined }) },
    log: recordingLog(),
    metrics: eventMetrics('events'),
  })
  await handler({ Records: [] }, lambdaContext())
}

async function signInInEveryWay(): Promise<void> {
  const metrics = signInMetrics('callback')
  reportNewestRejected({ log: recordingLog(), metrics })('AADSTS7000215')
  const signIn = async (
    prepare: (world: ReturnType<typeof aWorld>) => void,
    response?: Readonly<Record<string, string>>,
  ) => {
    const { world, begin, comeBack } = await signInScene({ metrics })
    prepare(world)
    await comeBack(await begin(), response)
  }
  await signIn(() => undefined)
  await signIn(() => undefined, { error: 'access_denied' })
  await signIn((world) => world.tokenEndpoint.answerNextCode(APP_REJECTED))
  await signIn((world) => world.tokenEndpoint.answerNextCode(refusedWith({ code: 53003 })))
  await signIn((world) => world.tokenEndpoint.answerNextCode(UNAVAILABLE))
}
