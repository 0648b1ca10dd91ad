/** What the partner asked for when it made a sign-in token. */
export interface SignInTerms {
  /** The organization that the person has to sign in with, where the partner knows it. */
  readonly expectedTenantId: string | undefined
  /** The person, by object id, where the partner knows who it has to be. */
  readonly expectedObjectId: string | undefined
  /** Whether a reconnect may be by another person than the one who connected before. */
  readonly allowsUserChange: boolean
  /** Whether the partner's backend has to complete the sign-in, from its own user's session. */
  readonly needsConfirmation: boolean
}

/** A link that anybody who may open it may use. */
export const NO_TERMS: SignInTerms = {
  expectedTenantId: undefined,
  expectedObjectId: undefined,
  allowsUserChange: false,
  needsConfirmation: false,
}
