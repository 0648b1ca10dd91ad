import type { Who } from '../client/errors.ts'

/** Who has to act, in words. */
export const WHO_ACTS = {
  user: 'the user',
  administrator: "the customer's administrator",
  application_owner: 'you, the owner of the app',
  nobody: 'nobody, it passes',
} as const satisfies Record<Who, string>
