import type { Answer } from './answer.ts'
import type { BearerTokens } from './bearer-tokens.ts'
import { ClientRejected, RequestRefused } from './errors.ts'
import type { Call, Send } from './send.ts'

/** A connection by its id: a number, or its digits as a URL has them. */
export type ConnectionId = number | string

/** Whom a call is about. */
export interface AccountOptions {
  /** Your own id of the customer; the client's `accountId` unless given. */
  readonly accountId?: string | undefined
}

/** What a call asks for; the bearer token and the account's header are put to it. */
export interface ServiceRequest {
  readonly method: Call['method']
  readonly path: string
  readonly accountId: string | undefined
  readonly json?: Readonly<Record<string, unknown>>
  /** Doing it twice is as good as once; a `GET` always is. */
  readonly isRepeatable?: boolean
}

/** The service's API, for whoever has a bearer token. */
export interface Service {
  /** @throws DynamicsConnectError */
  call(request: ServiceRequest): Promise<Answer>
  /** The account that the options mean. */
  accountOf(options: AccountOptions): string | undefined
}

/** The service as one client sees it. */
export function service(
  send: Send,
  bearers: BearerTokens,
  defaultAccountId: string | undefined,
): Service {
  return {
    call: async (request) => {
      const bearerToken = await bearers.get()
      try {
        return await send(callOf(request, bearerToken))
      } catch (error) {
        if (!isRefusedBearer(error)) throw error
        // It ended sooner than it said, or the service signs with another key now. Nothing was done.
        bearers.drop(bearerToken)
        return send(callOf(request, await bearers.get()))
      }
    },
    accountOf: ({ accountId }) => accountId ?? defaultAccountId,
  }
}

/** @throws RequestRefused when it is none. */
export function connectorPath(connectionId: ConnectionId): string {
  const id = String(connectionId)
  if (/^[1-9]\d{0,9}$/.test(id)) return `/v1.0/account/connectors/${id}`
  throw new RequestRefused('Give the connection by its id, a whole number.', {
    code: 'request_invalid',
  })
}

/** What a header can carry, which is what the service takes for an account id. */
const ACCOUNT_ID = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/

function callOf(request: ServiceRequest, bearerToken: string): Call {
  const { method, path, accountId, json, isRepeatable = method === 'GET' } = request
  if (accountId !== undefined && !ACCOUNT_ID.test(accountId)) {
    throw new RequestRefused('Give an accountId of 1 to 128 printable ASCII characters.', {
      code: 'request_invalid',
    })
  }
  const headers = {
    authorization: `Bearer ${bearerToken}`,
    ...(accountId === undefined ? {} : { 'x-account': accountId }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  return { method, path, headers, ...body, isRepeatable }
}

function isRefusedBearer(error: unknown): boolean {
  return error instanceof ClientRejected && error.code === 'bearer_token_invalid'
}
