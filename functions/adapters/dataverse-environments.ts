import { isGuid } from '../domain/authority.ts'
import type { Cloud } from '../domain/clouds.ts'
import type { Environments, WhoAmIOutcome } from '../domain/environments.ts'
import { cloudOf, hostOf, type Resource } from '../domain/resource.ts'
import { type DataverseLocation, dataverseUrl } from './dataverse-location.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'
import { outboundFetch } from './outbound-fetch.ts'

const WHO_AM_I = '/api/data/v9.2/WhoAmI'

/** The challenge of a 401: `Bearer authorization_uri=https://…/{tenant}/oauth2/authorize, resource_id=…`. */
const AUTHORIZATION_URI = /authorization_uri="?https:\/\/([a-z0-9.-]+)\/([0-9a-f-]{36})\//i

/** Dataverse's own error codes: `0x80072560`. */
const ERROR_CODE = /^0x[0-9a-f]{8}$/i

/** @see https://learn.microsoft.com/en-us/power-apps/developer/data-platform/webapi/overview */
export function dataverseEnvironments(location: DataverseLocation): Environments {
  const ask = async (resource: Resource, headers: Record<string, string>, signal: AbortSignal) => {
    const url = `${dataverseUrl(location, hostOf(resource))}${WHO_AM_I}`
    try {
      return await outboundFetch(url, { headers, signal })
    } catch {
      return undefined
    }
  }
  return {
    findTenant: async (resource, signal) => {
      const response = await ask(resource, { accept: 'application/json' }, signal)
      const challenge = response?.status === 401 && response.headers.get('www-authenticate')
      return challenge ? tenantOf(challenge, cloudOf(resource)) : undefined
    },
    whoAmI: async (resource, accessToken, signal) => {
      const headers = {
        accept: 'application/json',
        authorization: `Bearer ${accessToken}`,
        'odata-version': '4.0',
        'odata-maxversion': '4.0',
      }
      const response = await ask(resource, headers, signal)
      return response ? whoAmIOutcomeOf(response) : { outcome: 'unavailable' }
    },
  }
}

function tenantOf(challenge: string, cloud: Cloud): string | undefined {
  const [, loginHost, tenant] = AUTHORIZATION_URI.exec(challenge) ?? []
  const tenantId = tenant?.toLowerCase()
  const isCloudsOwn = loginHost?.toLowerCase() === cloud.loginHost
  return isCloudsOwn && tenantId !== undefined && isGuid(tenantId) ? tenantId : undefined
}

async function whoAmIOutcomeOf(response: Response): Promise<WhoAmIOutcome> {
  const body = jsonObjectOf(await response.text())
  if (response.status === 401) return { outcome: 'rejected' }
  if (response.status === 403) return { outcome: 'forbidden', code: errorCodeOf(body) }
  if (response.status !== 200 || body === undefined) return { outcome: 'unavailable' }
  const organizationId = optionalText(body, 'OrganizationId')
  const userId = optionalText(body, 'UserId')
  const businessUnitId = optionalText(body, 'BusinessUnitId')
  return organizationId && userId && businessUnitId
    ? { outcome: 'proven', environment: { organizationId, userId, businessUnitId } }
    : { outcome: 'unavailable' }
}

function errorCodeOf(body: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const error = body?.error
  const isObject = typeof error === 'object' && error !== null
  const code = isObject && 'code' in error ? error.code : undefined
  return typeof code === 'string' && ERROR_CODE.test(code) ? code : undefined
}
