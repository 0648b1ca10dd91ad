import { randomUUID } from 'node:crypto'
import {
  type AuthorizationRequest,
  foreignResource,
  parseAuthorizationRequest,
} from './authorization-request.ts'
import { accountPickerPage, adminApprovalPage, refusalPage } from './authorize-pages.ts'
import type { StandInContext } from './context.ts'
import { findTenant, findUser, PERSONAL_ACCOUNTS, type User } from './directory.ts'
import { isCodeFault } from './faults.ts'
import { refusal, refusalKind } from './refusals.ts'
import type { Reply, StandInRequest } from './reply.ts'
import { type ReturnAddress, returnTo } from './return-address.ts'
import { type Account, accountIn } from './tokens.ts'

/** `GET` and `POST /{tenant}/oauth2/v2.0/authorize`: the account picker, and what a choice leads to. */
export function authorize(
  context: StandInContext,
  authority: string,
  request: StandInRequest,
): Reply {
  const parsed = parseAuthorizationRequest(context, authority, request.url.searchParams)
  if (parsed.outcome === 'refused') return refused(context, parsed.returnAddress, parsed)
  if (request.method === 'POST') {
    return signIn(context, parsed.request, new URLSearchParams(request.body))
  }
  if (parsed.request.prompt === 'none') {
    return refused(context, parsed.request.returnAddress, { code: 50058 })
  }
  return accountPickerPage(parsed.request, `${request.url.pathname}${request.url.search}`)
}

function signIn(
  context: StandInContext,
  request: AuthorizationRequest,
  choice: URLSearchParams,
): Reply {
  const { returnAddress } = request
  const names = [request.authority.toLowerCase()]
  const fault = context.faults.take({ endpoint: 'authorize', names }, isCodeFault)
  if (fault?.code !== undefined) return refused(context, returnAddress, { code: fault.code })
  switch (choice.get('outcome')) {
    case 'cancel':
      return returnTo(returnAddress, { error: 'access_denied', error_subcode: 'cancel' })
    case 'decline':
      return refused(context, returnAddress, { code: 65004 })
    case 'consent_required':
      return refused(context, returnAddress, { code: 65001 })
    case 'consent_withdrawn':
      return chooseAccount(context, request, { choice, refusedWith: 65001 })
    default:
      return chooseAccount(context, request, { choice, refusedWith: undefined })
  }
}

interface Choice {
  readonly choice: URLSearchParams
  readonly refusedWith: number | undefined
}

function chooseAccount(
  context: StandInContext,
  request: AuthorizationRequest,
  { choice, refusedWith }: Choice,
): Reply {
  const user = findUser(choice.get('account') ?? '')
  if (user === undefined) return refusalPage(refusal(50034, context.now()))
  const account = accountAt(request, user)
  if (account === undefined) {
    const detail = `User account '${user.username}', tenant '${request.authority}'.`
    return refusalPage(refusal(50020, context.now(), detail))
  }
  const foreign = foreignResource(account.tenantId, request.scope)
  if (foreign !== undefined) return refused(context, request.returnAddress, foreign)
  if (!consents(context, request, account)) return adminApprovalPage(request.returnAddress)
  return returnTo(request.returnAddress, {
    code: issueCode(context, request, { account, refusedWith }),
    session_state: randomUUID(),
  })
}

/** `organizations` stands for the tenant of any work account. */
function accountAt({ tenantId }: AuthorizationRequest, user: User): Account | undefined {
  if (tenantId !== undefined) return accountIn(tenantId, user)
  return user.homeTenantId === PERSONAL_ACCOUNTS ? undefined : accountIn(user.homeTenantId, user)
}

/** Where users may consent, choosing the account is consenting; an administrator always may. */
function consents(
  { grants }: StandInContext,
  { prompt }: AuthorizationRequest,
  { user, tenantId, objectId }: Account,
): boolean {
  const isAdmin = user.admin && user.homeTenantId === tenantId
  const mayConsent = isAdmin || findTenant(tenantId)?.consentPolicy === 'users'
  if (mayConsent) grants.consent(tenantId, objectId)
  const asksAnew = prompt === 'consent' && !mayConsent
  return !asksAnew && grants.hasConsent(tenantId, objectId)
}

interface SignedIn {
  readonly account: Account
  readonly refusedWith: number | undefined
}

function issueCode(
  { codes, clientId }: StandInContext,
  request: AuthorizationRequest,
  { account, refusedWith }: SignedIn,
): string {
  return codes.issue({
    username: account.user.username,
    clientId,
    scope: request.scopeText,
    tenantId: account.tenantId,
    authority: request.authority.toLowerCase(),
    redirectUri: request.returnAddress.redirectUri,
    nonce: request.nonce,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: request.codeChallengeMethod,
    refusedWith,
  })
}

interface Reason {
  readonly code: number
  readonly detail?: string
}

/** Back to the application where Entra does that, else a page that leads nowhere. */
function refused(
  context: StandInContext,
  returnAddress: ReturnAddress | undefined,
  { code, detail }: Reason,
): Reply {
  const found = refusal(code, context.now(), detail)
  if (code === 90094 && returnAddress !== undefined) return adminApprovalPage(returnAddress)
  if (returnAddress === undefined || refusalKind(code).page) return refusalPage(found)
  return returnTo(returnAddress, {
    error: authorizeError(found.body.error, found.body.suberror),
    error_description: found.body.error_description,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  })
}

/** `invalid_grant` belongs to the token endpoint; to a browser Entra names what is missing. */
function authorizeError(error: string, suberror: string | undefined): string {
  if (suberror === 'consent_required') return suberror
  return error === 'invalid_grant' ? 'interaction_required' : error
}
