import type { StandInContext } from './context.ts'
import { audiencesOf, bearerToken, DATAVERSE_VERSION, dataverseError } from './dataverse.ts'
import {
  ENVIRONMENTS,
  type Environment,
  findUserByObjectId,
  GLOBAL_DISCOVERY_HOST,
  type User,
} from './directory.ts'
import { uniqueName } from './organization.ts'
import { empty, json, type Reply, type StandInRequest } from './reply.ts'
import { verifyAccessToken } from './tokens.ts'

const INSTANCES = '/api/discovery/v2.0/Instances'

/** Global Discovery: the environments of the token's tenant that its user may see. */
export async function globalDiscovery(
  context: StandInContext,
  { path, request }: { readonly path: string; readonly request: StandInRequest },
): Promise<Reply> {
  const token = bearerToken(request)
  if (token === undefined) return challenge()
  const bearer = await verifyAccessToken(context, token, audiencesOf(GLOBAL_DISCOVERY_HOST))
  if (bearer === undefined) return challenge()
  if (path.toLowerCase() !== INSTANCES.toLowerCase() || request.method !== 'GET') {
    return dataverseError(404, '0x8006088a', 'Resource not found.')
  }
  const user = findUserByObjectId(bearer.tenantId, bearer.objectId)
  const columns = request.url.searchParams.get('$select')?.split(',')
  const visible = ENVIRONMENTS.filter(
    ({ host, tenantId }) => tenantId === bearer.tenantId && user?.roles.includes(host),
  )
  const value = visible.map((environment) => select(instance(context, environment, user), columns))
  const metadata = `https://${GLOBAL_DISCOVERY_HOST}/api/discovery/v2.0/$metadata#Instances`
  return json(200, { '@odata.context': metadata, value }, { 'odata-version': '4.0' })
}

function instance(
  { now }: StandInContext,
  environment: Environment,
  user: User | undefined,
): Readonly<Record<string, unknown>> {
  const { host, organizationId } = environment
  const [urlName] = host.split('.')
  return {
    Id: organizationId,
    UniqueName: uniqueName(organizationId),
    UrlName: urlName,
    FriendlyName: environment.friendlyName,
    State: 0,
    Version: DATAVERSE_VERSION,
    Url: `https://${host}`,
    ApiUrl: `https://${host.replace('.', '.api.')}`,
    LastUpdated: now().toISOString(),
    SchemaType: 'Full',
    TenantId: environment.tenantId,
    Region: environment.region,
    EnvironmentId: environment.environmentId,
    StatusMessage: 0,
    TrialExpirationDate: null,
    OrganizationType: environment.organizationType,
    IsUserSysAdmin: user?.admin ?? false,
    DatacenterId: '7b8f4f21-0c3e-4a67-9d15-2e6b0a9c8d70',
    DatacenterName: null,
    Purpose: null,
  }
}

function select(
  row: Readonly<Record<string, unknown>>,
  columns: readonly string[] | undefined,
): object {
  if (columns === undefined) return row
  const wanted = columns.map((column) => column.trim())
  return Object.fromEntries(Object.entries(row).filter(([column]) => wanted.includes(column)))
}

function challenge(): Reply {
  const authorizationUri = 'https://login.microsoftonline.com/common/oauth2/authorize'
  const resourceId = `https://${GLOBAL_DISCOVERY_HOST}/`
  return empty(401, {
    'www-authenticate': `Bearer authorization_uri=${authorizationUri}, resource_id=${resourceId}`,
  })
}
