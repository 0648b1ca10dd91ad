import { createHash } from 'node:crypto'
import { appToken } from './app-token.ts'
import type { AuthorizationCode } from './authorization-codes.ts'
import { foreignResource } from './authorization-request.ts'
import type { StandInContext } from './context.ts'
import { findTenant, findUser } from './directory.ts'
import type { Grant } from './grants.ts'
import { refusal, refuse } from './refusals.ts'
import { json, type Reply, type StandInRequest } from './reply.ts'
import { GRAPH, parseScope, type Scope } from './scope.ts'
import {
  missingParameter,
  parseTokenRequest,
  type TokenProblem,
  type TokenRequest,
} from './token-request.ts'
import {
  type Account,
  accessTokenLifetime,
  accountIn,
  signAccessToken,
  signIdToken,
} from './tokens.ts'

/** What one token answer is made of. */
interface Issue {
  readonly account: Account
  readonly grant: Grant
  readonly resource: string
  /** The scope of the sign-in: it decides on id_token and refresh token. */
  readonly granted: Scope
  readonly nonce: string | undefined
  readonly clientInfo: boolean
}

type Decided = { readonly issue: Issue } | { readonly problem: TokenProblem }

/** `POST /{tenant}/oauth2/v2.0/token`. */
export async function token(
  context: StandInContext,
  authority: string,
  request: StandInRequest,
): Promise<Reply> {
  const parsed = await parseTokenRequest(context, authority, request)
  if (parsed.outcome === 'refused') return refused(context, parsed)
  const { request: asked } = parsed
  if (asked.grantType === 'client_credentials') return appToken(context, asked)
  const decided =
    asked.grantType === 'authorization_code'
      ? redeemCode(context, asked)
      : redeemRefreshToken(context, asked)
  if ('problem' in decided) return refused(context, decided.problem)
  return json(200, await tokenResponse(context, decided.issue))
}

function redeemCode(context: StandInContext, request: TokenRequest): Decided {
  const { parameters } = request
  const value = parameters.get('code')
  if (value === null) return { problem: missingParameter('code') }
  const redeemed = context.codes.redeem(value)
  if (redeemed.outcome !== 'valid') return { problem: CODE_PROBLEMS[redeemed.outcome] }
  const { grant } = redeemed
  const problem = codeProblem(request, grant)
  if (problem !== undefined) return { problem }
  const clientInfo = parameters.get('client_info') === '1'
  return decide(context, {
    request,
    grant,
    tenantId: grant.tenantId,
    nonce: grant.nonce,
    clientInfo,
  })
}

function redeemRefreshToken(context: StandInContext, request: TokenRequest): Decided {
  const value = request.parameters.get('refresh_token')
  if (value === null) return { problem: missingParameter('refresh_token') }
  const found = context.grants.findRefreshToken(value)
  if (found.outcome !== 'valid') return { problem: REFRESH_PROBLEMS[found.outcome] }
  const { grant } = found
  if (grant.clientId !== context.clientId) return { problem: REFRESH_PROBLEMS.unknown }
  const tenantId = findTenant(request.authority)?.id
  const decided = decide(context, {
    request,
    grant,
    tenantId,
    nonce: undefined,
    clientInfo: false,
  })
  if ('issue' in decided) context.grants.useRefreshToken(value, context.settings)
  return decided
}

const CODE_PROBLEMS = {
  unknown: { code: 70000, detail: '' },
  expired: { code: 70008, detail: '' },
  spent: { code: 54005, detail: '' },
} as const

const REFRESH_PROBLEMS = {
  unknown: { code: 70000, detail: '' },
  expired: { code: 700082, detail: '' },
  spent: { code: 50173, detail: '' },
} as const

function codeProblem(
  { authority, parameters }: TokenRequest,
  grant: AuthorizationCode,
): TokenProblem | undefined {
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === null) return missingParameter('redirect_uri')
  if (redirectUri !== grant.redirectUri) return { code: 500112, detail: '' }
  if (authority !== grant.authority) return { code: 700005, detail: '' }
  if (!provesPossession(parameters.get('code_verifier'), grant)) return { code: 501481, detail: '' }
  return grant.refusedWith === undefined ? undefined : { code: grant.refusedWith, detail: '' }
}

function provesPossession(
  codeVerifier: string | null,
  { codeChallenge, codeChallengeMethod }: AuthorizationCode,
): boolean {
  if (codeChallenge === undefined) return true
  if (codeVerifier === null) return false
  if (codeChallengeMethod === 'plain') return codeVerifier === codeChallenge
  return createHash('sha256').update(codeVerifier).digest('base64url') === codeChallenge
}

interface Redemption {
  readonly request: TokenRequest
  readonly grant: Grant
  /** `undefined` at `organizations`: the home tenant. */
  readonly tenantId: string | undefined
  readonly nonce: string | undefined
  readonly clientInfo: boolean
}

/** Whom and what the tokens are for: account in the tenant, one resource of the tenant, consent. */
function decide(context: StandInContext, redemption: Redemption): Decided {
  const { request, grant, nonce, clientInfo } = redemption
  const user = findUser(grant.username)
  if (user === undefined) return { problem: { code: 50034, detail: '' } }
  const account = accountIn(redemption.tenantId ?? user.homeTenantId, user)
  if (account === undefined) return { problem: { code: 50020, detail: '' } }
  const wanted = parseScope(request.parameters.get('scope') ?? grant.scope)
  if (wanted.outcome === 'refused') return { problem: wanted }
  const problem = scopeProblem(account, wanted.scope, request.parameters.has('scope'))
  if (problem !== undefined) return { problem }
  const consented = context.grants.hasConsent(account.tenantId, account.objectId)
  if (!consented) return { problem: { code: 65001, detail: '' } }
  const original = parseScope(grant.scope)
  const granted = original.outcome === 'valid' ? original.scope : wanted.scope
  const [resource = GRAPH] = wanted.scope.resources
  return { issue: { account, grant, resource, granted, nonce, clientInfo } }
}

function scopeProblem(account: Account, scope: Scope, sent: boolean): TokenProblem | undefined {
  if (sent && scope.resources.length > 1) return { code: 28000, detail: '' }
  return foreignResource(account.tenantId, scope)
}

async function tokenResponse(context: StandInContext, issue: Issue): Promise<object> {
  const { account, resource, granted, nonce, grant } = issue
  const { username, clientId, scope } = grant
  const lifetimeSeconds = accessTokenLifetime(context)
  return {
    token_type: 'Bearer',
    scope: grantedScope(resource),
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: await signAccessToken(context, { account, resource, lifetimeSeconds }),
    ...(granted.offlineAccess
      ? { refresh_token: context.grants.issueRefreshToken({ username, clientId, scope }) }
      : {}),
    ...(granted.openid
      ? { id_token: await signIdToken(context, { account, nonce, profile: granted.profile }) }
      : {}),
    ...(issue.clientInfo ? { client_info: clientInfo(account) } : {}),
  }
}

/** Entra names what the token is good for, which is neither all that was asked nor only that. */
function grantedScope(resource: string): string {
  if (resource === GRAPH) return 'openid profile User.Read'
  return `${resource}/user_impersonation ${resource}/.default`
}

/** The account's object id and tenant at home, whatever tenant it signed in to. */
function clientInfo({ user }: Account): string {
  const home = { uid: user.objectIds[user.homeTenantId], utid: user.homeTenantId }
  return Buffer.from(JSON.stringify(home)).toString('base64url')
}

function refused(context: StandInContext, { code, detail }: TokenProblem): Reply {
  return refuse(refusal(code, context.now(), detail))
}
