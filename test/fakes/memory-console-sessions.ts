import type { ConsoleSession, ConsoleSessions } from '../../functions/domain/console-session.ts'

export function memoryConsoleSessions(): ConsoleSessions {
  const stored = new Map<string, ConsoleSession>()
  return {
    create: async (session) => {
      stored.set(session.digest, session)
    },
    read: async (digest) => stored.get(digest),
    end: async (digest) => {
      stored.delete(digest)
    },
  }
}
