import * as v from 'valibot'
import { ACCOUNT_ID } from '../../domain/account-id.ts'

const ONE_ACCOUNT = ACCOUNT_ID.source.replace(/^\^|\$$/g, '')

/** The form of `POST /oauth/token`; the client's id and secret may come by Basic instead. */
export const BEARER_TOKEN_REQUEST = v.object({
  grant_type: v.literal('client_credentials', 'send grant_type=client_credentials'),
  client_id: v.optional(v.string()),
  client_secret: v.optional(v.string()),
  scope: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        new RegExp(`^(?:account:${ONE_ACCOUNT})?$`),
        'send the scope as account:{id}, or none',
      ),
    ),
  ),
})
