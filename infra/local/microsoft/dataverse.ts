import { createHash } from 'node:crypto'
import type { StandInContext } from './context.ts'
import { type Environment, findUserByObjectId } from './directory.ts'
import { organizationDetail, sampleAccounts } from './organization.ts'
import { empty, json, type Reply, type StandInRequest } from './reply.ts'
import { type Bearer, verifyAccessToken } from './tokens.ts'

const API = '/api/data/v9.2/'

/** The version that every environment of the stand-in reports. */
export const DATAVERSE_VERSION = '9.2.25063.00190'

/** The user is known to Entra but not to the environment. */
const NOT_A_MEMBER = '0x80072560'

/** The Web API of one environment: challenge, membership, then the call. */
export async function dataverse(
  context: StandInContext,
  environment: Environment,
  { path, request }: { readonly path: string; readonly request: StandInRequest },
): Promise<Reply> {
  if (request.method !== 'GET') return dataverseError(405, '0x80060888', 'Method not allowed.')
  const token = bearerToken(request)
  if (token === undefined) return challenge(environment)
  const bearer = await verifyAccessToken(context, token, audiencesOf(environment.host))
  if (bearer === undefined || bearer.tenantId !== environment.tenantId) {
    return rejectedToken(environment)
  }
  const user = findUserByObjectId(bearer.tenantId, bearer.objectId)
  if (user === undefined || !user.roles.includes(environment.host)) {
    return dataverseError(403, NOT_A_MEMBER, 'The user is not a member of the organization.')
  }
  return call(environment, bearer, { path, parameters: request.url.searchParams })
}

/** Both forms of an environment's address are audiences of its tokens. */
export function audiencesOf(host: string): readonly string[] {
  const apiHost = host.replace('.', '.api.')
  return [host, apiHost].flatMap((name) => [`https://${name}`, `https://${name}/`])
}

/** The token of an `Authorization: Bearer` header. */
export function bearerToken({ headers }: StandInRequest): string | undefined {
  return /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

/** The error body of the Web API. */
export function dataverseError(status: number, code: string, message: string): Reply {
  return json(status, { error: { code, message } })
}

interface Call {
  readonly path: string
  readonly parameters: URLSearchParams
}

function call(environment: Environment, bearer: Bearer, { path, parameters }: Call): Reply {
  const name = path.startsWith(API) ? path.slice(API.length) : path
  const context = `https://${environment.host}${API}$metadata`
  if (name === 'WhoAmI' || name === 'WhoAmI()') {
    return odata(`${context}#Microsoft.Dynamics.CRM.WhoAmIResponse`, whoAmI(environment, bearer))
  }
  if (name === 'RetrieveVersion' || name === 'RetrieveVersion()') {
    const answer = { Version: DATAVERSE_VERSION }
    return odata(`${context}#Microsoft.Dynamics.CRM.RetrieveVersionResponse`, answer)
  }
  if (/^RetrieveCurrentOrganization\(.*\)$/.test(name)) {
    const answer = { Detail: organizationDetail(environment, DATAVERSE_VERSION) }
    return odata(`${context}#Microsoft.Dynamics.CRM.RetrieveCurrentOrganizationResponse`, answer)
  }
  if (name === 'accounts') {
    return odata(`${context}#accounts`, { value: sampleAccounts(parameters) })
  }
  return dataverseError(404, '0x8006088a', `Resource not found for the segment '${name}'.`)
}

function whoAmI({ host, businessUnitId, organizationId }: Environment, bearer: Bearer): object {
  const UserId = systemUserId(host, bearer.objectId)
  return { BusinessUnitId: businessUnitId, UserId, OrganizationId: organizationId }
}

/** Dataverse gives each user an id of its own in each environment. */
function systemUserId(host: string, objectId: string): string {
  const digits = createHash('sha256').update(`${host} ${objectId}`).digest('hex')
  const [, ...parts] = /^(.{8})(.{4}).(.{3})(.{4})(.{12})/.exec(digits) ?? []
  const [first, second, third, fourth, fifth] = parts
  return `${first}-${second}-4${third}-${fourth}-${fifth}`
}

function odata(metadata: string, value: object): Reply {
  return json(
    200,
    { '@odata.context': metadata, ...value },
    { 'odata-version': '4.0', 'content-type': 'application/json; odata.metadata=minimal' },
  )
}

/** What an environment says to a caller without a token: its tenant, and the real login host. */
function challenge({ tenantId, host }: Environment): Reply {
  const authorizationUri = `https://login.microsoftonline.com/${tenantId}/oauth2/authorize`
  const resourceId = `https://${host}/`
  return empty(401, {
    'www-authenticate': `Bearer authorization_uri=${authorizationUri}, resource_id=${resourceId}`,
  })
}

function rejectedToken({ tenantId, host }: Environment): Reply {
  const parameters = [
    'error="invalid_token"',
    'error_description="Error during token validation!"',
    `authorization_uri="https://login.microsoftonline.com/${tenantId}/oauth2/authorize"`,
    `resource_id="https://${host}/"`,
  ]
  return empty(401, { 'www-authenticate': `Bearer ${parameters.join(', ')}` })
}
