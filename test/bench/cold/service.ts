import { join } from 'node:path'
import { connectionKey } from '../../../functions/adapters/dynamodb-connection-item.ts'
import { type Awaited, eventsOf } from '../../faults/crash/events.ts'
import {
  backendOf,
  type Lane,
  startLane,
  startWorld,
  variablesOf,
  type World,
} from '../../faults/crash/world.ts'
import type { WireAnswer } from '../../support/lambda/wire.ts'
import { MSAL_TABLE, type MsalCache } from './baselines.ts'
import { type RecordedBackend, startRecordedBackend } from './recorded-backend.ts'
import type { ColdStart } from './start-once.ts'

/** The deployed bundles and all that they talk to. */
export interface Service {
  readonly backend: RecordedBackend
  /** What the variables of the AWS SDK and the names of tables and secrets are, for any function. */
  readonly environment: ColdStart['environment']
  readonly functions: Readonly<Record<Awaited, ColdStart>>
  /** The key of the item that `token` reads. */
  readonly itemKey: string
  close(): Promise<void>
}

/** Brings a connected connection, a link to sign in by, and a browser on its way back from Microsoft. */
export async function startService(msal: MsalCache): Promise<Service> {
  const world = await startWorld()
  const lane = await startLane()
  const microsoft = world.microsofts.lenient
  const ask = backendOf({ world, lane, microsoft })
  const backend = await startRecordedBackend((request, address) =>
    request.body.includes(`"${MSAL_TABLE}"`)
      ? Promise.resolve(itemOf(msal))
      : ask(request, address),
  )
  const environment = environmentOf(world, lane, backend.url)
  const events = await eventsOf(world, lane)
  const coldStart = (name: Awaited): ColdStart => ({
    bundle: join(world.bundles, name),
    environment,
    event: events[name],
  })
  return {
    backend,
    environment,
    functions: {
      token: coldStart('token'),
      authorize: coldStart('authorize'),
      callback: coldStart('callback'),
    },
    itemKey: connectionKey(events.connectionId).pk.S,
    close: async () => {
      backend.close()
      await lane.dynamodb.stop()
      await world.close()
    },
  }
}

function itemOf({ cache }: MsalCache): WireAnswer {
  const body = Buffer.from(JSON.stringify({ Item: { cache: { S: cache } } }))
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body }
}

/** The certificate is the stand-in's own; to check it against Node's list would be checking nothing. */
function environmentOf(world: World, lane: Lane, address: string): ColdStart['environment'] {
  return {
    ...variablesOf(world, lane, address),
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_NO_WARNINGS: '1',
  }
}
