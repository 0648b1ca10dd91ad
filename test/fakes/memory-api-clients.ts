import {
  type ApiClientStore,
  type ApiClientsChange,
  listedApiClients,
  withApiClient,
  withoutApiClient,
} from '../../functions/domain/api-client-store.ts'
import type { Clock } from '../../functions/domain/clock.ts'
import { newApiAccess, type StoredApiAccess } from '../../functions/domain/stored-api-access.ts'

export interface MemoryApiClients extends ApiClientStore {
  /** What is stored now, with the hashes of the secrets. */
  stored(): StoredApiAccess
}

export function memoryApiClients(
  now: Clock,
  initial: StoredApiAccess = newApiAccess([]),
): MemoryApiClients {
  let access = initial
  const change = async <Outcome>({ changed, outcome }: ApiClientsChange<Outcome>) => {
    access = changed ?? access
    return outcome
  }
  return {
    stored: () => access,
    list: async () => listedApiClients(access),
    add: (wanted) => change(withApiClient(access, wanted, now())),
    remove: (clientId, options) => change(withoutApiClient(access, clientId, options)),
  }
}
