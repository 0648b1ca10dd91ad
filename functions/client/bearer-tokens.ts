import { number, objectOf, text } from './json.ts'
import type { Call, Send } from './send.ts'
import type { Settings } from './settings.ts'
import type { Timing } from './timing.ts'

/** Renewed this long before it ends, so that no request is overtaken by its end. */
const MARGIN_MS = 60 * 1000

/** The bearer token of the client: one at a time, renewed when it ends or is refused. */
export interface BearerTokens {
  /** @throws DynamicsConnectError */
  get(): Promise<string>
  /** The service refused this one. */
  drop(bearerToken: string): void
}

interface Held {
  readonly bearerToken: string
  readonly from: number
  readonly until: number
}

export function bearerTokens(send: Send, settings: Settings, timing: Timing): BearerTokens {
  let held: Held | undefined
  let coming: Promise<string> | undefined
  const renew = async (): Promise<string> => {
    const answer = await send(tokenRequest(settings))
    const json = objectOf(answer.json)
    const bearerToken = text(json, 'access_token')
    // Relative, so that it holds by whatever this machine's clock says.
    const until = answer.sentAt + number(json, 'expires_in') * 1000 - MARGIN_MS
    held = { bearerToken, from: answer.sentAt, until }
    return bearerToken
  }
  return {
    get: () => {
      const now = timing.now()
      // Before it was asked for: the clock was set back, and says nothing of its age any more.
      if (held && now >= held.from && now < held.until) return Promise.resolve(held.bearerToken)
      coming ??= renew().finally(() => {
        coming = undefined
      })
      return coming
    },
    drop: (bearerToken) => {
      if (held?.bearerToken === bearerToken) held = undefined
    },
  }
}

/** The client credentials grant. @see RFC 6749 §4.4 */
function tokenRequest({ clientId, clientSecret }: Settings): Call {
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  }
  return {
    method: 'POST',
    path: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    isRepeatable: true,
  }
}
