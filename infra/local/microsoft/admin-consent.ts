import { authorityProblem, clientProblem } from './authorization-request.ts'
import { refusalPage } from './authorize-pages.ts'
import type { StandInContext } from './context.ts'
import { adminsOf, allUsers, findTenant, findUser, type User } from './directory.ts'
import { html, htmlDocument } from './html.ts'
import { refusal } from './refusals.ts'
import { page, type Reply, redirect, type StandInRequest } from './reply.ts'
import { parseScope } from './scope.ts'

/** `GET` and `POST /{tenant}/v2.0/adminconsent`: an administrator consents for the whole tenant. */
export function adminConsent(
  context: StandInContext,
  authority: string,
  request: StandInRequest,
): Reply {
  const parameters = request.url.searchParams
  const parsed = parseScope(parameters.get('scope') ?? '')
  const problem =
    authorityProblem(authority) ??
    clientProblem(context, parameters) ??
    (parsed.outcome === 'refused' ? parsed : undefined)
  if (problem !== undefined) {
    return refusalPage(refusal(problem.code, context.now(), problem.detail))
  }
  const admins = adminsAt(authority)
  if (request.method === 'POST') {
    const answer = { admins, form: new URLSearchParams(request.body) }
    return decide(context, parameters, answer)
  }
  return consentPage(admins, parameters, `${request.url.pathname}${request.url.search}`)
}

interface Answer {
  readonly admins: readonly User[]
  readonly form: URLSearchParams
}

function decide(context: StandInContext, parameters: URLSearchParams, answer: Answer): Reply {
  const { admins, form } = answer
  const username = form.get('account')
  const user = username === null ? admins[0] : findUser(username)
  const tenant = (user ?? admins[0])?.homeTenantId ?? ''
  if (form.get('decision') !== 'accept') return failed(parameters, tenant, declined(context))
  if (user === undefined || !admins.includes(user)) {
    return failed(parameters, tenant, notAnAdmin(context))
  }
  context.grants.consent(tenant)
  return returned(parameters, {
    admin_consent: 'True',
    tenant,
    scope: parameters.get('scope') ?? '',
  })
}

interface Failure {
  readonly error: string
  readonly error_description: string
}

function declined(context: StandInContext): Failure {
  const { error_description } = refusal(65004, context.now()).body
  return { error: 'consent_required', error_description }
}

function notAnAdmin(context: StandInContext): Failure {
  const { error_description } = refusal(90094, context.now()).body
  return { error: 'access_denied', error_description }
}

/** A failure says `admin_consent=True` too: only `error` tells. */
function failed(parameters: URLSearchParams, tenant: string, failure: Failure): Reply {
  return returned(parameters, { admin_consent: 'True', tenant, ...failure })
}

function returned(parameters: URLSearchParams, answer: Readonly<Record<string, string>>): Reply {
  const redirectUri = parameters.get('redirect_uri') ?? ''
  const state = parameters.get('state')
  const all = new URLSearchParams(state === null ? { ...answer } : { ...answer, state })
  return redirect(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${all}#`)
}

function adminsAt(authority: string): readonly User[] {
  const tenant = findTenant(authority)
  return tenant === undefined ? allUsers().filter((user) => user.admin) : adminsOf(tenant.id)
}

function consentPage(admins: readonly User[], parameters: URLSearchParams, action: string): Reply {
  const options = admins.map(
    (user) => html`<option value="${user.username}">${user.name} (${user.description})</option>`,
  )
  const content = html`<h1>Permissions requested: review for your organization</h1>
<p>An application asks for <code>${parameters.get('scope') ?? ''}</code>. If you accept, it gets
this for every user of your organization, and nobody else is asked.</p>
<form method="post" action="${action}">
<p><label>Signed in as <select name="account">${options}</select></label></p>
<ul>
<li><button class="primary" name="decision" value="accept">Accept</button></li>
<li><button name="decision" value="cancel">Cancel</button></li>
</ul>
</form>`
  return page(200, htmlDocument('Permissions requested', content))
}
