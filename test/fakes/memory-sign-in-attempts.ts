import { attemptsWindowOf, type SignInAttempts } from '../../functions/domain/sign-in-attempts.ts'

export function memorySignInAttempts(): SignInAttempts {
  const attempts = new Map<string, number>()
  return {
    count: async (keys, now) => {
      const counted = keys.map(({ digest, most }) => {
        const key = `${digest} ${attemptsWindowOf(now)}`
        const before = attempts.get(key) ?? 0
        if (before >= most) return false
        attempts.set(key, before + 1)
        return true
      })
      return counted.every((isCounted) => isCounted)
    },
    takeBack: async (keys, now) => {
      for (const { digest } of keys) {
        const key = `${digest} ${attemptsWindowOf(now)}`
        attempts.set(key, Math.max((attempts.get(key) ?? 0) - 1, 0))
      }
    },
  }
}
