import { describe, expect, test } from 'vitest'
import { openApiDocument } from '../../../../functions/http/description/openapi.ts'
import { STATUS_OF } from '../../../../functions/http/error-response.ts'
import { LINK_ROUTE, ROUTES, SIGN_IN_PATH } from '../../../../functions/http/routes.ts'
import {
  type ApiDescription,
  type DescribedOperation,
  type Media,
  problemsOfDocument,
  schemasOf,
} from '../../../support/api-description.ts'

const description: ApiDescription = JSON.parse(
  JSON.stringify(openApiDocument({ version: '1.2.3' })),
)
const { problemsOf, problemsOfClosed } = schemasOf(description)

const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path}`,
    operation,
  })),
)

const named = (id: string) => operations.find(({ operation }) => operation.operationId === id)

/** Every schema with an example of it, and where it is. */
const examples = operations.flatMap(({ route, operation }) => [
  ...examplesOf(`the body of ${route}`, operation.requestBody?.content),
  ...Object.entries(operation.responses).flatMap(([status, { content }]) =>
    examplesOf(`${status} of ${route}`, content),
  ),
])

function examplesOf(where: string, content: Readonly<Record<string, Media>> = {}) {
  return Object.values(content).flatMap(({ schema, example, examples = {} }) =>
    [example, ...Object.values(examples).map(({ value }) => value)]
      .filter((value) => value !== undefined)
      .map((value) => ({ where, schema: schema ?? {}, value })),
  )
}

function codesOf({ responses }: DescribedOperation): readonly string[] {
  return [...JSON.stringify(responses).matchAll(/"Code":\{"enum":\[([^\]]*)\]/g)].flatMap(
    ([, codes = '']) => codes.split(',').map((code) => code.replaceAll('"', '')),
  )
}

describe('the description', () => {
  test('is OpenAPI 3.1, of the version that it is made for', () => {
    expect(problemsOfDocument(description)).toEqual([])
    expect(description).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
  })

  test('is found to be wrong where it is', () => {
    expect(problemsOfDocument({ ...description, paths: { oauth: {} } })).not.toEqual([])
    expect(problemsOfDocument({ ...description, info: {} })).not.toEqual([])
  })

  test('has every route but those of the console, and nothing else', () => {
    const { console: _, ...others } = ROUTES
    const routes: readonly string[] = Object.values(others).flat()
    const wanted = routes
      .filter((route) => route !== '$default')
      .map((route) => (route === LINK_ROUTE ? `GET ${SIGN_IN_PATH}` : route))
    const described = operations.map(({ route }) => route)
    expect(described.toSorted()).toEqual([...wanted, 'GET /console'].toSorted())
  })

  test('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each(examples)('has an example that is one: $where', ({ schema, value }) => {
    expect(problemsOf(schema, value)).toEqual([])
    expect(problemsOfClosed(schema, value)).toEqual([])
  })

  test('links what is there, by parameters that it takes', () => {
    const links = operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ links = {} }) => Object.values(links)),
    )
    expect(links.length).toBeGreaterThan(5)
    for (const { operationId, parameters, requestBody } of links) {
      const { route, operation } = named(operationId) ?? {}
      const names = (operation?.parameters ?? []).map(({ name }) => name)
      const taken = Object.keys(parameters).filter((name) => name !== 'X-Cyclr-Account')
      expect(names, route).toEqual(expect.arrayContaining(taken))
      const [media] = Object.values(operation?.requestBody?.content ?? {})
      if (requestBody !== undefined)
        expect(problemsOf(media?.schema ?? {}, requestBody)).toEqual([])
    }
  })

  test('tells each code under its own status', () => {
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        for (const code of codesOf({ ...operation, responses: { [status]: response } })) {
          const known: Readonly<Record<string, number>> = { ...STATUS_OF, internal_error: 500 }
          expect(known[code], code).toBe(Number(status))
        }
      }
    }
  })

  test('tells every code but those that only the console, a wrong method or a rotation has', () => {
    const told = new Set(operations.flatMap(({ operation }) => codesOf(operation)))
    const known = Object.entries(STATUS_OF).filter(([, status]) => status !== 500)
    const untold = known.map(([code]) => code).filter((code) => !told.has(code))
    expect(untold.toSorted()).toEqual([
      'form_refused',
      'keyring_changed',
      'method_not_allowed',
      'secret_changed',
    ])
  })

  test('wants a bearer token where the service does', () => {
    const open = operations
      .filter(({ operation }) => operation.security.length === 0)
      .map(({ route }) => route)
    expect(open.filter((route) => route.includes('/v1.0/'))).toEqual([])
    const guarded = operations.filter(({ route }) => route.includes('/v1.0/'))
    for (const { operation } of guarded) {
      expect(operation.security).toEqual([{ client: [] }, { bearer: [] }])
      expect(operation.responses).toHaveProperty('401')
    }
  })

  test('asks what is in JSON to say when to come back', () => {
    for (const { operation } of operations) {
      const { content = {}, headers = {} } = operation.responses[503] ?? {}
      if ('application/json' in content) expect(headers).toHaveProperty('Retry-After')
    }
    expect(named('getAccessToken')?.operation.responses).toHaveProperty('503')
  })

  test('has patterns that mean the same in other languages', () => {
    const patterns = [...JSON.stringify(description).matchAll(/"pattern":"([^"]*)"/g)]
    expect(patterns.length).toBeGreaterThan(3)
    for (const [, pattern] of patterns) expect(pattern).not.toMatch(/\\\\[dw]|\(\?[<!=]/)
  })
})
