import { DIRECTORY_PAGE_LIMIT } from '../domain/connection-directory.ts'
import { accountOrAll } from '../http/account.ts'
import { accountConnector } from '../http/account-connector.ts'
import { wholeNumber } from '../http/fields.ts'
import { queryOf } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import type { ApiDependencies, ApiRequest } from './dependencies.ts'

const PAGE_SIZES = { from: 1, to: DIRECTORY_PAGE_LIMIT, otherwise: 25 }

/** The account connectors of all accounts, or of the one that is named or that the client is bound to. */
export const directoryRoutes = {
  'GET /v1.0/accounts/connectors': async (
    { directory }: ApiDependencies,
    { http, caller }: ApiRequest,
  ): Promise<HttpResponse> => {
    const query = queryOf(http)
    const { connections, next } = await directory.find({
      groups: [],
      search: undefined,
      order: 'oldest',
      accountId: accountOrAll(http, caller),
      pageSize: wholeNumber(query, 'pageSize', PAGE_SIZES),
      after: query.get('after') || undefined,
    })
    const Connectors = connections.map((connection) => ({
      AccountId: connection.accountId,
      ...accountConnector(connection),
    }))
    return json({ Connectors, Next: next ?? null })
  },
}
