import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApiDocument } from '../functions/http/description/openapi.ts'

/** The reference for whoever reads the repository: what `/docs` shows of a deployment. */
export const API_REFERENCE = join(import.meta.dirname, '..', 'functions', 'api', 'README.md')

/** What is read of a JSON Schema here. */
interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly default?: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly description: string
  readonly schema: Schema
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>

interface Operation {
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >
}

/** What is read of the description. */
interface Description {
  readonly info: { readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const HEAD = `# The API

<!-- written by infra/api-reference.ts: "node infra/api-reference.ts" writes it anew -->

Made from the description that each deployment serves at \`/openapi.json\` (OpenAPI 3.1) and shows, to be tried, at \`/docs\`; that one is made from
the schemas that read the requests. Calls about one account carry the header \`X-Cyclr-Account\`, or \`X-Account\`, unless the bearer token is for
that account alone. Beside the errors that are named here any call may be answered 500 \`internal_error\` and, of those with a bearer token, 401.
`

/** The whole reference, as a page. */
export function apiReference(): string {
  const document = openApiDocument({ version: '' })
  const description: Description = JSON.parse(JSON.stringify(document))
  const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
  const parts = description.tags.map(({ name, description: words }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    return [`## ${name}`, words, ...own.map(({ route, operation }) => part(route, operation))]
  })
  const shapes = Object.entries(description.components.schemas).map(shape)
  const all = [HEAD, description.info.description, ...parts.flat(), '## Shapes', ...shapes]
  return `${all.map((text) => text.trim()).join('\n\n')}\n`
}

function part(route: string, operation: Operation): string {
  const { summary, description, parameters = [], requestBody, responses } = operation
  const named = parameters.flatMap((one) => ('name' in one ? [one] : []))
  const rows = named.map(({ name, in: place, description: words, schema }) => [
    `\`${name}\``,
    place === 'query' ? 'query' : 'path',
    `${typeOf(schema)}${defaultOf(schema)}`,
    words,
  ])
  return [
    `### ${summary}`,
    `\`${route}\``,
    description,
    table(['Parameter', 'In', 'Type', 'What it is'], rows),
    requestBody && `**Body:** ${contentOf(requestBody.content)}`,
    table(['Status', 'What it means', 'Body'], Object.entries(responses).flatMap(answer)),
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** Errors that every call may be answered with are told once, at the top. */
const TOLD_ONCE = ['`internal_error`', '`bearer_token_']

function answer([status, { description, content }]: [
  string,
  Operation['responses'][string],
]): (readonly string[])[] {
  if (TOLD_ONCE.some((code) => description.startsWith(code))) return []
  const isError = Number(status) >= 400
  const words = description.replaceAll('\n\n', '<br>')
  return [[status, words, isError ? '' : contentOf(content ?? {})]]
}

function contentOf(content: Content): string {
  return Object.entries(content)
    .map(([type, { schema }]) => {
      const isJson = type === 'application/json'
      const form = isJson ? '' : ` (\`${type}\`)`
      return schema ? `${typeOf(schema)}${form}` : `\`${type}\``
    })
    .join(', ')
}

function shape([name, { properties = {}, required = [] }]: [string, Schema]): string {
  const rows = Object.entries(properties).map(([member, schema]) => [
    `\`${member}\``,
    `${typeOf(schema)}${defaultOf(schema)}`,
    required.includes(member) ? 'yes' : '',
    schema.description ?? '',
  ])
  return `### ${name}\n\n${table(['Member', 'Type', 'Always', 'What it is'], rows)}`
}

/** A schema in a few words. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref)
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.items) {
    const ofWhat = typeOf(schema.items)
    return ofWhat === '' ? 'list' : `list of ${ofWhat}`
  }
  if (schema.type === 'object' && schema.properties) {
    return `object of ${Object.keys(schema.properties)
      .map((member) => `\`${member}\``)
      .join(', ')}`
  }
  return schema.format ?? schema.type ?? ''
}

function defaultOf({ default: value }: Schema): string {
  return value === undefined || value === '' ? '' : `, \`${value}\` unless given`
}

function linkTo(reference: string): string {
  const name = reference.split('/').at(-1) ?? ''
  return `[${name}](#${name.toLowerCase()})`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

if (import.meta.main) await writeFile(API_REFERENCE, apiReference())
