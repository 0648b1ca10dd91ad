import { SIGN_IN_PATH } from '../../functions/http/routes.ts'
import { CONNECTOR, type PartnerApiOptions } from './partner-api.ts'

/** One thing to do by hand: a command for a shell, or an address for a browser. */
export interface Step {
  readonly title: string
  readonly command: string
}

/** What the commands are about. */
export interface ConnectionIds {
  readonly accountId: string
  readonly connectionId: string
  readonly resource: string
}

/** Where environments are, when they are not at their own addresses. */
export interface PlayedOptions extends PartnerApiOptions {
  readonly dataverseBaseUrl: string | undefined
}

/** An environment that the stand-in for Microsoft has. */
export const EXAMPLE_RESOURCE = 'https://example.crm.dynamics.com'

/** What makes and uses a connection, in order, with the ids of this one. */
export function stepsByHand(
  options: PartnerApiOptions,
  { accountId, connectionId, resource }: ConnectionIds,
): readonly Step[] {
  const { url } = options
  const bearer = `-H "Authorization: Bearer $BEARER" -H ${quoted(`X-Cyclr-Account: ${accountId}`)}`
  const post = `curl ${bearer} -H 'Content-Type: application/json'`
  const install = `${url}/v1.0/connectors/${encodeURIComponent(CONNECTOR)}/install`
  const properties = JSON.stringify({ Properties: [{ Name: 'Resource', Value: resource }] })
  const signInToken = `${url}/v1.0/accounts/${encodeURIComponent(accountId)}/signintoken`
  const connection = `${url}/v1.0/account/connectors/${encodeURIComponent(connectionId)}`
  const query = new URLSearchParams({ id: connectionId, token: 'TOKEN', targetOrigin: `${url}/` })
  return [
    { title: 'Sign your backend in', command: bearerCommand(options) },
    { title: 'Make the connection', command: `${post} ${install} -d ${quoted(properties)}` },
    {
      title: 'Get a sign-in token',
      command: `${post} ${signInToken} -d ${quoted('{"Username":"demo"}')}`,
    },
    { title: 'Send the browser there, with the token', command: `${url}${SIGN_IN_PATH}?${query}` },
    { title: 'Read the state', command: `curl ${bearer} ${connection}` },
    { title: 'Ask for an access token', command: `curl ${bearer} ${connection}/token` },
    { title: 'Refresh it now', command: `curl -X POST ${bearer} ${connection}/refresh` },
  ]
}

/** What the programs in functions/client/examples have to know, in the words of a shell. */
export function settingsOfPrograms(
  { url, apiClient, dataverseBaseUrl }: PlayedOptions,
  { accountId, connectionId, resource }: ConnectionIds,
): string {
  const settings = {
    DYNAMICS_CONNECT_URL: url,
    DYNAMICS_CONNECT_CLIENT_ID: apiClient.clientId,
    DYNAMICS_CONNECT_CLIENT_SECRET: apiClient.clientSecret,
    DYNAMICS_CONNECT_ACCOUNT: accountId,
    DYNAMICS_CONNECT_CONNECTION: connectionId,
    // Only what is played is at another address than its own.
    ...(dataverseBaseUrl && { DATAVERSE_URL: `${dataverseBaseUrl}/${new URL(resource).host}` }),
  }
  return Object.entries(settings)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join('\n')
}

/** The first step: a bearer token for the partner's backend, kept in `$BEARER`. */
export function bearerCommand({ url, apiClient }: PartnerApiOptions): string {
  const { clientId, clientSecret } = apiClient
  const form = `-d grant_type=client_credentials -d client_id=${clientId} -d client_secret=${clientSecret}`
  return `BEARER=$(curl -s ${url}/oauth/token ${form} | sed -E 's/.*"access_token":"([^"]+)".*/\\1/')`
}

/** One word for a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
