import type { Connections } from '../../functions/domain/connections.ts'
import type { Revocation, Revocations } from '../../functions/domain/revocations.ts'
import type { Wait } from '../../functions/domain/wait.ts'

/** The table that connections are restored into. */
export interface RestoredTable {
  status(): Promise<'missing' | 'being_restored' | 'ready'>
  /** Begins a restore of the source as it was at that time, which DynamoDB does by itself from then on. */
  begin(source: string, at: Date): Promise<void>
  /** Gives it what a restore leaves out: expiry, recovery, protection and a stream; what it has stays. */
  prepare(): Promise<void>
  /** By which the stack knows it. */
  streamArn(): Promise<string>
}

export interface RestoreDependencies {
  readonly table: RestoredTable
  readonly revocations: Pick<Revocations, 'all'>
  /** Those of the restored table. */
  readonly connections: Pick<Connections, 'read' | 'disconnect' | 'remove'>
  readonly wait: Wait
  readonly tell: (line: string) => void
}

export interface RestoreWishes {
  /** The table that the service uses now. */
  readonly source: string
  readonly target: string
  /** The time to go back to; absent when the restore has begun already. */
  readonly at: Date | undefined
}

/** A restore takes minutes to hours. */
const LOOK_EVERY_MS = 30 * 1000

/**
 * Restores connections into a table of their own and revokes in it what was revoked since. Whatever ends
 * this, the same command goes on; after the service was switched over it revokes what was revoked meanwhile.
 * @throws Error that says what to write instead.
 */
export async function restore(deps: RestoreDependencies, wishes: RestoreWishes): Promise<void> {
  const { table, tell } = deps
  const { source, target, at } = wishes
  if ((await table.status()) === 'missing') {
    if (at === undefined) throw new Error(`there is no table ${target}: write --at <time> as well`)
    await table.begin(source, at)
    tell(`restoring ${source} as of ${at.toISOString()} into ${target}`)
  }
  while ((await table.status()) !== 'ready') {
    tell('  DynamoDB is at it; this may be stopped and run again')
    await deps.wait(LOOK_EVERY_MS)
  }
  await table.prepare()
  const revoked = await replayRevocations(deps)
  tell(
    `${revoked.disconnected} connections were disconnected once more, ${revoked.deleted} deleted`,
  )
  tell(`The context of cdk.json needs "connectionsStreamArn": "${await table.streamArn()}".`)
  if (source === target) return
  tell('Write it, run')
  tell('"npm run deploy", and then this once more, for what is revoked until then.')
}

/** Revokes in the restored table what was revoked after the time that it shows. */
async function replayRevocations({
  revocations,
  connections,
}: RestoreDependencies): Promise<Readonly<Record<Revocation['what'], number>>> {
  const revoked = { disconnected: 0, deleted: 0 }
  for await (const revocation of revocations.all()) {
    if (await revokeAgain(connections, revocation)) revoked[revocation.what] += 1
  }
  return revoked
}

async function revokeAgain(
  connections: RestoreDependencies['connections'],
  { accountId, connectionId, what, at }: Revocation,
): Promise<boolean> {
  const connection = await connections.read(accountId, connectionId)
  if (connection === undefined) return false
  const { status, connectedAt } = connection
  // Whoever signed in after it, on the restored table too, has given another grant; then a deletion
  // that was remembered never came to its end.
  const isNewer = connectedAt !== undefined && connectedAt > at
  if (isNewer) return false
  if (what === 'deleted') return connections.remove(connection)
  const holdsGrant = status === 'connected' || status === 'reauthorization_required'
  if (!holdsGrant) return false
  return (await connections.disconnect(connection)) !== undefined
}
