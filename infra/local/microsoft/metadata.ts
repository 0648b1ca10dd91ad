import { authorityProblem } from './authorization-request.ts'
import type { StandInContext } from './context.ts'
import { findTenant } from './directory.ts'
import { refusal, refuse } from './refusals.ts'
import { json, type Reply } from './reply.ts'

/** Metadata and keys may be cached for this long, as at Entra. */
const CACHED_FOR_A_DAY = { 'cache-control': 'max-age=86400, private' }

/** `GET /{tenant}/v2.0/.well-known/openid-configuration`. */
export function openidConfiguration(context: StandInContext, authority: string): Reply {
  const problem = authorityProblem(authority)
  if (problem !== undefined) return unknownTenant(context, problem.detail)
  const { url } = context
  const tenant = authority.toLowerCase()
  const metadata = {
    token_endpoint: `${url}/${tenant}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: [
      'client_secret_post',
      'private_key_jwt',
      'client_secret_basic',
    ],
    jwks_uri: `${url}/${tenant}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${url}/${findTenant(tenant)?.id ?? '{tenantid}'}/v2.0`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${url}/${tenant}/oauth2/v2.0/authorize`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'preferred_username', 'name'],
    tenant_region_scope: tenant === 'organizations' ? null : 'EU',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
  }
  return json(200, metadata, CACHED_FOR_A_DAY)
}

/** `GET /{tenant}/discovery/v2.0/keys`; each key names its issuer, as a template. */
export function jsonWebKeySet(context: StandInContext, authority: string): Reply {
  const problem = authorityProblem(authority)
  if (problem !== undefined) return unknownTenant(context, problem.detail)
  const { url, key } = context
  const issuer = `${url}/{tenantid}/v2.0`
  const names = {
    use: 'sig',
    kid: key.kid,
    x5t: key.kid,
    issuer,
    cloud_instance_name: 'microsoftonline.com',
  }
  return json(200, { keys: [{ ...key.publicJwk, ...names }] }, CACHED_FOR_A_DAY)
}

/** At the metadata endpoints Entra calls an unknown tenant `invalid_tenant`. */
function unknownTenant(context: StandInContext, detail: string): Reply {
  const { body } = refusal(90002, context.now(), detail)
  return refuse({ status: 400, body: { ...body, error: 'invalid_tenant' } })
}
