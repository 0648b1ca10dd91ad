import {
  type ApiClientStore,
  type ApiClientsChange,
  listedApiClients,
  withApiClient,
  withoutApiClient,
} from '../../functions/domain/api-client-store.ts'
import type { Clock } from '../../functions/domain/clock.ts'
import { newApiAccess, type StoredApiAccess } from '../../functions/domain/stored-api-access.ts'

export function memoryApiClients(
  now: Clock,
  initial: StoredApiAccess = newApiAccess([]),
): ApiClientStore {
  let access = initial
  const change = async <Outcome>({ changed, outcome }: ApiClientsChange<Outcome>) => {
    access = changed ?? access
    return outcome
  }
  return {
    list: async () => listedApiClients(access),
    add: (wanted) => change(withApiClient(access, wanted, now())),
    remove: (clientId, options) => change(withoutApiClient(access, clientId, options)),
  }
}
