import { authorityUrl, type EntraLocation } from '../../functions/adapters/entra-endpoints.ts'
import { outboundFetch } from '../../functions/adapters/outbound-fetch.ts'

/** What Microsoft said about a reply URL. */
export type ReplyUrlVerdict = 'registered' | 'not_registered' | 'unknown_app' | 'unclear'

/** Questions to Microsoft that need no user. */
export interface EntraProbe {
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

/** @see https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow */
export function entraProbe(options: EntraProbeOptions): EntraProbe {
  let aheadMs: number | undefined
  const ask = async (path: string): Promise<Response> => {
    const authority = { loginHost: options.loginHost, tenant: 'organizations' }
    const url = `${authorityUrl(options, authority)}/oauth2/v2.0/${path}`
    const response = await outboundFetch(url)
    aheadMs = aheadOf(response.headers.get('date'), options.now()) ?? aheadMs
    return response
  }
  return {
    replyUrl: async ({ clientId, replyUrl }) => {
      const parameters = new URLSearchParams({
        client_id: clientId,
        redirect_uri: replyUrl,
        response_type: 'code',
        scope: 'openid',
        prompt: 'none',
        state: 'doctor',
      })
      const response = await ask(`authorize?${parameters}`)
      return replyUrlVerdictOf(response, await response.text(), replyUrl)
    },
    clockAheadMs: () => aheadMs,
  }
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
