import type { SITUATIONS } from './situations.ts'

/** Everybody who may be able to mend something. */
export const EVERY_WHO = ['user', 'administrator', 'application_owner', 'nobody'] as const

/** Who can mend it. */
export type Who = (typeof EVERY_WHO)[number]

/** What keeps somebody from being connected, by name; its words are another layer's, in ten languages. */
export type Situation = keyof typeof SITUATIONS

/** Why a connection or a sign-in is as it is. */
export interface Reason {
  /** `AADSTS65001`, an OAuth `error`, a Dataverse code such as `0x80072560`, or a name of ours. */
  readonly code: string
  readonly who: Who
  readonly situation: Situation
  readonly at: Date
}
