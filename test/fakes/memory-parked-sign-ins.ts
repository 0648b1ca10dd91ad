import type { ParkedSignIn, ParkedSignIns } from '../../functions/domain/parked-sign-in.ts'

export interface MemoryParkedSignIns extends ParkedSignIns {
  /** Everything that was parked, oldest first. */
  all(): readonly ParkedSignIn[]
}

export function memoryParkedSignIns(): MemoryParkedSignIns {
  const stored = new Map<string, ParkedSignIn>()
  return {
    all: () => [...stored.values()],
    park: async (signIn) => {
      stored.set(signIn.id, signIn)
    },
    find: async (id) => stored.get(id),
    settle: async (id) => {
      const parked = stored.get(id)
      if (parked) stored.set(id, { ...parked, tokenSet: undefined })
    },
  }
}
