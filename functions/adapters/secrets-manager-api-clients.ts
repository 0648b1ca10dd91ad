import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import {
  type ApiClientStore,
  type ApiClientsChange,
  listedApiClients,
  withApiClient,
  withoutApiClient,
} from '../domain/api-client-store.ts'
import type { Clock } from '../domain/clock.ts'
import { ServiceError } from '../domain/service-error.ts'
import { type StoredApiAccess, storedApiAccessOf } from '../domain/stored-api-access.ts'
import { changeSecret } from './change-secret.ts'
import { jsonObjectOf } from './json-object.ts'
import { oneSecret, readCurrent } from './secret-versions.ts'
import { API_ACCESS_FORM } from './secrets-manager-api-access.ts'

export function secretsManagerApiClients(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): ApiClientStore {
  const words = 'the API clients could not be read or changed; try again in a moment'
  const secret = oneSecret(client, { secretArn, words })
  const required = (text: string): StoredApiAccess => {
    const access = storedApiAccessOf(jsonObjectOf(text))
    if (access !== undefined) return access
    throw new ServiceError(`fill the secret with ${API_ACCESS_FORM}`, {
      code: 'secret_unreadable',
      evidence: { secret: secretArn },
    })
  }
  const change = <Outcome>(make: (access: StoredApiAccess) => ApiClientsChange<Outcome>) =>
    changeSecret(secret, (text) => {
      const { changed, outcome } = make(required(text))
      return { text: changed && JSON.stringify(changed), outcome }
    })
  return {
    list: async () => listedApiClients(required((await readCurrent(secret)).text)),
    add: (wanted) => change((access) => withApiClient(access, wanted, now())),
    remove: (clientId, options) => change((access) => withoutApiClient(access, clientId, options)),
  }
}
