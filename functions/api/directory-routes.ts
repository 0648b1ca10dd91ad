import { accountOrAll } from '../http/account.ts'
import { accountConnector } from '../http/account-connector.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import type { AllConnectors } from '../http/schemas/account-connector.ts'
import { ALL_CONNECTORS_QUERY } from '../http/schemas/account-connector-request.ts'
import { parsedQuery } from '../http/schemas/parse.ts'
import type { ApiDependencies, ApiRequest } from './dependencies.ts'

/** The account connectors of all accounts, or of the one that is named or that the client is bound to. */
export const directoryRoutes = {
  'GET /v1.0/accounts/connectors': async (
    { directory }: ApiDependencies,
    { http, caller }: ApiRequest,
  ): Promise<HttpResponse> => {
    const { after, pageSize } = parsedQuery(ALL_CONNECTORS_QUERY, http)
    const { connections, next } = await directory.find({
      groups: [],
      search: undefined,
      order: 'oldest',
      accountId: accountOrAll(http, caller),
      pageSize,
      after,
    })
    const Connectors = connections.map((connection) => ({
      AccountId: connection.accountId,
      ...accountConnector(connection),
    }))
    return json({ Connectors, Next: next ?? null } satisfies AllConnectors)
  },
}
