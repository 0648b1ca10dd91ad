import type { Connection } from '../domain/connection.ts'
import type { ImportOutcome } from '../domain/import-outcome.ts'
import type { Reason } from '../domain/reason.ts'
import { ServiceError } from '../domain/service-error.ts'
import { messageOf } from '../http/guidance-text.ts'
import { noSuchConnector } from '../http/own-connection.ts'
import { retryLater } from '../http/retry-later.ts'
import type { ApiDependencies } from './dependencies.ts'

/**
 * Makes a refresh token that was obtained elsewhere the connection's grant.
 * @throws ServiceError that says why it was not imported; the connection is as it was then.
 */
export async function importTokens(
  deps: Pick<ApiDependencies, 'importTokens' | 'now'>,
  { id }: Connection,
  refreshToken: string,
): Promise<void> {
  const problem = problemOf(await deps.importTokens(id, refreshToken), deps.now())
  if (problem) throw problem
}

function problemOf(result: ImportOutcome, now: Date): ServiceError | undefined {
  switch (result.outcome) {
    case 'imported':
      return undefined
    case 'refused':
      return importRefused(result.reason)
    case 'transient': {
      const { code, retryAt } = result
      const message = `the refresh token could not be tried (${code}); the connection stays as it is`
      return retryLater(message, { code: 'temporarily_unavailable', retryAt }, now)
    }
    case 'app_credential_rejected': {
      const { code, retryAt } = result
      const message = `Microsoft does not accept the application's own credential (${code}); renew its client secret`
      return retryLater(message, { code: 'app_credential_rejected', retryAt }, now)
    }
    case 'no_environment':
      return new ServiceError('set the property Resource first, then send AuthValue', {
        code: 'request_invalid',
      })
    case 'unknown':
      return noSuchConnector()
  }
}

function importRefused(reason: Reason): ServiceError {
  const { code, who } = reason
  return new ServiceError(
    `the refresh token was not imported (${code}, ${who}): ${messageOf(reason)}`,
    { code: 'import_refused', reason },
  )
}
