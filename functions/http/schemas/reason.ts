import * as v from 'valibot'
import { EVERY_WHO } from '../../domain/reason.ts'
import { time, told } from './answers.ts'

/** Who must act, and why. */
export const REASON = v.object({
  Code: told('`AADSTS65001`, an OAuth error, a code of Dataverse, or a name of this service.'),
  Who: v.pipe(
    v.picklist(EVERY_WHO),
    v.description(
      'Who can mend it: the `user` by signing in again, an `administrator` of their organization, the `application_owner` (you), or `nobody` (it passes).',
    ),
  ),
  Message: told('What happened and what to do, in a sentence.'),
  At: time('Since when.'),
})

export type WireReason = v.InferOutput<typeof REASON>
