import { ACCOUNT } from '../schemas/account.ts'
import { ANSWERS, MEMBERS, REQUESTS, type RequestName } from './components.ts'
import { errorAnswers, errorSchemas } from './errors.ts'
import { bodySchemas, type JsonSchema, parameterSchema, refTo } from './json-schema.ts'
import { type Answer, type Content, type Operation, type Parameter, TAGS } from './operation.ts'
import { OPERATIONS } from './operations.ts'
import { PATH_VARIABLES } from './path-variables.ts'

/** A document of OpenAPI. */
export type OpenApiDocument = Readonly<Record<string, unknown>>

const INTRODUCTION = `Your customers connect their Microsoft Dynamics 365 environment to your product with one click. Your backend then asks this service for an access token and always gets a valid one.

1. \`POST /oauth/token\` gives your backend a bearer token, good for an hour.
2. \`POST /v1.0/connectors/{connector}/install\` makes an account connector for one of your customers, an *account*, whose id is yours to choose.
3. \`POST /v1.0/accounts/{accountId}/signintoken\` makes a one-time token; with it, send the customer's browser to \`/connectorauth/updateaccountconnectoroauth\`.
4. \`GET /v1.0/account/connectors/{id}/token\` hands out a valid access token, whenever you ask.

Every error has a \`Code\` that never changes and a \`Message\` that says what to do. 503 comes with \`Retry-After\`. In front of the service API Gateway answers 429 and some 5xx by itself, with \`{"message": "…"}\`: ask again in a moment. Members that are not described here are ignored, and answers may get new ones.`

/** The whole HTTP surface, as OpenAPI 3.1. */
export function openApiDocument({ version }: { readonly version: string }): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'dynamics-connect',
      version,
      summary: 'A valid access token for each customer’s Dynamics 365 environment',
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this description came from.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: {
      schemas: { ...bodySchemas(ANSWERS), ...requestSchemas(), ...errorSchemas() },
      parameters: ACCOUNT_HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

const SECURITY_SCHEMES = {
  client: {
    type: 'oauth2',
    description: 'An API client: the console’s page Access makes them.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A bearer token that you have from `POST /oauth/token`.',
  },
  basic: { type: 'http', scheme: 'basic', description: 'The API client’s id and secret.' },
} as const

const ACCOUNT_HEADERS = {
  Account: {
    name: 'X-Cyclr-Account',
    in: 'header',
    description: 'The account. May be left out where the bearer token is for one account.',
    schema: parameterSchema(ACCOUNT),
    example: 'acme',
  },
  AccountAlias: {
    name: 'X-Account',
    in: 'header',
    description: 'The same under another name; `X-Cyclr-Account` goes first.',
    schema: parameterSchema(ACCOUNT),
    example: 'acme',
  },
} as const

function paths(): Readonly<Record<string, Readonly<Record<string, object>>>> {
  const all: Record<string, Record<string, object>> = {}
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = route.split(' ')
    all[path] = { ...all[path], [method.toLowerCase()]: operationObject(path, operation) }
  }
  return all
}

function operationObject(path: string, operation: Operation) {
  const { id, tag, summary, description, answers, pages = {} } = operation
  const parameters = parametersOf(path, operation)
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: securityOf(path, operation),
    ...(parameters.length > 0 && { parameters }),
    ...(operation.body && { requestBody: requestBodyOf(operation.body) }),
    responses: {
      ...mapValues(answers, responseOf),
      ...(operation.tag === 'Browser' ? {} : errorAnswers(operation)),
      ...mapValues(pages, (text) =>
        responseOf({ description: text, content: { text: 'text/html' } }),
      ),
    },
  }
}

function securityOf(path: string, { callers }: Operation): readonly object[] {
  if (path === '/oauth/token') return [{ basic: [] }, {}]
  return callers === 'anybody' ? [] : [{ client: [] }, { bearer: [] }]
}

function parametersOf(path: string, { query = {}, callers }: Operation): readonly object[] {
  const variables = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  return [
    ...variables.map((name) => parameterObject(name, 'path', variableNamed(name))),
    ...(callers.startsWith('account') ? Object.keys(ACCOUNT_HEADERS).map(headerRef) : []),
    ...Object.entries(query).map(([name, one]) => parameterObject(name, 'query', one)),
  ]
}

function variableNamed(name: string): Parameter {
  const known = Object.entries(PATH_VARIABLES).find(([key]) => key === name)
  if (known === undefined) throw new Error(`describe the path variable ${name}`)
  return { ...known[1], isRequired: true }
}

function headerRef(name: string) {
  return { $ref: `#/components/parameters/${name}` }
}

function parameterObject(name: string, place: 'path' | 'query', parameter: Parameter) {
  const { schema, description, isRequired, example } = parameter
  return {
    name,
    in: place,
    description,
    ...(isRequired && { required: true }),
    // As good as absent: see `parsedQuery`.
    ...(place === 'query' && !isRequired && { allowEmptyValue: true }),
    schema: parameterSchema(schema),
    ...(example !== undefined && { example }),
  }
}

function requestBodyOf({ schema, type, isOptional, examples }: NonNullable<Operation['body']>) {
  const content = { [type]: { schema: { $ref: refTo(schema) }, examples } }
  return { required: !isOptional, content }
}

function responseOf({ description, content, headers = {}, links = {} }: Answer): object {
  return {
    description,
    ...(Object.keys(headers).length > 0 && { headers: mapValues(headers, headerOf) }),
    ...(content !== 'nothing' && { content: contentOf(content) }),
    ...(Object.keys(links).length > 0 && { links }),
  }
}

function headerOf(description: string) {
  return { description, schema: { type: 'string' } }
}

function contentOf(content: Exclude<Content, 'nothing'>) {
  if ('text' in content) return { [content.text]: {} }
  const { example } = content
  return { 'application/json': { schema: schemaOf(content), example } }
}

function schemaOf(content: Exclude<Content, 'nothing' | { text: string }>) {
  if ('either' in content) {
    const one = { $ref: refTo(content.either) }
    return { anyOf: [one, { type: 'array', items: one }] }
  }
  const one = { $ref: refTo(content.json) }
  return content.isList ? { type: 'array', items: one } : one
}

/** The bodies of requests, with the words for their members. */
function requestSchemas(): Readonly<Record<string, JsonSchema>> {
  const schemas = bodySchemas(REQUESTS)
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const words: Readonly<Record<string, object>> = MEMBERS[name as RequestName]
      const properties = schema.properties as Readonly<Record<string, object>>
      const worded = mapValues(properties, (member, key) => ({ ...member, ...words[key] }))
      return [name, { ...schema, properties: worded }]
    }),
  )
}

function mapValues<In, Out>(
  record: Readonly<Record<string | number, In>>,
  map: (value: In, key: string) => Out,
): Readonly<Record<string, Out>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}
