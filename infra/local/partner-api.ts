/** What the service answered: what was asked for, or why not. */
export type Answer<T> =
  | { readonly outcome: 'ok'; readonly value: T }
  | { readonly outcome: 'refused'; readonly message: string }

/** A connection as `GET /v1.0/account/connectors/{id}` tells it, as far as the page shows it. */
export interface ConnectionState {
  readonly resource: string
  /** What is known of it, in words for a person. */
  readonly facts: readonly (readonly [name: string, value: string])[]
}

/** An access token as `GET …/{id}/token` hands it out. */
export interface IssuedToken {
  readonly accessToken: string
  readonly expiresAt: string
  readonly resource: string
}

/** The partner's client of the service. Every call but the first speaks for one account. */
export interface PartnerApi {
  /** Makes the account's connection to an environment, or finds the one that it has. */
  /** @param resource empty for a connection whose environment is found at the sign-in */
  connectionTo(accountId: string, resource: string): Promise<Answer<string>>
  signInToken(accountId: string): Promise<Answer<string>>
  connection(accountId: string, connectionId: string): Promise<Answer<ConnectionState>>
  accessToken(accountId: string, connectionId: string): Promise<Answer<IssuedToken>>
}

/** Where the service is and which of its API clients this is. */
export interface PartnerApiOptions {
  readonly url: string
  readonly apiClient: { readonly clientId: string; readonly clientSecret: string }
}

/** The one connector in the catalogue. */
export const CONNECTOR = 'Microsoft Dynamics CRM Online'

const INSTALL_PATH = `/v1.0/connectors/${encodeURIComponent(CONNECTOR)}/install`

type Json = Readonly<Record<string, unknown>>

/** The calls that a partner's backend makes, over HTTP as it would make them. */
export function createPartnerApi(options: PartnerApiOptions): PartnerApi {
  const ask = (accountId: string, path: string, body?: unknown) =>
    askAs(options, accountId, { path, body })
  return {
    connectionTo: async (accountId, resource) => {
      if (resource === '') return mapped(await ask(accountId, INSTALL_PATH, {}), idOf)
      const Name = nameOf(resource)
      const listed = await ask(accountId, '/v1.0/account/connectors')
      const known = elements(listed).find((connection) => connection.Name === Name)
      if (known !== undefined) return { outcome: 'ok', value: textOf(known.Id) }
      const Properties = [{ Name: 'Resource', Value: resource }]
      return mapped(await ask(accountId, INSTALL_PATH, { Name, Properties }), idOf)
    },
    signInToken: async (accountId) => {
      const path = `/v1.0/accounts/${encodeURIComponent(accountId)}/signintoken`
      return mapped(await ask(accountId, path, { Username: 'demo' }), ({ Token }) => textOf(Token))
    },
    connection: async (accountId, id) => mapped(await ask(accountId, connectionPath(id)), stateOf),
    accessToken: async (accountId, id) =>
      mapped(await ask(accountId, `${connectionPath(id)}/token`), (token) => ({
        accessToken: textOf(token.AccessToken),
        expiresAt: textOf(token.ExpiresAtUtc),
        resource: textOf(token.Resource),
      })),
  }
}

const idOf = ({ Id }: Json): string => textOf(Id)

function connectionPath(id: string): string {
  return `/v1.0/account/connectors/${encodeURIComponent(id)}`
}

/** One name per environment, so that connecting it again finds the same connection. */
function nameOf(resource: string): string {
  return `Dynamics 365 at ${URL.parse(resource)?.hostname ?? resource}`
}

interface Call {
  readonly path: string
  /** Sent by POST; without it the call is a GET. */
  readonly body: unknown
}

async function askAs(
  options: PartnerApiOptions,
  accountId: string,
  { path, body }: Call,
): Promise<Answer<unknown>> {
  const bearer = await bearerToken(options)
  if (bearer.outcome === 'refused') return bearer
  const headers = { authorization: `Bearer ${bearer.value}`, 'x-cyclr-account': accountId }
  const request =
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }
  return answerOf(await fetch(`${options.url}${path}`, request))
}

/** A backend would keep it for its hour; the page asks each time, to stay simple. */
async function bearerToken({ url, apiClient }: PartnerApiOptions): Promise<Answer<string>> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: apiClient.clientId,
    client_secret: apiClient.clientSecret,
  })
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: form })
  return mapped(await answerOf(response), ({ access_token: token }) => textOf(token))
}

async function answerOf(response: Response): Promise<Answer<unknown>> {
  const value: unknown = await response.json().catch(() => ({}))
  if (response.ok) return { outcome: 'ok', value }
  const { Message, error_description: description, error, message } = recordOf(value)
  const said = textOf(Message ?? description ?? error ?? message ?? '')
  return { outcome: 'refused', message: `${response.status} ${said}`.trim() }
}

function mapped<T>(answer: Answer<unknown>, read: (value: Json) => T): Answer<T> {
  if (answer.outcome === 'refused') return answer
  return { outcome: 'ok', value: read(recordOf(answer.value)) }
}

function stateOf(connection: Json): ConnectionState {
  const [reason, user, environment, failure] = [
    recordOf(connection.Reason),
    recordOf(connection.User),
    recordOf(connection.Environment),
    recordOf(connection.LastFailure),
  ]
  const facts: readonly (readonly [string, unknown])[] = [
    ['Name', connection.Name],
    ['Status', connection.Status],
    ['Why', reason.Message],
    ['Environment', environment.Url],
    ['Signed in by', user.Username ?? user.Name],
    ['Connected', connection.ConnectedAtUtc],
    ['Refreshed', connection.RefreshedAtUtc],
    ['Next refresh', connection.NextRefreshAtUtc],
    ['Last failure', failure.Code],
  ]
  return {
    resource: textOf(environment.Url),
    facts: facts
      .map(([name, value]) => [name, textOf(value)] as const)
      .filter(([, value]) => value !== ''),
  }
}

function elements(answer: Answer<unknown>): readonly Json[] {
  return answer.outcome === 'ok' && Array.isArray(answer.value) ? answer.value.map(recordOf) : []
}

function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}
