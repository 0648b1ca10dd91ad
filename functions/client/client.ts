import { accessTokens, type TokenOptions } from './access-tokens.ts'
import { bearerTokens } from './bearer-tokens.ts'
import { type ConnectionsClient, connectionsClient } from './connections.ts'
import {
  type DynamicsWebApiClass,
  type DynamicsWebApiConfig,
  dynamicsWebApiConfig,
} from './dynamics-web-api.ts'
import type { AccessToken } from './held-tokens.ts'
import { sender } from './send.ts'
import { type AccountOptions, type ConnectionId, service } from './service.ts'
import type { Settings } from './settings.ts'
import { type SignInLink, type SignInLinkOptions, signInLink } from './sign-in-link.ts'
import type { Timing } from './timing.ts'
import { type ConnectionCredential, connectionCredential } from './token-credential.ts'

/**
 * Your backend's access to the service. Make one and keep it: it holds the bearer token and the access tokens,
 * in memory alone. Whatever goes wrong is thrown as a DynamicsConnectError.
 */
export interface DynamicsConnectClient {
  readonly connections: ConnectionsClient
  /** A link for the customer's browser to sign in with. */
  signInLink(options: SignInLinkOptions): Promise<SignInLink>
  /** A valid access token. Ask each time you need one: it is kept until shortly before it ends. */
  token(connectionId: ConnectionId, options?: TokenOptions): Promise<AccessToken>
  /** The connection as a `TokenCredential` of `@azure/core-auth`. */
  credential(connectionId: ConnectionId, options?: AccountOptions): ConnectionCredential
  /** What `new DynamicsWebApi(…)` takes for the connection. */
  dynamics(connectionId: ConnectionId, options?: AccountOptions): Promise<DynamicsWebApiConfig>
  /** A `DynamicsWebApi` for the connection, of the class that you pass. */
  dynamics<Instance>(
    DynamicsWebApi: DynamicsWebApiClass<Instance>,
    connectionId: ConnectionId,
    options?: AccountOptions,
  ): Promise<Instance>
}

/** A client by looked-at settings. */
export function clientWith(settings: Settings, timing: Timing): DynamicsConnectClient {
  const send = sender(settings, timing)
  const ofService = service(send, bearerTokens(send, settings, timing), settings.accountId)
  const tokens = accessTokens(ofService, timing)

  const config = (connectionId: ConnectionId, { accountId }: AccountOptions = {}) =>
    dynamicsWebApiConfig(() => tokens.get(connectionId, { accountId }))

  function dynamics(id: ConnectionId, options?: AccountOptions): Promise<DynamicsWebApiConfig>
  function dynamics<Instance>(
    DynamicsWebApi: DynamicsWebApiClass<Instance>,
    id: ConnectionId,
    options?: AccountOptions,
  ): Promise<Instance>
  async function dynamics(...args: DynamicsArguments): Promise<unknown> {
    if (!isWithClass(args)) return config(...args)
    const [DynamicsWebApi, ...rest] = args
    return new DynamicsWebApi(await config(...rest))
  }

  return {
    connections: connectionsClient(ofService, tokens.forget),
    signInLink: (options) => signInLink(ofService, settings.origin, options),
    token: (connectionId, options) => tokens.get(connectionId, options),
    credential: (connectionId, { accountId } = {}) =>
      connectionCredential((options) => tokens.get(connectionId, { accountId, ...options })),
    dynamics,
  }
}

type ClassArguments = [DynamicsWebApiClass<unknown>, ConnectionId, (AccountOptions | undefined)?]
type DynamicsArguments = [ConnectionId, (AccountOptions | undefined)?] | ClassArguments

function isWithClass(args: DynamicsArguments): args is ClassArguments {
  return typeof args[0] === 'function'
}
