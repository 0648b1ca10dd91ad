import type { LINK_ROUTE, ROUTES, SIGN_IN_PATH } from '../routes.ts'
import { ACCOUNT_CONNECTOR_OPERATIONS } from './account-connector-operations.ts'
import { BROWSER_OPERATIONS } from './browser-operations.ts'
import { DOCUMENT_OPERATIONS } from './document-operations.ts'
import type { Operation } from './operation.ts'
import { PROPERTY_OPERATIONS } from './property-operations.ts'
import { TOKEN_OPERATIONS } from './token-operations.ts'

type Routes = (typeof ROUTES)[keyof typeof ROUTES][number]

/** The console's pages are for people, and its first one stands for all of them. */
type ConsolePage = Exclude<(typeof ROUTES)['console'][number], 'GET /console'>

/** Every route that is a contract; the one of sign-in links under the path that it is for. */
export type DescribedRoute =
  | Exclude<Routes, ConsolePage | '$default' | typeof LINK_ROUTE>
  | `GET ${typeof SIGN_IN_PATH}`

/** The whole surface: a route without an operation does not compile. */
export const OPERATIONS: Readonly<Record<DescribedRoute, Operation>> = {
  ...TOKEN_OPERATIONS,
  ...ACCOUNT_CONNECTOR_OPERATIONS,
  ...PROPERTY_OPERATIONS,
  ...BROWSER_OPERATIONS,
  ...DOCUMENT_OPERATIONS,
} satisfies Record<DescribedRoute, Operation>
