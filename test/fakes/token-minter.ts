import { randomBytes } from 'node:crypto'
import type { Clock } from '../../functions/domain/clock.ts'
import type { TokenSet } from '../../functions/domain/token-endpoint.ts'
import { HOUR } from './hand-clock.ts'

/** Makes token sets, no two alike, and remembers every token that it made. */
export interface TokenMinter {
  mint(lifetimeMs?: number): TokenSet
  readonly tokens: readonly string[]
}

export function tokenMinter(now: Clock): TokenMinter {
  const tokens: string[] = []
  const token = (kind: string) => {
    const minted = `canary-${kind}-${tokens.length}-${randomBytes(24).toString('base64url')}`
    tokens.push(minted)
    return minted
  }
  return {
    tokens,
    mint: (lifetimeMs = HOUR) => ({
      accessToken: token('access'),
      refreshToken: token('refresh'),
      accessTokenExpiresAt: new Date(now().getTime() + lifetimeMs),
      obtainedAt: now(),
    }),
  }
}
