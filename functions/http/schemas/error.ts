import * as v from 'valibot'
import type { STATUS_OF } from '../error-response.ts'
import { told } from './answers.ts'
import { REASON } from './reason.ts'

/** The code of every error that is told as it is; of all others callers only learn that the service failed. */
export type ErrorCode = ToldCode | 'internal_error'

type Statuses = typeof STATUS_OF

/** The codes of the errors that are no fault of the service itself. */
export type ToldCode = {
  [Code in keyof Statuses]: Statuses[Code] extends 500 ? never : Code
}[keyof Statuses]

/** The one form of every error, with the codes that it may have. */
export function errorAnswer<const Code extends ErrorCode>(codes: readonly Code[]) {
  return v.object({
    Message: told('What is wrong and what to do, in a sentence.'),
    Code: v.pipe(v.picklist(codes), v.description('What to rely on: it never changes.')),
    RequestId: told('The id under which it is logged; tell it to the operator.'),
    Reason: v.optional(REASON),
  })
}

export type ErrorAnswer = v.InferOutput<ReturnType<typeof errorAnswer<ErrorCode>>>
