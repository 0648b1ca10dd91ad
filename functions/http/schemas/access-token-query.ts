import * as v from 'valibot'
import { flagParameter, numberParameter } from './members.ts'

/**
 * For how many seconds a token has to be good, and unless the caller says. Microsoft's live for an hour at
 * least; asking for all of it would renew at every call.
 */
export const MIN_VALIDITY = { from: 0, to: 50 * 60, otherwise: 300 } as const

/** What the access token has to be good for. */
export const ACCESS_TOKEN_QUERY = v.object({
  minValidity: v.optional(
    numberParameter('minValidity', MIN_VALIDITY),
    String(MIN_VALIDITY.otherwise),
  ),
  forceRefresh: v.optional(flagParameter('forceRefresh'), 'false'),
})
