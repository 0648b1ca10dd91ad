import * as v from 'valibot'
import {
  LONGEST_SIGN_IN_TOKEN_LIFETIME_MS,
  SIGN_IN_TOKEN_LIFETIME_MS,
} from '../../domain/sign-in-token.ts'
import { BODY, flag, object, requiredText, text, wholeNumber } from './members.ts'

const MINUTE_MS = 60 * 1000

/** What a sign-in token is to be good for. */
export const SIGN_IN_TOKEN_REQUEST = object(
  {
    Username: requiredText('Username'),
    LifetimeMinutes: v.nullish(
      wholeNumber('LifetimeMinutes', {
        from: 1,
        to: LONGEST_SIGN_IN_TOKEN_LIFETIME_MS / MINUTE_MS,
      }),
      SIGN_IN_TOKEN_LIFETIME_MS / MINUTE_MS,
    ),
    TenantId: v.nullish(guid('TenantId')),
    UserObjectId: v.nullish(guid('UserObjectId')),
    AllowUserChange: flag('AllowUserChange'),
    ConfirmationRequired: flag('ConfirmationRequired'),
  },
  BODY,
)

/** An id of Microsoft's, in any letter case. */
function guid(name: string) {
  const message = `send ${name} as Microsoft shows it, such as 5c1e4f6b-7a40-4b0c-9d52-0f6c2b8e1a31`
  return v.pipe(
    text(name),
    v.regex(/^[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/, message),
    v.toLowerCase(),
  )
}
