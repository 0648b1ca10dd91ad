import type { StandInContext } from './context.ts'
import { allUsers, ENVIRONMENTS, findTenant, USERS } from './directory.ts'
import { html, htmlDocument } from './html.ts'
import { page, type Reply } from './reply.ts'

/** `GET /`: what this is, who can sign in, and how to make it fail. */
export function indexPage({ url }: StandInContext): Reply {
  const environments = ENVIRONMENTS.map(
    ({ host, tenantId }) =>
      html`<tr><td><code>https://${host}</code></td><td>${findTenant(tenantId)?.name}</td></tr>`,
  )
  const accounts = allUsers().map(
    ({ name, username, description }) =>
      html`<tr><td>${name}<small>${username}</small></td><td>${description}</td></tr>`,
  )
  const content = html`<h1>Stand-in for Microsoft</h1>
<p>It plays Microsoft Entra, Dataverse and Global Discovery on this machine. It answers what the
real ones answer, to made-up accounts, and it can be made to fail as they do.</p>
<h2>Environments</h2>
<table><tr><th scope="col">Address</th><th scope="col">Tenant</th></tr>${environments}</table>
<h2>Accounts</h2>
<table><tr><th scope="col">Account</th><th scope="col">What it is</th></tr>${accounts}</table>
<h2>Make it fail</h2>
<p>The next two refreshes are refused because the grant was revoked:</p>
<pre>curl -X PUT ${url}/admin/faults -H 'content-type: application/json' \\
  -d '{"endpoint":"token","grantType":"refresh_token","code":50173,"times":2}'</pre>
<p>An environment answers 503, until the faults are switched off:</p>
<pre>curl -X PUT ${url}/admin/faults -H 'content-type: application/json' \\
  -d '{"endpoint":"whoami","status":503,"headers":{"Retry-After":"30"}}'
curl -X DELETE ${url}/admin/faults</pre>
<p>Endpoints: token, authorize, whoami, jwks, discovery, globaldisco. Kinds of failure below HTTP:
reset (before anything happens), lost (it happened, the answer is lost), drip, truncate, redirect,
huge, empty. Narrow a fault by tenant, grantType, authenticated and times; shape it by code, status,
body, contentType, headers and delayMs.</p>
<h2>Change its ways</h2>
<pre>curl -X PUT ${url}/admin/settings -H 'content-type: application/json' \\
  -d '{"refreshTokens":"strict","accessTokenLifetimeSeconds":120}'</pre>
<h2>Get a refresh token to import</h2>
<p>As another service would hold it for one of the accounts:</p>
<pre>curl ${url}/admin/refresh-tokens -H 'content-type: application/json' \\
  -d '{"username":"${USERS.contosoMember.username}"}'</pre>
<h2>See what it was asked</h2>
<pre>curl ${url}/admin/requests</pre>`
  return page(200, htmlDocument('Overview', content))
}
