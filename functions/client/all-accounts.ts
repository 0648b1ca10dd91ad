import { type AccountConnection, accountConnectionOf } from './connection.ts'
import { UnexpectedAnswer } from './errors.ts'
import { listOf, objectOf, optionalText } from './json.ts'
import type { Service } from './service.ts'

/** How to go through the connections of all accounts. */
export interface AllAccountsOptions {
  /** How many are got at once: 1 to 100, 100 unless given. */
  readonly pageSize?: number | undefined
}

/** What the service gives at once at most. */
export const LARGEST_PAGE_SIZE = 100

/** Goes through the connections of all accounts, page by page. @throws DynamicsConnectError */
export async function* connectionsOfAllAccounts(
  service: Service,
  { pageSize = LARGEST_PAGE_SIZE }: AllAccountsOptions,
): AsyncGenerator<AccountConnection, void> {
  let after: string | undefined
  do {
    const query = new URLSearchParams({ pageSize: String(pageSize), ...(after && { after }) })
    const path = `/v1.0/accounts/connectors?${query}`
    const answer = await service.call({ method: 'GET', path, accountId: undefined })
    const page = objectOf(answer.json)
    yield* listOf(page.Connectors).map(accountConnectionOf)
    const next = optionalText(page, 'Next')
    if (next !== undefined && next === after) throw endless()
    after = next
  } while (after !== undefined)
}

/** Better an error than the same page for ever. */
function endless(): UnexpectedAnswer {
  return new UnexpectedAnswer(
    'The service answered with the same page again. Try again; if it stays, tell its operator.',
    { code: 'unexpected_answer' },
  )
}
