import type { AuthorizationRequest } from './authorization-request.ts'
import { allUsers, findTenant, type User } from './directory.ts'
import { type Html, html, htmlDocument } from './html.ts'
import type { Refusal } from './refusals.ts'
import { page, type Reply } from './reply.ts'
import { type ReturnAddress, returnUrl } from './return-address.ts'
import { accountIn, loginHint } from './tokens.ts'

/** The account picker: one button an account, and the other ways in which a sign-in can end. */
export function accountPickerPage(request: AuthorizationRequest, action: string): Reply {
  const tenant = findTenant(request.authority)?.name ?? 'any organization'
  const accounts = accountsFor(request)
  const buttons = accounts.map((user) => html`<li>${accountButton(user, request.loginHint)}</li>`)
  const content = html`<h1>Pick an account</h1>
<p>An application wants to reach <code>${request.scope.resources.join(', ')}</code> as you.
Signing in at: ${tenant}.</p>
<form method="post" action="${action}">
<ul>${buttons}</ul>
<h2>Or end it otherwise</h2>
<ul>
<li><button name="outcome" value="cancel">Cancel</button></li>
<li><button name="outcome" value="decline">Decline the permissions
<small>returns access_denied, AADSTS65004</small></button></li>
<li><button name="outcome" value="consent_required">Return without consent
<small>returns consent_required, AADSTS65001</small></button></li>
</ul>
</form>
<form method="post" action="${action}">
<input type="hidden" name="account" value="${accounts[0]?.username}">
<button name="outcome" value="consent_withdrawn">Sign in, then withdraw consent at once
<small>the code is refused with AADSTS65001 (invalid_grant, consent_required)</small></button>
</form>`
  return page(200, htmlDocument('Sign in to your account', content))
}

/** The wall before users of a tenant where only an administrator can consent. */
export function adminApprovalPage(returnAddress: ReturnAddress): Reply {
  const back = returnUrl(returnAddress, { error: 'access_denied', error_subcode: 'cancel' })
  const content = html`<h1>Need admin approval</h1>
<p>This application needs permission to access resources in your organization that only an admin
can grant. Please ask an admin to grant permission to this app before you can use it.</p>
<p>AADSTS90094</p>
<p><a href="${back}">Return to the application without granting consent</a></p>`
  return page(200, htmlDocument('Need admin approval', content))
}

/** A refusal that Microsoft shows itself: there is no way back to the application. */
export function refusalPage({ status, body }: Refusal): Reply {
  const content = html`<h1>Sorry, but we are having trouble signing you in.</h1>
<p>${body.error_description}</p>`
  return page(status === 401 ? 400 : status, htmlDocument('Sign in to your account', content))
}

/** The hinted account first, then those that the tenant knows. */
function accountsFor({ tenantId, loginHint: hint }: AuthorizationRequest): readonly User[] {
  const rank = (user: User) => {
    if (isHinted(user, hint)) return 0
    return tenantId === undefined || accountIn(tenantId, user) !== undefined ? 1 : 2
  }
  return allUsers().toSorted((one, other) => rank(one) - rank(other))
}

function accountButton(user: User, hint: string | undefined): Html {
  const kind = isHinted(user, hint) ? 'primary' : 'account'
  return html`<button class="${kind}" name="account" value="${user.username}">${user.name}
<small>${user.username}</small><small>${user.description}</small></button>`
}

/** A hint is a username or the `login_hint` claim of an earlier id_token. */
function isHinted(user: User, hint: string | undefined): boolean {
  const hints = Object.keys(user.objectIds).flatMap((tenantId) => {
    const account = accountIn(tenantId, user)
    return account === undefined ? [] : [loginHint(account)]
  })
  return hint !== undefined && [user.username, ...hints].includes(hint)
}
