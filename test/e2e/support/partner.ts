/** What a call to the service answered. */
export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON; `undefined` when the answer is none. */
  readonly json: unknown
}

/** A partner's backend, which speaks for any account. */
export interface Partner {
  call(method: string, path: string, request?: ApiRequest): Promise<ApiAnswer>
  /** Makes a connection and the link that a customer's browser opens to complete it. */
  signInLink(options: SignInLinkOptions): Promise<SignInLink>
}

/** What goes with a call; the bearer token is got when none is given. */
export interface ApiRequest {
  readonly account?: string
  readonly json?: unknown
  readonly bearer?: string
}

export interface SignInLinkOptions {
  readonly account: string
  /** Left out: the person says, or finds, which environment it is. */
  readonly resource?: string | undefined
  /** An existing connection, to sign in again. */
  readonly connectionId?: string
  readonly targetOrigin?: string
  readonly callbackMessage?: string
  readonly lang?: string
  /** Further fields of the sign-in token, such as `AllowUserChange`. */
  readonly terms?: Readonly<Record<string, unknown>>
}

export interface SignInLink {
  readonly connectionId: string
  readonly link: string
}

const INSTALL = `/v1.0/connectors/${encodeURIComponent('Microsoft Dynamics CRM Online')}/install`

/** An API client of a service. */
export interface ApiClient {
  readonly clientId: string
  readonly clientSecret: string
}

/** The API client of a local service. */
export const LOCAL_CLIENT: ApiClient = { clientId: 'local', clientSecret: 'local-secret' }

/** The partner of a service, as its API client. */
export function createPartner(url: string, client = LOCAL_CLIENT): Partner {
  const bearerToken = async (): Promise<string> => {
    const form = {
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
    }
    const request = { method: 'POST', body: new URLSearchParams(form) }
    const { json } = await answerOf(await fetch(`${url}/oauth/token`, request))
    return field(json, 'access_token')
  }
  const call = async (method: string, path: string, request: ApiRequest = {}) => {
    const { account, json, bearer = await bearerToken() } = request
    const headers = {
      authorization: `Bearer ${bearer}`,
      ...(account !== undefined && { 'x-cyclr-account': account }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    }
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    return answerOf(await fetch(`${url}${path}`, { method, headers, ...body }))
  }
  const install = async (account: string, resource: string | undefined): Promise<string> => {
    const Properties = resource === undefined ? [] : [{ Name: 'Resource', Value: resource }]
    // Several connections of one account need names of their own.
    const Name = `Dynamics ${crypto.randomUUID()}`
    const { json } = await call('POST', INSTALL, { account, json: { Name, Properties } })
    return field(json, 'Id')
  }
  const signInLink = async (options: SignInLinkOptions): Promise<SignInLink> => {
    const { account, resource, callbackMessage, lang, terms } = options
    const id = options.connectionId ?? (await install(account, resource))
    const path = `/v1.0/accounts/${encodeURIComponent(account)}/signintoken`
    const { json } = await call('POST', path, { json: { Username: 'demo', ...terms } })
    const query = new URLSearchParams({
      id,
      token: field(json, 'Token'),
      targetOrigin: options.targetOrigin ?? `${url}/`,
      ...(callbackMessage !== undefined && { callbackMessage }),
      ...(lang !== undefined && { lang }),
    })
    const link = `${url}/connectorauth/updateaccountconnectoroauth?${query}`
    return { connectionId: id, link }
  }
  return { call, signInLink }
}

async function answerOf(response: Response): Promise<ApiAnswer> {
  const { status, headers } = response
  return { status, headers, json: await response.json().catch(() => undefined) }
}

/**
 * Reads one field of a JSON object.
 * @throws Error with the whole object when it is not there.
 */
export function field(json: unknown, name: string): string {
  const value = typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined
  if (value === undefined) throw new Error(`no ${name} in ${JSON.stringify(json)}`)
  return String(value)
}
