import { createHash, randomBytes } from 'node:crypto'
import type { Settings } from './context.ts'
import type { GrantJournal, GrantRecord } from './grant-journal.ts'

/** What a user granted when he signed in: the same facts stand behind a code and a refresh token. */
export interface Grant {
  readonly username: string
  readonly clientId: string
  /** The requested scope, as it was sent. */
  readonly scope: string
}

/** What presenting a code or a refresh token came to. */
export type Redeemed<T> =
  | { readonly outcome: 'valid'; readonly grant: T }
  | { readonly outcome: 'unknown' | 'expired' | 'spent' }

/** Refresh tokens and consents: what Entra remembers for long. */
export interface Grants {
  issueRefreshToken(grant: Grant): string
  findRefreshToken(token: string): Redeemed<Grant>
  /** Using a token opens a new window of 90 days; in strict mode it ends the token. */
  useRefreshToken(token: string, settings: Pick<Settings, 'refreshTokens'>): void
  /** Without an object id the consent is for the whole tenant. */
  consent(tenantId: string, objectId?: string): void
  hasConsent(tenantId: string, objectId: string): boolean
  /** Whether anybody of the tenant has consented. */
  hasAnyConsent(tenantId: string): boolean
}

/** Since last use. */
const REFRESH_TOKEN_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000
/** As long as Entra's: about 1.6 KB. */
const REFRESH_TOKEN_BYTES = 1180

interface StoredRefreshToken {
  readonly grant: Grant
  lastUsedAt: number
  spent: boolean
}

interface Memory {
  readonly refreshTokens: Map<string, StoredRefreshToken>
  readonly consents: Set<string>
}

/** Keeps grants in memory and writes what must survive a restart to the journal. */
export function createGrants(journal: GrantJournal, now: () => Date): Grants {
  const { refreshTokens, consents } = recall(journal, now().getTime())
  return {
    issueRefreshToken: (grant) => {
      const value = `1.${randomBytes(REFRESH_TOKEN_BYTES).toString('base64url')}`
      const at = now().getTime()
      refreshTokens.set(hashOf(value), { grant, lastUsedAt: at, spent: false })
      journal.append({ kind: 'issued', hash: hashOf(value), grant, at })
      return value
    },
    findRefreshToken: (value) => {
      const stored = refreshTokens.get(hashOf(value))
      if (stored === undefined) return { outcome: 'unknown' }
      if (stored.spent) return { outcome: 'spent' }
      if (isExpired(stored, now().getTime())) return { outcome: 'expired' }
      return { outcome: 'valid', grant: stored.grant }
    },
    useRefreshToken: (value, settings) => {
      const spent = settings.refreshTokens === 'strict'
      const used = { kind: 'used', hash: hashOf(value), at: now().getTime(), spent } as const
      replay(used, { refreshTokens, consents })
      journal.append(used)
    },
    consent: (tenantId, objectId) => {
      const key = consentKey(tenantId, objectId)
      if (consents.has(key)) return
      consents.add(key)
      journal.append({ kind: 'consent', key })
    },
    hasConsent: (tenantId, objectId) =>
      consents.has(consentKey(tenantId)) || consents.has(consentKey(tenantId, objectId)),
    hasAnyConsent: (tenantId) =>
      [...consents].some((key) => key.startsWith(consentKey(tenantId, ''))),
  }
}

/** Replays the journal and replaces it by what still matters, so that it does not grow for ever. */
function recall(journal: GrantJournal, at: number): Memory {
  const memory: Memory = { refreshTokens: new Map(), consents: new Set() }
  for (const record of journal.read()) replay(record, memory)
  for (const [hash, stored] of memory.refreshTokens) {
    if (isExpired(stored, at)) memory.refreshTokens.delete(hash)
  }
  journal.replace(recordsOf(memory))
  return memory
}

function replay(record: GrantRecord, { refreshTokens, consents }: Memory): void {
  if (record.kind === 'consent') {
    consents.add(record.key)
    return
  }
  if (record.kind === 'issued') {
    refreshTokens.set(record.hash, { grant: record.grant, lastUsedAt: record.at, spent: false })
    return
  }
  const stored = refreshTokens.get(record.hash)
  if (stored === undefined) return
  stored.lastUsedAt = record.at
  stored.spent = record.spent
}

function recordsOf({ refreshTokens, consents }: Memory): readonly GrantRecord[] {
  const issued = [...refreshTokens].flatMap(
    ([hash, { grant, lastUsedAt: at, spent }]): readonly GrantRecord[] => {
      const first: GrantRecord = { kind: 'issued', hash, grant, at }
      return spent ? [first, { kind: 'used', hash, at, spent }] : [first]
    },
  )
  return [...[...consents].map((key): GrantRecord => ({ kind: 'consent', key })), ...issued]
}

function isExpired({ lastUsedAt }: StoredRefreshToken, at: number): boolean {
  return at - lastUsedAt >= REFRESH_TOKEN_LIFETIME_MS
}

function consentKey(tenantId: string, objectId = '*'): string {
  return `${tenantId}/${objectId}`
}

function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('base64url')
}
