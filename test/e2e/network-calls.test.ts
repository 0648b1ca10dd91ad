import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyEnvironment } from '../../infra/local/function-environment.ts'
import type { LambdaHandler } from '../../infra/local/lambda-runtime.ts'
import { loadHandlers } from '../../infra/local/load-handlers.ts'
import { AWAITED, type Awaited, eventsOf } from '../faults/crash/events.ts'
import {
  backendOf,
  type Lane,
  startLane,
  startWorld,
  variablesOf,
  type World,
} from '../faults/crash/world.ts'
import { startWire, type Wire } from '../support/lambda/wire.ts'
import { lambdaContext } from '../unit/support/http-event.ts'

/**
 * What a request takes of the network, in whatever order, and what the first one takes beside that. The
 * sign-in token is read with its connection and the settings; a start is counted and written at once.
 */
const CALLS: Readonly<Record<Awaited, { readonly each: string[]; readonly first: string[] }>> = {
  token: {
    each: ['read connection'],
    first: ['read api-access', 'read access-token-keyring'],
  },
  authorize: {
    each: [
      'read sign-in-token',
      'WhoAmI',
      'UpdateItem sign-in-token',
      'PutItem authorization-request',
    ],
    first: [],
  },
  callback: {
    each: [
      'consume request',
      'token request',
      'WhoAmI',
      'read connection',
      'spend link',
      'store token set',
      'keep result',
    ],
    first: [
      'read app-credential',
      'read access-token-keyring',
      'read refresh-token-keyring',
      'read signing keys',
    ],
  },
}

describe('a request takes no call of the network that it does not need', () => {
  let world: World
  let lane: Lane
  let wire: Wire
  let handlers: Readonly<Record<string, LambdaHandler>>
  let restore: () => void

  beforeAll(async () => {
    world = await startWorld()
    lane = await startLane()
    const backend = backendOf({ world, lane, microsoft: world.microsofts.lenient })
    wire = await startWire({
      isStep: () => true,
      process: (request) => backend(request, `http://127.0.0.1:${wire.port}`),
      kill: undefined,
      onKill: () => undefined,
    })
    const variables = variablesOf(world, lane, `http://127.0.0.1:${wire.port}`)
    restore = applyEnvironment({ ...variables, LOG_LEVEL: 'WARN' })
    const bundles = AWAITED.map((name) => ({ name, folder: join(world.bundles, name) }))
    handlers = loadHandlers(bundles)
  })

  afterAll(async () => {
    restore()
    wire.close()
    await lane.dynamodb.stop()
    await world.close()
  })

  async function callsOf(name: Awaited): Promise<readonly string[]> {
    const before = wire.steps.length
    const events = await eventsOf(world, lane)
    await handlers[name]?.(events[name], lambdaContext())
    return wire.steps.slice(before).map(withoutNumber).toSorted()
  }

  test.each(AWAITED)('%s, the first and the next', async (name) => {
    const { each, first } = CALLS[name]
    expect(await callsOf(name)).toEqual([...each, ...first].toSorted())
    expect(await callsOf(name)).toEqual(each.toSorted())
  })
})

/** The second of a name is told from the first by a number. */
function withoutNumber(step: string): string {
  return step.replace(/ \(\d+\)$/, '')
}
