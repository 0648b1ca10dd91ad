/** Who can mend it. */
export type Who = 'user' | 'administrator' | 'application_owner' | 'nobody'

/** Why a connection or a sign-in is as it is, in words for a person. */
export interface Reason {
  /** `AADSTS65001`, an OAuth `error`, a Dataverse code such as `0x80072560`, or a name of ours. */
  readonly code: string
  readonly who: Who
  readonly message: string
  readonly at: Date
}
