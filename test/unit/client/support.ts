import { expect } from 'vitest'
import { clientWith, type DynamicsConnectClient } from '../../../functions/client/client.ts'
import type { Fetch, FetchRequest } from '../../../functions/client/fetch.ts'
import { type DynamicsConnectOptions, settingsOf } from '../../../functions/client/settings.ts'
import { utc } from '../../../functions/http/account-connector.ts'
import { type HandClock, handClock } from '../../fakes/hand-clock.ts'

export const URL_OF_SERVICE = 'https://connect.example.com'
export const SECRET = 'the-secret-of-the-client'
export const RESOURCE = 'https://contoso.crm4.dynamics.com'

/** One request as it was sent. */
export interface Sent {
  /** As in `GET /v1.0/account/connectors/7`. */
  readonly what: string
  readonly request: FetchRequest
}

/** What a scripted service answers. */
export type Reply = (sent: Sent) => Response | Promise<Response>

export interface ClientScene {
  readonly client: DynamicsConnectClient
  /** This machine's clock. */
  readonly clock: HandClock
  /** All requests, those for bearer tokens too. */
  readonly sent: readonly Sent[]
  /** All requests but those for bearer tokens. */
  calls(): readonly Sent[]
  /** How long the client waited, in milliseconds. */
  readonly waits: readonly number[]
  /** Plans the answer to the next call, whatever it asks for. */
  next(reply: Reply): void
  /** The same for the next request of a bearer token. */
  nextBearer(reply: Reply): void
  /** A token that the service issues now, for so many seconds. */
  token(seconds: number, accessToken?: string): Response
  /** An answer of the service. */
  answer(body: unknown, status?: number, headers?: Readonly<Record<string, string>>): Response
}

export interface SceneOptions extends Partial<DynamicsConnectOptions> {
  /** How far the service's clock is ahead of this machine's. */
  readonly skewMs?: number
}

/** A client of a service that answers as planned; a call that was not planned fails. */
export function clientScene({ skewMs = 0, ...options }: SceneOptions = {}): ClientScene {
  const clock = handClock()
  const sent: Sent[] = []
  const waits: number[] = []
  const replies: Reply[] = []
  const bearers: Reply[] = []
  const serverTime = () => new Date(clock.now().getTime() + skewMs)
  const answer = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) =>
    Response.json(body, { status, headers: { date: serverTime().toUTCString(), ...headers } })
  const bearer: Reply = () =>
    answer({ access_token: `bearer-${sent.length}`, token_type: 'bearer', expires_in: 3600 })
  const fetch: Fetch = async (url, request) => {
    const what = `${request.method} ${url.replace(URL_OF_SERVICE, '')}`
    const it = { what, request }
    sent.push(it)
    if (isBearer(it)) return (bearers.shift() ?? bearer)(it)
    const reply = replies.shift()
    if (reply === undefined) throw new Error(`not planned: ${what}`)
    return reply(it)
  }
  const wait = async (ms: number) => {
    waits.push(ms)
    clock.advance(ms)
  }
  const all = { url: URL_OF_SERVICE, clientId: 'acme-backend', clientSecret: SECRET, ...options }
  const settings = settingsOf({ fetch, ...all })
  return {
    client: clientWith(settings, { now: () => clock.now().getTime(), wait }),
    clock,
    sent,
    calls: () => sent.filter((it) => !isBearer(it)),
    waits,
    next: (reply) => replies.push(reply),
    nextBearer: (reply) => bearers.push(reply),
    token: (seconds, accessToken = `token-${sent.length}`) => {
      const ExpiresAtUtc = utc(new Date(serverTime().getTime() + seconds * 1000))
      return answer({ AccessToken: accessToken, ExpiresAtUtc, Resource: RESOURCE })
    },
    answer,
  }
}

const isBearer = ({ what }: Sent) => what === 'POST /oauth/token'

/** What a call was refused with. */
export async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable('nothing was thrown'),
    (error: unknown) => error,
  )
}
