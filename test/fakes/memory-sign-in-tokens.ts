import {
  MOST_STARTS,
  type SignInToken,
  type SignInTokens,
} from '../../functions/domain/sign-in-token.ts'

export interface MemorySignInTokens extends SignInTokens {
  find(digest: string): SignInToken | undefined
}

export function memorySignInTokens(): MemorySignInTokens {
  const stored = new Map<string, SignInToken>()
  const starts = new Map<string, number>()
  return {
    find: (digest) => stored.get(digest),
    create: async (token) => {
      stored.set(token.digest, token)
    },
    countStart: async (digest) => {
      const before = starts.get(digest) ?? 0
      if (!stored.has(digest) || before >= MOST_STARTS) return false
      starts.set(digest, before + 1)
      return true
    },
    spend: async (digest, spentBy) => {
      const token = stored.get(digest)
      if (token === undefined || (token.spentBy ?? spentBy) !== spentBy) return false
      stored.set(digest, { ...token, spentBy })
      return true
    },
    restore: async (digest, spentBy) => {
      const token = stored.get(digest)
      if (token?.spentBy === spentBy) stored.set(digest, { ...token, spentBy: undefined })
    },
  }
}
