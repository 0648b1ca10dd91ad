import { Ajv2020 } from 'ajv/dist/2020.js'
import schema from '../../functions/events/schema/state-event.v1.json' with { type: 'json' }

/** An event as a target of a rule receives it, as far as the publisher decides on it. */
export interface ReceivedEvent {
  readonly source: string
  readonly 'detail-type': string
  readonly detail: Readonly<Record<string, unknown>>
}

const isTime = (text: string) => new Date(text).toISOString() === text

const ajv = new Ajv2020({ allErrors: true, strict: true, formats: { 'date-time': isTime } })
const isAsPublished = ajv.compile(schema)
const isAsDeclared = ajv.compile(closed())

/** What is wrong with an event: the schema's word on it, and every member that it does not declare. */
export function problemsOf(event: unknown): readonly string[] {
  return [isAsPublished, isAsDeclared].flatMap((isValid) =>
    isValid(event) ? [] : (isValid.errors ?? []).map((error) => ajv.errorsText([error])),
  )
}

/** Receivers ignore what they do not know; what is sent holds nothing that is not declared. */
function closed(): typeof schema {
  const copy = structuredClone(schema)
  for (const { properties } of copy.oneOf) {
    Object.assign(properties.detail, { unevaluatedProperties: false })
  }
  Object.assign(copy.$defs.reason, { additionalProperties: false })
  return Object.assign(copy, { $id: `${schema.$id}:closed`, unevaluatedProperties: false })
}
