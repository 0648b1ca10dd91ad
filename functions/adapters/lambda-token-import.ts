import type { ImportOutcome, ImportTokens } from '../domain/import-outcome.ts'
import { invokeRefresh } from './invoke-refresh.ts'
import { outcomeParser } from './outcome-json.ts'

const WORDS = 'the refresh token could not be tried just now; try again in a moment'

const parseImportOutcome = outcomeParser<ImportOutcome>(
  ['imported', 'refused', 'transient', 'app_credential_rejected', 'no_environment', 'unknown'],
  WORDS,
)

/** Has the `refresh` function import them, by a Lambda invocation. */
export function lambdaTokenImport({
  functionName,
}: {
  readonly functionName: string
}): ImportTokens {
  const invoke = invokeRefresh({ functionName, words: WORDS })
  return async (connectionId, refreshToken) => {
    const event = { import: { connectionId, refreshToken } }
    return parseImportOutcome(await invoke(event, 'RequestResponse'))
  }
}
