import { randomUUID } from 'node:crypto'
import type { Canaries } from './canaries.ts'
import { type EntraState, keySetAnswer, tokenAnswer } from './entra.ts'
import { whoAmIAnswer } from './other-upstreams.ts'
import { startWireServer, type WireAnswer, type WireRequest } from './wire-server.ts'

/** Microsoft for one service in another process. */
export interface JourneyMicrosoft {
  readonly url: string
  readonly entra: EntraState
  /** What an endpoint answers from now on in its own stead; `undefined` mends it. */
  answer(endpoint: 'token' | 'keys' | 'WhoAmI', answer: WireAnswer | undefined): void
  close(): Promise<void>
}

export async function journeyMicrosoft(canaries: Canaries): Promise<JourneyMicrosoft> {
  const answers = new Map<string, WireAnswer>()
  const server = await startWireServer(async (request) => {
    const endpoint = request.url.split('/').at(-1) ?? ''
    const isChallenge = endpoint === 'WhoAmI' && request.headers.authorization === undefined
    const bent = isChallenge ? undefined : answers.get(endpoint)
    return bent ?? realAnswer(entra, canaries, request)
  })
  const clientSecret = canaries.mint('client secret')
  const entra: EntraState = {
    clientId: randomUUID(),
    clientSecrets: new Set([clientSecret]),
    refreshTokens: new Set(),
    codes: new Map(),
    user: { tenantId: randomUUID(), objectId: randomUUID() },
    baseUrl: server.url,
    expiresInSeconds: 3900,
    clockAheadSeconds: 0,
    issued: [],
  }
  return {
    url: server.url,
    entra,
    answer: (endpoint, answer) => {
      if (answer === undefined) answers.delete(endpoint)
      else answers.set(endpoint, answer)
    },
    close: () => server.close(),
  }
}

function realAnswer(
  entra: EntraState,
  canaries: Canaries,
  request: WireRequest,
): WireAnswer | Promise<WireAnswer> {
  if (request.url.endsWith('/token')) return tokenAnswer(entra, canaries, request)
  if (request.url.endsWith('/keys')) return keySetAnswer()
  return whoAmIAnswer({ entra }, request)
}
