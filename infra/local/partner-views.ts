import { type Html, html } from './microsoft/html.ts'
import type { Answer, ConnectionState, IssuedToken } from './partner-api.ts'
import {
  type ConnectionIds,
  EXAMPLE_RESOURCE,
  type PlayedOptions,
  type Step,
  settingsOfPrograms,
  stepsByHand,
} from './partner-commands.ts'
import { PARTNER_STYLE } from './partner-style.ts'

/** What the page about one connection shows. */
export interface Shown {
  readonly accountId: string
  readonly connectionId: string
  readonly connection: Answer<ConnectionState>
  readonly token?: TokenShown
}

/** What came of asking for an access token, and what the environment said to it. */
export type TokenShown =
  | { readonly outcome: 'ok'; readonly value: IssuedToken; readonly whoAmI: string }
  | { readonly outcome: 'refused'; readonly message: string }

interface StartShown {
  readonly accountId?: string | undefined
  readonly resource?: string
  readonly problem?: string
}

const DEFAULT_ACCOUNT = 'acme-customer-1'

/** Enough to see that there is one, too little to use. */
const SHOWN_TOKEN_CHARACTERS = 12

/** The page where a customer of the partner connects. */
export function startView({ accountId, resource, problem }: StartShown): string {
  const alert = problem && html`<p class="problem" role="alert">${problem}</p>`
  return documentOf(html`<h1>Connect Dynamics 365</h1>
<p>Acme Billing keeps invoices and customers in step with your Dynamics 365 environment.</p>
${alert || undefined}
<form method="post" action="/connect">
<label for="account">Account</label>
<input id="account" name="account" value="${accountId || DEFAULT_ACCOUNT}" required maxlength="100" autocomplete="off">
<label for="resource">Environment URL (empty: it is found at the sign-in)</label>
<input id="resource" name="resource" type="url" value="${resource ?? EXAMPLE_RESOURCE}" autocomplete="off">
<button>Connect Dynamics 365</button>
</form>`)
}

/** The page where a customer sees the connection, and where a developer tries its token. */
export function connectionView(options: PlayedOptions, shown: Shown): string {
  const { accountId, connection, token, connectionId } = shown
  const resource = connection.outcome === 'ok' ? connection.value.resource : EXAMPLE_RESOURCE
  const ids = { accountId, connectionId, resource }
  const isConnected = connection.outcome === 'ok' && resource !== ''
  return documentOf(html`<h1>Your connection</h1>
${connection.outcome === 'ok' ? stateTable(connection.value) : problemOf(connection.message)}
<form method="post" action="/token">
<input type="hidden" name="connectionId" value="${connectionId}">
<button>Ask for an access token</button>
</form>
${token && tokenSection(token)}
${isConnected ? programSection(options, ids) : undefined}
<p><a href="/">Connect another environment</a></p>
<h2>The same by hand</h2>
<p>These are the calls that your own backend would make.</p>
<ol>${stepsByHand(options, ids).map(stepItem)}</ol>`)
}

function stateTable({ facts }: ConnectionState): Html {
  const rows = facts.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )
  return html`<table><caption>What the service says about it</caption>${rows}</table>`
}

function tokenSection(token: TokenShown): Html {
  if (token.outcome === 'refused') return problemOf(token.message)
  const { accessToken, expiresAt } = token.value
  const start = accessToken.slice(0, SHOWN_TOKEN_CHARACTERS)
  return html`<table><caption>An access token came</caption>
<tr><th scope="row">Access token</th><td><code>${start}…</code></td></tr>
<tr><th scope="row">Valid until</th><td>${expiresAt}</td></tr>
<tr><th scope="row">WhoAmI with it</th><td><code>${token.whoAmI}</code></td></tr></table>`
}

/** The example that needs nothing to be installed. */
const FIRST_EXAMPLE = 'node functions/client/examples/list-accounts-fetch.mjs'

function programSection(options: PlayedOptions, ids: ConnectionIds): Html {
  return html`<h2>In your own code</h2>
<p>What the programs in <code>functions/client/examples</code> have to know, and the first of them, which lists the accounts of this environment:</p>
<pre>${settingsOfPrograms(options, ids)}

${FIRST_EXAMPLE}</pre>`
}

function problemOf(message: string): Html {
  return html`<p class="problem" role="alert">${message}</p>`
}

function stepItem({ title, command }: Step): Html {
  return html`<li>${title}<pre>${command}</pre></li>`
}

function documentOf(content: Html): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Acme Billing</title>
<style>${PARTNER_STYLE}</style>
</head>
<body>
<header><strong>Acme Billing</strong> <span>a local stand-in for your own product</span></header>
<main>
${content.markup}
</main>
</body>
</html>
`
}
