import { parseFault, parseSettings } from './admin-input.ts'
import type { Settings, StandInContext } from './context.ts'
import { findUser } from './directory.ts'
import { hasContentType, json, type Reply, type StandInRequest } from './reply.ts'

/** `/admin/faults`: switch faults on, look at them, switch them all off. */
export function faultsApi(context: StandInContext, request: StandInRequest): Reply {
  switch (request.method) {
    case 'GET':
      return json(200, { faults: context.faults.list() })
    case 'DELETE':
      context.faults.clear()
      return json(200, { faults: [] })
    case 'PUT':
      return putFault(context, request)
    default:
      return problem(405, 'use GET, PUT or DELETE')
  }
}

/** `/admin/settings`: change how Entra behaves, or what the client secret is. */
export function settingsApi(context: StandInContext, request: StandInRequest): Reply {
  if (request.method === 'GET') return json(200, shown(context.settings))
  if (request.method !== 'PUT') return problem(405, 'use GET or PUT')
  const parsed = jsonBody(request)
  if (parsed === undefined) return problem(400, 'send a JSON object as application/json')
  const settings = parseSettings(parsed)
  if (typeof settings === 'string') return problem(400, settings)
  context.settings = { ...context.settings, ...settings }
  return json(200, shown(context.settings))
}

/**
 * `POST /admin/refresh-tokens`: a refresh token as another service of the same app would hold it, of a user
 * who has let the app in.
 */
export function refreshTokensApi(
  { clientId, grants }: StandInContext,
  request: StandInRequest,
): Reply {
  const user = findUser(String(jsonBody(request)?.username))
  if (user === undefined)
    return problem(400, 'send {"username":"…"} of an account, as application/json')
  for (const [tenantId, objectId] of Object.entries(user.objectIds)) {
    grants.consent(tenantId, objectId)
  }
  const scope = 'openid profile offline_access'
  const grant = { username: user.username, clientId, scope }
  return json(200, { refresh_token: grants.issueRefreshToken(grant) })
}

/** `/admin/requests`: what was asked so far, to count it. */
export function requestsApi({ requests }: StandInContext): Reply {
  return json(200, { requests })
}

function putFault(context: StandInContext, request: StandInRequest): Reply {
  const parsed = jsonBody(request)
  if (parsed === undefined) return problem(400, 'send a JSON object as application/json')
  const fault = parseFault(parsed)
  if (typeof fault === 'string') return problem(400, fault)
  context.faults.put(fault)
  return json(200, { faults: context.faults.list() })
}

/** A secret goes in and never comes out. */
function shown({ refreshTokens, accessTokenLifetimeSeconds }: Settings): object {
  return { refreshTokens, accessTokenLifetimeSeconds: accessTokenLifetimeSeconds ?? 'random' }
}

/** Only `application/json`: a page of another origin cannot send it without asking first. */
function jsonBody(request: StandInRequest): Readonly<Record<string, unknown>> | undefined {
  if (!hasContentType(request, 'application/json')) return undefined
  try {
    const value: unknown = JSON.parse(request.body)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}

function problem(status: number, message: string): Reply {
  return json(status, { error: message })
}
