import * as v from 'valibot'

/*
 * What the pages' own forms send, and what is in a link. No function reads them by these: whatever a browser
 * sends is answered with a page.
 */

const ANYTHING = v.optional(v.string())

/** The query of a sign-in link. */
export const LINK = v.object({
  id: v.string(),
  token: v.string(),
  targetOrigin: v.string(),
  callbackMessage: ANYTHING,
  responseMode: ANYTHING,
  lang: ANYTHING,
})

/** Microsoft's answer to a sign-in, or to an administrator's consent. */
export const CALLBACK = v.object({
  state: ANYTHING,
  code: ANYTHING,
  iss: ANYTHING,
  error: ANYTHING,
  error_description: ANYTHING,
  admin_consent: ANYTHING,
  tenant: ANYTHING,
})

export const SIGN_IN_FORM = v.object({
  id: ANYTHING,
  token: ANYTHING,
  targetOrigin: ANYTHING,
  callbackMessage: ANYTHING,
  responseMode: ANYTHING,
  lang: ANYTHING,
  step: ANYTHING,
  address: ANYTHING,
  sure: ANYTHING,
  cloud: ANYTHING,
})

export const AGAIN_FORM = v.object({ request: ANYTHING, account: ANYTHING })

export const CHOICE_FORM = v.object({ request: ANYTHING, environment: ANYTHING })
