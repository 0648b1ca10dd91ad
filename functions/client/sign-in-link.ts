import { RequestRefused } from './errors.ts'
import { objectOf, text, time } from './json.ts'
import { type AccountOptions, type ConnectionId, connectorPath, type Service } from './service.ts'

/** Whom a link is for, and what it may do. */
export interface SignInLinkOptions extends AccountOptions {
  readonly connectionId: ConnectionId
  /** Whom you mean it for, in your own words. */
  readonly username: string
  /** Where the browser comes back to; its exact origin has to be one of the service's `allowedOrigins`. */
  readonly targetOrigin: string
  /** 1 to 10080 (a week), 5 unless given; a longer one is for a mail. */
  readonly lifetimeMinutes?: number | undefined
  /** The organization that has to sign in, as Microsoft Entra knows it. */
  readonly tenantId?: string | undefined
  /** The person that has to sign in, as Microsoft Entra knows it. */
  readonly userObjectId?: string | undefined
  /** Lets a reconnect be by another person than before. */
  readonly allowUserChange?: boolean | undefined
  /** Connects nothing until `connections.complete` confirms it. */
  readonly confirmationRequired?: boolean | undefined
  /** Posted to the window that opened the link, once connected, instead of a redirect. */
  readonly callbackMessage?: string | undefined
  /** `message` posts how it ended, failures too, to the window that opened the link. */
  readonly responseMode?: 'message' | undefined
  /** Language of the service's pages, `de`; the browser's unless given. */
  readonly language?: string | undefined
}

/** A link for the customer's browser. It is good for one connection: give it to nobody else, log it nowhere. */
export interface SignInLink {
  readonly url: string
  /** By the service's clock. */
  readonly expiresAt: Date
}

/** @throws DynamicsConnectError */
export async function signInLink(
  service: Service,
  origin: string,
  options: SignInLinkOptions,
): Promise<SignInLink> {
  // Looked at before a token is made for nothing.
  connectorPath(options.connectionId)
  const accountId = service.accountOf(options)
  if (accountId === undefined) {
    throw new RequestRefused('Give the accountId, to signInLink or to dynamicsConnect.', {
      code: 'account_missing',
    })
  }
  const path = `/v1.0/accounts/${encodeURIComponent(accountId)}/signintoken`
  const json = signInTokenRequest(options)
  // A token that nobody got is good for nothing and ends by itself.
  const request = { method: 'POST', path, accountId, json, isRepeatable: true } as const
  const answer = objectOf((await service.call(request)).json)
  const query = linkQuery(options, text(answer, 'Token'))
  return { url: `${origin}/connector/authorize?${query}`, expiresAt: time(answer, 'ExpiresAtUtc') }
}

function signInTokenRequest(options: SignInLinkOptions): Readonly<Record<string, unknown>> {
  return {
    Username: options.username,
    LifetimeMinutes: options.lifetimeMinutes,
    TenantId: options.tenantId,
    UserObjectId: options.userObjectId,
    AllowUserChange: options.allowUserChange,
    ConfirmationRequired: options.confirmationRequired,
  }
}

function linkQuery(options: SignInLinkOptions, token: string): URLSearchParams {
  const { connectionId, targetOrigin, callbackMessage, responseMode, language } = options
  return new URLSearchParams({
    id: String(connectionId),
    token,
    targetOrigin,
    ...(callbackMessage === undefined ? {} : { callbackMessage }),
    ...(responseMode === undefined ? {} : { responseMode }),
    ...(language === undefined ? {} : { lang: language }),
  })
}
