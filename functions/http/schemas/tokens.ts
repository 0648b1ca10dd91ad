import * as v from 'valibot'
import { counted, time, told } from './answers.ts'

/** The answer of `POST /oauth/token` (RFC 6749 §5.1). */
export const BEARER_TOKEN = v.object({
  token_type: v.literal('bearer'),
  access_token: told('The bearer token of your backend, for this API alone.'),
  expires_in: counted('How long it is good for, in seconds.'),
  clientId: told('The API client that it is for.'),
})

/** What goes into a sign-in link. */
export const SIGN_IN_TOKEN = v.object({
  Token: told('The one-time token, shown this once.'),
  ExpiresAtUtc: time('Until when the link can be used.'),
})

/** A token for the environment. */
export const ACCESS_TOKEN = v.object({
  AccessToken: told('The token to send to the environment as a bearer token.'),
  TokenType: v.literal('Bearer'),
  ExpiresAtUtc: time('Until when it is good.'),
  Resource: told('The address of the environment, where the token is taken.'),
})

/** The tokens were renewed. */
export const REFRESHED = v.object({
  Outcome: v.literal('refreshed'),
  ExpiresAtUtc: time('Until when the new access token is good.'),
})

/** Nothing was done here: `not_due` when nothing is to be done, `in_progress` when another one is at it. */
export const NOT_REFRESHED = v.object({ Outcome: v.picklist(['not_due', 'in_progress']) })

export type BearerToken = v.InferOutput<typeof BEARER_TOKEN>
export type WireSignInToken = v.InferOutput<typeof SIGN_IN_TOKEN>
export type WireAccessToken = v.InferOutput<typeof ACCESS_TOKEN>
export type Refreshed = v.InferOutput<typeof REFRESHED>
export type NotRefreshed = v.InferOutput<typeof NOT_REFRESHED>
