import { authorityUrl, type EntraLocation } from '../../functions/adapters/entra-endpoints.ts'
import { entraFailureOf } from '../../functions/adapters/entra-failure.ts'
import { outboundFetch } from '../../functions/adapters/outbound-fetch.ts'
import type { TokenEndpointFailure } from '../../functions/domain/token-endpoint.ts'

/** What Microsoft said about a client id and secret. */
export type CredentialVerdict =
  | { readonly verdict: 'accepted' }
  /** It refused something else, which is no proof that it looked at the credential. */
  | { readonly verdict: 'not_refused' }
  | { readonly verdict: 'rejected'; readonly code: number | undefined }
  | { readonly verdict: 'unknown_app'; readonly code: number | undefined }
  | { readonly verdict: 'no_answer'; readonly status: number | undefined }

/** What Microsoft said about a reply URL. */
export type ReplyUrlVerdict = 'registered' | 'not_registered' | 'unknown_app' | 'unclear'

/** Questions to Microsoft that need no user. */
export interface EntraProbe {
  /**
   * Asks for a token of the app's own where the partner's tenant is known, and else tries a refresh token
   * that is none.
   */
  credential(question: {
    readonly clientId: string
    readonly clientSecret: string
    readonly tenant: string | undefined
  }): Promise<CredentialVerdict>
  /** Begins a sign-in that may show nothing: only a registered reply URL gets its refusal. */
  replyUrl(question: {
    readonly clientId: string
    readonly replyUrl: string
  }): Promise<ReplyUrlVerdict>
  /** How far Microsoft's clock was ahead of this machine's at its last answer. */
  clockAheadMs(): number | undefined
}

export interface EntraProbeOptions extends EntraLocation {
  readonly loginHost: string
  readonly now: () => Date
}

/** @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
export function entraProbe(options: EntraProbeOptions): EntraProbe {
  let aheadMs: number | undefined
  const ask = async (tenant: string, path: string, body?: URLSearchParams): Promise<Response> => {
    const url = `${authorityUrl(options, { loginHost: options.loginHost, tenant })}/oauth2/v2.0/${path}`
    const response = await outboundFetch(url, body && { method: 'POST', body })
    aheadMs = aheadOf(response.headers.get('date'), options.now()) ?? aheadMs
    return response
  }
  return {
    credential: async ({ clientId, clientSecret, tenant }) => {
      const grant =
        tenant === undefined
          ? { grant_type: 'refresh_token', refresh_token: 'none', scope: 'openid' }
          : { grant_type: 'client_credentials', scope: `${clientId}/.default` }
      const body = { client_id: clientId, client_secret: clientSecret, ...grant }
      const response = await ask(tenant ?? 'organizations', 'token', new URLSearchParams(body))
      if (response.status === 200) return { verdict: 'accepted' }
      return verdictOf(await entraFailureOf(response, options.now()))
    },
    replyUrl: async ({ clientId, replyUrl }) => {
      const parameters = new URLSearchParams({
        client_id: clientId,
        redirect_uri: replyUrl,
        response_type: 'code',
        scope: 'openid',
        prompt: 'none',
        state: 'doctor',
      })
      const response = await ask('organizations', `authorize?${parameters}`)
      return replyUrlVerdictOf(response, await response.text(), replyUrl)
    },
    clockAheadMs: () => aheadMs,
  }
}

function verdictOf(failure: TokenEndpointFailure): CredentialVerdict {
  if (failure.outcome === 'unavailable') return { verdict: 'no_answer', status: failure.status }
  if (failure.outcome === 'malformed') return { verdict: 'no_answer', status: undefined }
  const { error, code } = failure.refusal
  if (error === 'invalid_client') return { verdict: 'rejected', code }
  if (error === 'unauthorized_client') return { verdict: 'unknown_app', code }
  return { verdict: 'not_refused' }
}

/** What is wrong with a redirect URI is shown on a page of Microsoft's, never sent back. */
function replyUrlVerdictOf(response: Response, page: string, replyUrl: string): ReplyUrlVerdict {
  if (response.headers.get('location')?.startsWith(replyUrl)) return 'registered'
  if (/AADSTS50011\b/.test(page)) return 'not_registered'
  return /AADSTS700016\b/.test(page) ? 'unknown_app' : 'unclear'
}

/** How far a `Date` header is ahead of this machine's clock; such a header knows no milliseconds. */
export function aheadOf(dateHeader: string | null | undefined, now: Date): number | undefined {
  const date = new Date(dateHeader ?? Number.NaN).getTime()
  if (Number.isNaN(date)) return undefined
  const halfASecond = 500
  return date + halfASecond - now.getTime()
}
