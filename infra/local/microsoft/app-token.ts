import type { StandInContext } from './context.ts'
import { findTenant } from './directory.ts'
import { refusal, refuse } from './refusals.ts'
import { json, type Reply } from './reply.ts'
import { missingParameter, type TokenProblem, type TokenRequest } from './token-request.ts'
import { accessTokenLifetime, signAppToken } from './tokens.ts'

/** One resource, with all that the app may do there: nothing else can be asked for without a user. */
const DEFAULT_SCOPE = /^(\S+)\/\.default$/

/** The client credentials grant (RFC 6749 §4.4): a token of the app's own, in one tenant. */
export async function appToken(
  context: StandInContext,
  { authority, parameters }: TokenRequest,
): Promise<Reply> {
  const refused = ({ code, detail }: TokenProblem) => refuse(refusal(code, context.now(), detail))
  const tenant = findTenant(authority)
  if (tenant === undefined) return refused({ code: 50059, detail: '' })
  const scope = parameters.get('scope')
  if (scope === null) return refused(missingParameter('scope'))
  const resource = DEFAULT_SCOPE.exec(scope)?.[1]
  if (resource === undefined) return refused({ code: 1002012, detail: `Scope '${scope}'.` })
  const lifetimeSeconds = accessTokenLifetime(context)
  const request = { tenantId: tenant.id, resource, lifetimeSeconds }
  return json(200, {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: await signAppToken(context, request),
  })
}
