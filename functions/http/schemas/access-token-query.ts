import * as v from 'valibot'
import { flagParameter, numberParameter } from './members.ts'

/** What a token is good for at least, unless the caller asks otherwise. */
export const DEFAULT_MIN_VALIDITY_SECONDS = 300

/** Microsoft's tokens live for an hour at least; asking for all of it would renew at every call. */
export const MIN_VALIDITY_SECONDS = { from: 0, to: 50 * 60 }

/** What the access token has to be good for. */
export const ACCESS_TOKEN_QUERY = v.object({
  minValidity: v.optional(
    numberParameter('minValidity', MIN_VALIDITY_SECONDS),
    String(DEFAULT_MIN_VALIDITY_SECONDS),
  ),
  forceRefresh: v.optional(flagParameter('forceRefresh'), 'false'),
})
