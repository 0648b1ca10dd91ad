import { dynamodbConnections } from '../../../functions/adapters/dynamodb-connections.ts'
import { dynamodbTokenSets } from '../../../functions/adapters/dynamodb-token-sets.ts'
import { scopeFor } from '../../../functions/domain/authority.ts'
import type { ConnectedConnection, Connection } from '../../../functions/domain/connection.ts'
import { isConnected } from '../../../functions/domain/connection.ts'
import { HOT_WINDOW_MS } from '../../../functions/domain/refresh-schedule.ts'
import { parseResource, type Resource } from '../../../functions/domain/resource.ts'
import { sealTokenSet } from '../../../functions/domain/seal-token-set.ts'
import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import { TENANTS, USERS } from '../../../infra/local/microsoft/directory.ts'
import { type Microsoft, OWN_ADDRESS, REDIRECT_URI, requestTo } from './microsoft.ts'
import type { Lane, World } from './world.ts'

export const ACCOUNT = 'acme'
const PERSON = USERS.contosoMember
const TENANT = TENANTS.contoso.id
const AUTHORITY = { loginHost: 'login.microsoftonline.com', tenant: TENANT }
const MINUTE_MS = 60 * 1000

/** Good for less than callers ask by default, and still good. */
const STORED_TOKEN_LEFT_MS = 4 * MINUTE_MS

/** A connection that nobody has signed in for yet. */
export function createConnection(lane: Lane): Promise<Connection> {
  const connection = { accountId: ACCOUNT, name: 'Dynamics', description: undefined }
  return connectionsOf(lane).create({ ...connection, resource: exampleResource() })
}

/** A connected connection at generation 1 whose refresh is due. */
export async function createConnected(
  world: World,
  lane: Lane,
  tokens: { readonly microsoft: Microsoft; readonly leftMs?: number },
): Promise<ConnectedConnection> {
  const { microsoft, leftMs = STORED_TOKEN_LEFT_MS } = tokens
  const created = await createConnection(lane)
  const { accessToken, refreshToken } = await obtainTokens(microsoft)
  const at = new Date()
  const accessTokenExpiresAt = new Date(at.getTime() + leftMs)
  const tokenSet = { accessToken, refreshToken, accessTokenExpiresAt, obtainedAt: at }
  const binding = { connectionId: created.id, generation: 1 }
  await dynamodbTokenSets(lane.dynamodb.client, { table: lane.dynamodb.connectionsTable }).connect({
    connectionId: created.id,
    expectedGeneration: 0,
    resource: exampleResource(),
    tokenSet: await sealTokenSet(world, binding, tokenSet),
    authority: AUTHORITY,
    user: {
      tenantId: TENANT,
      objectId: PERSON.objectIds[TENANT] ?? '',
      name: PERSON.name,
      username: PERSON.username,
      loginHint: undefined,
    },
    environment: { organizationId: 'o', userId: 'u', businessUnitId: 'b' },
    bringsResource: false,
    connectedBy: 'authorization-request-of-the-sign-in',
    nextRefreshAt: new Date(at.getTime() - MINUTE_MS),
    hotUntil: new Date(at.getTime() + HOT_WINDOW_MS),
    at,
  })
  const connection = await readConnection(lane, created.id)
  if (isConnected(connection)) return connection
  throw new Error('the connection could not be prepared')
}

/** What the store holds now. */
export async function readConnection(lane: Lane, connectionId: number): Promise<Connection> {
  const connection = await connectionsOf(lane).read(ACCOUNT, connectionId)
  if (connection === undefined) throw new Error('the connection is gone')
  return connection
}

export function connectionsOf({ dynamodb }: Lane): ReturnType<typeof dynamodbConnections> {
  const now = () => new Date()
  return dynamodbConnections(dynamodb.client, { table: dynamodb.connectionsTable, now })
}

/** Picks the account on Microsoft's page. @returns the query that Microsoft sends the browser back with. */
export async function signInAtMicrosoft(
  microsoft: Microsoft,
  url: string,
): Promise<URLSearchParams> {
  const { pathname, search } = new URL(url)
  const form = new URLSearchParams({ account: PERSON.username })
  const picked = await microsoft.reply(requestTo('POST', `${pathname}${search}`, { form }))
  const { location } = picked.headers
  if (location === undefined) throw new Error(`the sign-in ended in ${picked.status}`)
  return new URL(location).searchParams
}

async function obtainTokens(
  microsoft: Microsoft,
): Promise<{ readonly accessToken: string; readonly refreshToken: string }> {
  const client = { client_id: STAND_IN_APP.clientId, redirect_uri: REDIRECT_URI }
  const scope = scopeFor(exampleResource())
  const question = { ...client, scope, response_type: 'code', state: 's', nonce: 'n' }
  const endpoint = (name: string) => `${OWN_ADDRESS}/${TENANT}/oauth2/v2.0/${name}`
  const authorize = `${endpoint('authorize')}?${new URLSearchParams(question)}`
  const code = (await signInAtMicrosoft(microsoft, authorize)).get('code') ?? ''
  const secret = { client_secret: STAND_IN_APP.clientSecret }
  const grant = { ...client, ...secret, grant_type: 'authorization_code', code, scope }
  const form = new URLSearchParams(grant)
  const { body } = await microsoft.reply(requestTo('POST', endpoint('token'), { form }))
  const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(body)
  return { accessToken, refreshToken }
}

function exampleResource(): Resource {
  const parsed = parseResource('https://example.crm.dynamics.com', ['commercial'])
  if (parsed.outcome === 'accepted') return parsed.resource
  throw new Error(parsed.why)
}
