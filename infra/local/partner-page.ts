import { SIGN_IN_PATH } from '../../functions/http/routes.ts'
import type { LocalPageRequest, LocalPages } from './gateway.ts'
import type { HttpAnswer } from './http-result.ts'
import { createPartnerApi, type PartnerApi } from './partner-api.ts'
import type { PlayedOptions } from './partner-commands.ts'
import { connectionView, type Shown, startView, type TokenShown } from './partner-views.ts'
import { whoAmI } from './who-am-i.ts'

/** What the partner's pages need to know. */
export interface PartnerPagesOptions extends PlayedOptions {
  /** Where the service takes browsers. */
  readonly publicUrl: string
}

/** Which account this browser is signed in to at the partner: its session, in the simplest form. */
const ACCOUNT_COOKIE = 'acme_account'

/**
 * Plays the partner's own product, so that whoever follows the printed link sees a connection made:
 * `GET /`, `POST /connect` and `POST /token`, beside the routes of the service.
 */
export function createPartnerPages(options: PartnerPagesOptions): LocalPages {
  const api = createPartnerApi(options)
  const pages: Readonly<Record<string, (request: LocalPageRequest) => Promise<HttpAnswer>>> = {
    'GET /': (request) => home(options, api, request),
    'POST /connect': (request) => connect(options, api, request),
    'POST /token': (request) => token(options, api, request),
  }
  return (request) => pages[`${request.method} ${request.path}`]?.(request)
}

/** The start, or the state of the connection that the browser came back with. */
async function home(
  options: PartnerPagesOptions,
  api: PartnerApi,
  request: LocalPageRequest,
): Promise<HttpAnswer> {
  const connectionId = request.query.get('connectionId')
  const accountId = accountOf(request)
  if (connectionId === null || accountId === undefined) return page(200, startView({ accountId }))
  return showConnection(options, api, { accountId, connectionId })
}

/** What a partner's backend does when its user presses the button, and then the redirect. */
async function connect(
  { url, publicUrl }: PartnerPagesOptions,
  api: PartnerApi,
  { form }: LocalPageRequest,
): Promise<HttpAnswer> {
  const accountId = form.get('account')?.trim() ?? ''
  const resource = form.get('resource')?.trim() ?? ''
  const connection = await api.connectionTo(accountId, resource)
  const token = connection.outcome === 'ok' ? await api.signInToken(accountId) : connection
  if (connection.outcome === 'refused' || token.outcome === 'refused') {
    const problem = token.outcome === 'refused' ? token.message : ''
    return page(400, startView({ accountId, resource, problem }))
  }
  const query = new URLSearchParams({
    id: connection.value,
    token: token.value,
    targetOrigin: `${url}/`,
  })
  const session = `${ACCOUNT_COOKIE}=${encodeURIComponent(accountId)}; Path=/; HttpOnly; SameSite=Lax`
  return {
    status: 303,
    headers: { location: `${publicUrl}${SIGN_IN_PATH}?${query}`, 'cache-control': 'no-store' },
    cookies: [session],
    body: Buffer.alloc(0),
  }
}

/** Asks for an access token and tries it at the environment. */
async function token(
  options: PartnerPagesOptions,
  api: PartnerApi,
  request: LocalPageRequest,
): Promise<HttpAnswer> {
  const accountId = accountOf(request)
  const connectionId = request.form.get('connectionId')
  if (accountId === undefined || connectionId === null) return page(400, startView({ accountId }))
  const issued = await api.accessToken(accountId, connectionId)
  const shown: TokenShown =
    issued.outcome === 'refused'
      ? issued
      : { ...issued, whoAmI: await whoAmI(issued.value, options.dataverseBaseUrl) }
  return showConnection(options, api, { accountId, connectionId, token: shown })
}

async function showConnection(
  options: PartnerPagesOptions,
  api: PartnerApi,
  shown: Omit<Shown, 'connection'>,
): Promise<HttpAnswer> {
  const connection = await api.connection(shown.accountId, shown.connectionId)
  return page(200, connectionView(options, { ...shown, connection }))
}

function accountOf({ cookie }: LocalPageRequest): string | undefined {
  const [, value] = new RegExp(`(?:^|;\\s*)${ACCOUNT_COOKIE}=([^;]*)`).exec(cookie) ?? []
  return value ? decodeURIComponent(value) : undefined
}

function page(status: number, body: string): HttpAnswer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
  return { status, headers, cookies: [], body: Buffer.from(body) }
}
