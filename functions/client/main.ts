import { clientWith, type DynamicsConnectClient } from './client.ts'
import { type DynamicsConnectOptions, settingsOf } from './settings.ts'
import { runtimeTiming } from './timing.ts'

// biome-ignore-start lint/performance/noBarrelFile: the one module that the package exports
export type { TokenOptions } from './access-tokens.ts'
export type { AllAccountsOptions } from './all-accounts.ts'
export type { DynamicsConnectClient } from './client.ts'
export type {
  AccountConnection,
  Connection,
  ConnectionStatus,
  Environment,
  RefreshFailure,
  User,
} from './connection.ts'
export type {
  ConnectionsClient,
  ImportedTokens,
  ListOptions,
  NewConnection,
  RefreshResult,
} from './connections.ts'
export type { DynamicsWebApiClass, DynamicsWebApiConfig } from './dynamics-web-api.ts'
export {
  ClientRejected,
  DynamicsConnectError,
  ImportRefused,
  NotConnected,
  NotFound,
  type Reason,
  ReauthorizationRequired,
  RequestRefused,
  Unavailable,
  UnexpectedAnswer,
  type Who,
} from './errors.ts'
export type { Fetch, FetchAnswer, FetchRequest } from './fetch.ts'
export type { AccessToken } from './held-tokens.ts'
export type { AccountOptions, ConnectionId } from './service.ts'
export type { DynamicsConnectOptions } from './settings.ts'
export type { SignInLink, SignInLinkOptions } from './sign-in-link.ts'
export type {
  AbortSignalLike,
  ConnectionCredential,
  GetTokenOptions,
  IssuedToken,
} from './token-credential.ts'
// biome-ignore-end lint/performance/noBarrelFile: the one module that the package exports

/**
 * A client of the service at `url`, for a backend; it sends nothing until it is asked for something.
 * @throws RequestRefused when an option is missing or cannot be right.
 */
export function dynamicsConnect(options: DynamicsConnectOptions): DynamicsConnectClient {
  return clientWith(settingsOf(options), runtimeTiming)
}
