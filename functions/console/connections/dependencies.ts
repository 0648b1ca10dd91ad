import type { RefreshRequests } from '../../domain/access-token.ts'
import type { Clock } from '../../domain/clock.ts'
import type { CloudName } from '../../domain/clouds.ts'
import type { ConnectionDirectory } from '../../domain/connection-directory.ts'
import type { ConnectionHistory } from '../../domain/connection-history.ts'
import type { Connections } from '../../domain/connections.ts'
import type { RefreshPolicy } from '../../domain/refresh-schedule.ts'
import type { SignInTokens } from '../../domain/sign-in-token.ts'
import type { EventLog } from '../../logger.ts'

/** What the pages about connections need. */
export interface ConnectionsDependencies {
  readonly directory: ConnectionDirectory
  readonly history: Pick<ConnectionHistory, 'read'>
  readonly connections: Connections
  readonly signInTokens: Pick<SignInTokens, 'create'>
  readonly refreshRequests: Pick<RefreshRequests, 'refresh'>
  /** Origins that a sign-in may return to, beside the console's own. */
  readonly returnOrigins: () => Promise<readonly string[]>
  /** The clouds that this deployment has an app registration for. */
  readonly clouds: readonly CloudName[]
  readonly refreshPolicy: RefreshPolicy
  readonly publicUrl: string
  readonly now: Clock
  readonly log: EventLog
}
