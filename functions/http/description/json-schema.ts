import { type ConversionConfig, toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema'
import type * as v from 'valibot'

export type JsonSchema = Readonly<Record<string, unknown>>

const SETTINGS = {
  target: 'draft-2020-12',
  // They change nothing that whoever sends it could know.
  ignoreActions: ['readonly', 'to_lower_case'],
  overrideRef: ({ referenceId }) => refTo(referenceId),
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === 'regex' && typeof jsonSchema.pattern === 'string'
      ? { ...jsonSchema, pattern: portable(jsonSchema.pattern) }
      : undefined,
} as const satisfies ConversionConfig

/** Where a schema stands in the description. */
export function refTo(name: string): string {
  return `#/components/schemas/${name}`
}

/** JSON Schemas of bodies, each by its name, with references among them. */
export function bodySchemas(
  schemas: Readonly<Record<string, v.GenericSchema>>,
): Readonly<Record<string, JsonSchema>> {
  // What is sent, before it is made into what the functions take.
  const converted = toJsonSchemaDefs(schemas, { ...SETTINGS, typeMode: 'input' })
  return Object.fromEntries(
    Object.entries(converted).map(([name, schema]) => [name, { ...schema }]),
  )
}

/** The JSON Schema of a parameter: what its text stands for. */
export function parameterSchema(schema: v.GenericSchema): JsonSchema {
  const { $schema: _, ...converted } = toJsonSchema(schema, { ...SETTINGS, typeMode: 'output' })
  const { default: text } = converted
  const isOfText = converted.type === 'string' || typeof text !== 'string'
  return isOfText ? converted : { ...converted, default: JSON.parse(text) }
}

/** A pattern that means the same elsewhere: other languages take `\d` for the digits of every script. */
export function portable(pattern: string): string {
  return pattern.replaceAll('\\d', '[0-9]').replaceAll('[[0-9]', '[0-9')
}
