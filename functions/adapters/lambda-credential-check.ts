import type { CheckStoredCredential, StoredCredentialVerdict } from '../domain/credential-check.ts'
import { ServiceError } from '../domain/service-error.ts'
import { invokeRefresh } from './invoke-refresh.ts'
import { jsonObjectOf } from './json-object.ts'

const VERDICTS: ReadonlySet<string> = new Set<StoredCredentialVerdict['verdict']>([
  'accepted',
  'not_refused',
  'rejected',
  'unknown_app',
  'wrong_tenant',
  'no_answer',
  'unreadable',
])

const WORDS = 'the credential could not be checked just now; try again in a moment'

/** Has the `refresh` function check it, by a Lambda invocation. */
export function lambdaCredentialCheck({
  functionName,
}: {
  readonly functionName: string
}): CheckStoredCredential {
  const invoke = invokeRefresh({ functionName, words: WORDS })
  return async (tenant) => {
    const event = { check: 'app-credential', ...(tenant !== undefined && { tenant }) }
    return verdictIn(await invoke(event, 'RequestResponse'))
  }
}

/** Both sides are deployed together. */
function verdictIn(payload: string): StoredCredentialVerdict {
  const value = jsonObjectOf(payload)
  if (value === undefined || !VERDICTS.has(String(value.verdict))) {
    throw new ServiceError(WORDS, { code: 'refresh_unavailable' })
  }
  return JSON.parse(payload) as StoredCredentialVerdict
}
