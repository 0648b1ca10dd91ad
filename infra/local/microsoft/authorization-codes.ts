import { randomBytes } from 'node:crypto'
import type { Grant, Redeemed } from './grants.ts'

/** One authorization code that waits to be redeemed. */
export interface AuthorizationCode extends Grant {
  /** The tenant of the sign-in, and the authority as it stood in the path. */
  readonly tenantId: string
  readonly authority: string
  readonly redirectUri: string
  readonly nonce: string | undefined
  readonly codeChallenge: string | undefined
  readonly codeChallengeMethod: 'S256' | 'plain'
  /** The AADSTS code with which redeeming it is refused. */
  readonly refusedWith: number | undefined
}

/** The codes that were issued of late; they do not outlive the process. */
export interface AuthorizationCodes {
  issue(code: AuthorizationCode): string
  /** A code is good for one attempt, also when that attempt fails. */
  redeem(value: string): Redeemed<AuthorizationCode>
}

/** The page of 2026-01-09 says about one minute. */
const CODE_LIFETIME_MS = 60 * 1000
/** A late second use is still told from a code that never was. */
const REMEMBERED_MS = 10 * CODE_LIFETIME_MS
/** About as long as Entra's. */
const CODE_BYTES = 560

interface StoredCode {
  readonly code: AuthorizationCode
  readonly expiresAt: number
  spent: boolean
}

/** Starts without codes. */
export function createAuthorizationCodes(now: () => Date): AuthorizationCodes {
  const codes = new Map<string, StoredCode>()
  return {
    issue: (code) => {
      const at = now().getTime()
      forgetOld(codes, at)
      const value = `1.${randomBytes(CODE_BYTES).toString('base64url')}`
      codes.set(value, { code, expiresAt: at + CODE_LIFETIME_MS, spent: false })
      return value
    },
    redeem: (value) => {
      const stored = codes.get(value)
      if (stored === undefined) return { outcome: 'unknown' }
      if (stored.spent) return { outcome: 'spent' }
      stored.spent = true
      if (now().getTime() >= stored.expiresAt) return { outcome: 'expired' }
      return { outcome: 'valid', grant: stored.code }
    },
  }
}

/** The map is in the order of issue, so the first young code ends the search. */
function forgetOld(codes: Map<string, StoredCode>, at: number): void {
  for (const [value, { expiresAt }] of codes) {
    if (at - expiresAt < REMEMBERED_MS) return
    codes.delete(value)
  }
}
