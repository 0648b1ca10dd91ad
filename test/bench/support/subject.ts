import { parseResource, type Resource } from '../../../functions/domain/resource.ts'
import type { TokenSubject } from './realistic-tokens.ts'

export const LOGIN_HOST = 'login.microsoftonline.com'
export const TENANT_ID = '7a7a7a7a-1111-4222-8333-444444444444'
export const RESOURCE = resource('https://contoso-production.crm4.dynamics.com')

export const APP_CREDENTIAL = {
  kind: 'client_secret',
  clientId: 'a1b2c3d4-0000-4000-8000-00000000c11e',
  clientSecret: 'abc8Q~a-client-secret-of-forty-characters',
} as const

/** The one user whose grants are refreshed; what is measured does not depend on who it is. */
export const USER = {
  tenantId: TENANT_ID,
  objectId: '0b0b0b0b-1111-4222-8333-444444444444',
  name: 'Adele Vance',
  username: 'adele.vance@contoso.example',
  loginHint: `O.${'CiQwYjBiMGIwYi0xMTExLTQyMjItODMzMy00NDQ0NDQ0NDQ0NDQSJDdhN2E3YTdh'.repeat(2).slice(0, 116)}`,
}

/** @param entraBaseUrl where the token endpoint is, which names itself in its id_tokens */
export function tokenSubject(entraBaseUrl: string, tenantId = TENANT_ID): TokenSubject {
  return {
    issuer: `${entraBaseUrl}/${tenantId}/v2.0`,
    tenantId,
    objectId: USER.objectId,
    clientId: APP_CREDENTIAL.clientId,
    resource: RESOURCE,
  }
}

function resource(address: string): Resource {
  const parsed = parseResource(address, ['commercial'])
  if (parsed.outcome === 'refused') throw new Error(`not a resource: ${address}`)
  return parsed.resource
}
