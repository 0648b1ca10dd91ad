import type { RefreshOutcome } from '../domain/refresh-outcome.ts'
import { outcomeParser } from './outcome-json.ts'

/**
 * Reads what the `refresh` function answered to an invocation that asked for a refresh.
 * @throws ServiceError `refresh_unavailable` when it is none of its outcomes.
 */
export const parseRefreshOutcome = outcomeParser<RefreshOutcome>(
  [
    'refreshed',
    'not_due',
    'in_progress',
    'transient',
    'blocked',
    'app_credential_rejected',
    'reauthorization_required',
    'gone',
  ],
  'the token could not be renewed just now; try again in a moment',
)
