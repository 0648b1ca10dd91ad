import type { Revocation, Revocations } from '../../functions/domain/revocations.ts'

export function memoryRevocations(): Revocations {
  const stored = new Map<number, Revocation>()
  return {
    remember: async (revocation) => {
      stored.set(revocation.connectionId, revocation)
    },
    all: async function* () {
      yield* [...stored.values()]
    },
  }
}
