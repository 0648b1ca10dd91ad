import type { Reason, Who } from './errors.ts'
import { type JsonObject, oneOf, text, time } from './json.ts'

const WHO: readonly Who[] = ['user', 'administrator', 'application_owner', 'nobody']

/** A reason as the service writes it. */
export function reasonOf(json: JsonObject | undefined): Reason | undefined {
  if (json === undefined) return undefined
  return {
    code: text(json, 'Code'),
    who: oneOf(json, 'Who', WHO),
    message: text(json, 'Message'),
    at: time(json, 'At'),
  }
}
