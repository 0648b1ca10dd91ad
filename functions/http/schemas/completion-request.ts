import { BODY, object, requiredText } from './members.ts'

/** Which waiting sign-in is to be connected. */
export const COMPLETION_REQUEST = object({ CompletionId: requiredText('CompletionId') }, BODY)
