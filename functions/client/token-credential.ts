import type { TokenOptions } from './access-tokens.ts'
import { RequestRefused } from './errors.ts'
import type { AccessToken } from './held-tokens.ts'

/** What ends the waiting of one caller: an `AbortSignal`, or the Azure SDK's own likeness of it. */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What the Azure SDK says when it asks for a token. */
export interface GetTokenOptions {
  readonly abortSignal?: AbortSignalLike
  /** A challenge of Microsoft's against the token before: that one is not good any more. */
  readonly claims?: string
}

/** A token as the Azure SDK takes it. */
export interface IssuedToken {
  readonly token: string
  /** Milliseconds since 1970, by this machine's clock. */
  readonly expiresOnTimestamp: number
  readonly tokenType: 'Bearer'
}

/**
 * A `TokenCredential` of `@azure/core-auth`, for one connection.
 * @see https://learn.microsoft.com/javascript/api/@azure/core-auth/tokencredential
 */
export interface ConnectionCredential {
  /**
   * @param scopes `{environment}/.default`, or none
   * @throws DynamicsConnectError; RequestRefused `scope_refused` when they are for anything else
   */
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<IssuedToken>
}

export function connectionCredential(
  token: (options: Pick<TokenOptions, 'forceRefresh'>) => Promise<AccessToken>,
): ConnectionCredential {
  return {
    getToken: async (scopes, { abortSignal, claims } = {}) => {
      if (abortSignal?.aborted) throw abortError()
      const got = await unlessAborted(token({ forceRefresh: claims !== undefined }), abortSignal)
      for (const scope of [scopes].flat()) refuseOther(scope, got.resource)
      const { accessToken, expiresAt } = got
      return { token: accessToken, expiresOnTimestamp: expiresAt.getTime(), tokenType: 'Bearer' }
    },
  }
}

/** Whoever asks for another scope would send the token to somebody whom it is not for. */
function refuseOther(scope: string, resource: string): void {
  if (URL.canParse(scope) && new URL(scope).origin === resource) return
  throw new RequestRefused(
    `The tokens of this connection are for ${resource} alone. Ask with the scope ${resource}/.default.`,
    { code: 'scope_refused' },
  )
}

/** Others may wait for the same token, so that the request itself goes on. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignalLike | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError())
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** By its name, as the Azure SDK looks for it. */
function abortError(): Error {
  const error = new Error('The operation was aborted.')
  error.name = 'AbortError'
  return error
}
