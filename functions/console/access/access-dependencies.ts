import type { ApiClientStore } from '../../domain/api-client-store.ts'
import type { DoorDependencies } from '../dependencies.ts'

/** What managing who may come in needs, beside the door itself. */
export interface AccessDependencies extends DoorDependencies {
  readonly apiClients: ApiClientStore
}
