import { localTime } from './answer.ts'
import { type AccessToken, type HeldToken, heldTokens } from './held-tokens.ts'
import { objectOf, text, time } from './json.ts'
import { type AccountOptions, type ConnectionId, connectorPath, type Service } from './service.ts'
import type { Timing } from './timing.ts'

/** Which token. */
export interface TokenOptions extends AccountOptions {
  /** It has to be good for this many seconds more: 0 to 3000, 300 unless given. */
  readonly minValidity?: number | undefined
  /** A newer one than the service and the client hold, as when the environment does not take it any more. */
  readonly forceRefresh?: boolean | undefined
}

/** Access tokens, kept while they are good; one request at a time for each connection. */
export interface AccessTokens {
  /** @throws DynamicsConnectError */
  get(connectionId: ConnectionId, options?: TokenOptions): Promise<AccessToken>
  /** What is held for the connection, or on its way, serves nobody who asks from now on. */
  forget(accountId: string | undefined, connectionId: ConnectionId): void
}

const MIN_VALIDITY_SECONDS = 300

interface Wanted {
  readonly accountId: string | undefined
  readonly connectionId: ConnectionId
  readonly minValidity: number
  readonly forceRefresh: boolean
}

interface Coming {
  readonly wanted: Wanted
  readonly token: Promise<AccessToken>
}

export function accessTokens(service: Service, timing: Timing): AccessTokens {
  const held = heldTokens(timing)
  const coming = new Map<string, Coming>()

  const ask = (key: string, wanted: Wanted): Promise<AccessToken> => {
    const isCurrent = () => coming.get(key) === asked
    const token = request(service, wanted)
      .then((entry) => {
        if (isCurrent()) held.keep(key, entry)
        return entry.token
      })
      .finally(() => {
        if (isCurrent()) coming.delete(key)
      })
    const asked: Coming = { wanted, token }
    coming.set(key, asked)
    return token
  }

  const get = async (key: string, wanted: Wanted): Promise<AccessToken> => {
    const token = wanted.forceRefresh ? undefined : held.find(key, wanted.minValidity)
    if (token) return token
    const running = coming.get(key)
    if (running === undefined) return ask(key, wanted)
    if (serves(running.wanted, wanted)) return running.token
    // However that ends: this call wants more, and asks for itself.
    await running.token.catch(() => undefined)
    return get(key, wanted)
  }

  return {
    get: async (connectionId, options = {}) => {
      const { minValidity = MIN_VALIDITY_SECONDS, forceRefresh = false } = options
      const accountId = service.accountOf(options)
      const wanted = { accountId, connectionId, minValidity, forceRefresh }
      return get(keyOf(accountId, connectionId), wanted)
    },
    forget: (accountId, connectionId) => {
      held.drop(keyOf(accountId, connectionId))
      coming.delete(keyOf(accountId, connectionId))
    },
  }
}

function keyOf(accountId: string | undefined, connectionId: ConnectionId): string {
  return `${connectionId} ${accountId ?? ''}`
}

/** Whether the answer to one call is good enough for another. */
function serves(running: Wanted, wanted: Wanted): boolean {
  const isNewEnough = running.forceRefresh || !wanted.forceRefresh
  return isNewEnough && running.minValidity >= wanted.minValidity
}

async function request(service: Service, wanted: Wanted): Promise<HeldToken> {
  const { accountId, connectionId, minValidity, forceRefresh } = wanted
  const query = new URLSearchParams({
    minValidity: String(minValidity),
    ...(forceRefresh ? { forceRefresh: 'true' } : {}),
  })
  const path = `${connectorPath(connectionId)}/token?${query}`
  const answer = await service.call({ method: 'GET', path, accountId })
  const json = objectOf(answer.json)
  return {
    from: answer.sentAt,
    token: {
      accessToken: text(json, 'AccessToken'),
      expiresAt: new Date(localTime(time(json, 'ExpiresAtUtc'), answer)),
      resource: text(json, 'Resource'),
    },
  }
}
