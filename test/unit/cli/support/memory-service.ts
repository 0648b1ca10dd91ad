import type { Fetch, FetchRequest } from '../../../../functions/client/fetch.ts'
import type { Connection } from '../../../../functions/domain/connection.ts'
import { ServiceError } from '../../../../functions/domain/service-error.ts'
import { accountConnector, utc } from '../../../../functions/http/account-connector.ts'
import { errorResponse } from '../../../../functions/http/error-response.ts'
import { aConnection, aResource, aUser } from '../../../support/builders.ts'

export const SERVICE_URL = 'https://connect.example.com'
export const CLIENT_ID = 'backend'
export const CLIENT_SECRET = 'the-secret-of-the-client'
export const ACCESS_TOKEN = 'the-access-token'

/** One request, as in `GET /v1.0/account/connectors/7`. */
export interface Asked {
  readonly what: string
  readonly accountId: string
  readonly json: Readonly<Record<string, unknown>>
}

/** What a test has the service do instead: answer otherwise, or not at all; `undefined` lets it be. */
export type Fault = (asked: Asked) => Response | Promise<Response | undefined> | undefined

/** A service at the wire that keeps connections in memory. */
export interface MemoryService {
  readonly fetch: Fetch
  /** All requests but those for bearer tokens. */
  readonly asked: readonly Asked[]
  /** As they are stored, the oldest first. */
  connections(): readonly Connection[]
  add(connection: Partial<Connection>): Connection
  /** The refresh token that was imported last for a connection. */
  imported(id: number): string | undefined
  fault: Fault | undefined
}

/** A service whose clock is `now`; what it was not made for it answers with 404. */
export function memoryService(now: () => Date): MemoryService {
  const stored = new Map<number, Connection>()
  const tokens = new Map<number, string>()
  const asked: Asked[] = []
  const date = () => ({ date: now().toUTCString() })
  const add = (connection: Partial<Connection>): Connection => {
    const added = aConnection({ id: stored.size + 1, ...connection })
    stored.set(added.id, added)
    return added
  }
  const change = (id: number, changed: Partial<Connection>): Connection => {
    const connection = { ...own(id), ...changed }
    stored.set(id, connection)
    return connection
  }
  const own = (id: number): Connection => {
    const connection = stored.get(id)
    if (connection) return connection
    throw new ServiceError('this account has no account connector with that id', {
      code: 'not_found',
    })
  }
  const memory = { add, change, own, stored, tokens, now }
  const service: MemoryService = {
    asked,
    connections: () => [...stored.values()],
    add,
    imported: (id) => tokens.get(id),
    fault: undefined,
    fetch: async (url, request) => {
      const it = askedBy(url, request)
      const planned = await service.fault?.(it)
      if (planned) return planned
      if (it.what === 'POST /oauth/token') return bearer(request, date())
      asked.push(it)
      try {
        return Response.json(answerTo(memory, it), { headers: date() })
      } catch (error) {
        return responseOf(error)
      }
    },
  }
  return service
}

/** What the service itself answers an error with. */
export function responseOf(error: unknown): Response {
  const { statusCode, headers, body } = errorResponse(error, 'request-1')
  return new Response(body ?? '', {
    status: statusCode ?? 0,
    headers: Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
  })
}

function askedBy(url: string, { method, headers, body }: FetchRequest): Asked {
  const isJson = headers['content-type'] === 'application/json'
  return {
    what: `${method} ${url.replace(SERVICE_URL, '')}`,
    accountId: headers['x-account'] ?? '',
    json: isJson ? JSON.parse(body ?? '{}') : {},
  }
}

function bearer({ body }: FetchRequest, headers: Readonly<Record<string, string>>): Response {
  const form = new URLSearchParams(body)
  if (form.get('client_secret') === CLIENT_SECRET) {
    return Response.json({ access_token: 'bearer', expires_in: 3600 }, { headers })
  }
  const code = 'api_client_rejected'
  return responseOf(new ServiceError('the client id or the client secret is wrong', { code }))
}

interface Memory {
  readonly stored: ReadonlyMap<number, Connection>
  readonly tokens: Map<number, string>
  readonly now: () => Date
  add(connection: Partial<Connection>): Connection
  change(id: number, changed: Partial<Connection>): Connection
  own(id: number): Connection
}

function answerTo(memory: Memory, asked: Asked): unknown {
  const [method = '', target = ''] = asked.what.split(' ')
  const { pathname, searchParams } = new URL(target, SERVICE_URL)
  if (pathname === '/v1.0/accounts/connectors') return allConnectors(memory, searchParams)
  if (pathname.endsWith('/install')) return accountConnector(install(memory, asked))
  if (pathname.endsWith('/signintoken')) {
    return { Token: 'the-sign-in-token', ExpiresAtUtc: utc(new Date(memory.now().getTime() + 3e5)) }
  }
  if (pathname === '/v1.0/account/connectors') {
    const all = [...memory.stored.values()].filter((it) => it.accountId === asked.accountId)
    const size = Number(searchParams.get('pageSize'))
    const start = (Number(searchParams.get('page')) - 1) * size
    return all.slice(start, start + size).map(accountConnector)
  }
  const [, id = '', below = ''] = /\/connectors\/(\d+)\/?(.*)$/.exec(pathname) ?? []
  if (memory.own(Number(id)).accountId !== asked.accountId) memory.own(-1)
  return ofOne(memory, Number(id), { asked, route: `${method} ${below}` })
}

function ofOne(
  memory: Memory,
  id: number,
  { asked, route }: { readonly asked: Asked; readonly route: string },
): unknown {
  switch (route) {
    case 'GET ':
      return accountConnector(memory.own(id))
    case 'PUT ': {
      const { RefreshToken } = Object(asked.json.AuthValue)
      memory.tokens.set(id, RefreshToken)
      return accountConnector(memory.change(id, { status: 'connected', user: aUser() }))
    }
    case 'POST properties': {
      const resource = aResource(String(asked.json.Value))
      memory.change(id, { resource })
      return { Name: 'Resource', Value: resource, Id: 1, AccountConnectorId: id }
    }
    case 'POST refresh':
      return { Outcome: 'refreshed', ExpiresAtUtc: utc(memory.now()) }
    case 'PUT deauthenticate':
      memory.change(id, { status: 'disconnected' })
      return { Message: 'done' }
    case 'GET token': {
      const { resource: Resource } = memory.own(id)
      const ExpiresAtUtc = utc(new Date(memory.now().getTime() + 36e5))
      return { AccessToken: ACCESS_TOKEN, ExpiresAtUtc, Resource }
    }
    default:
      return memory.own(-1)
  }
}

function install(memory: Memory, { json, accountId }: Asked): Connection {
  const id = memory.stored.size + 1
  const properties: unknown = json.Properties
  const value = Array.isArray(properties) ? Object(properties[0]).Value : undefined
  const resource = value === undefined ? undefined : aResource(String(value))
  const name = String(json.Name ?? `Microsoft Dynamics CRM Online ${id}`)
  const isTaken = [...memory.stored.values()].some(
    (it) => it.accountId === accountId && it.name === name,
  )
  if (isTaken) throw new ServiceError('the name is in use', { code: 'name_in_use' })
  return memory.add({ id, accountId, name, resource, status: 'pending', user: undefined })
}

/** The cursor is how many were given before. */
function allConnectors({ stored }: Memory, query: URLSearchParams): unknown {
  const from = Number(query.get('after') ?? 0)
  const until = from + Number(query.get('pageSize'))
  const page = [...stored.values()].slice(from, until)
  const Connectors = page.map((it) => ({ AccountId: it.accountId, ...accountConnector(it) }))
  return { Connectors, Next: until < stored.size ? String(until) : null }
}
