import type { SignInContexts } from '../../functions/domain/sign-in-contexts.ts'
import type { ConnectionStore } from './memory-connection-store.ts'
import type { MemorySignInTokens } from './memory-sign-in-tokens.ts'

/** Reads from the other fakes; `clientId` and `allowedOrigins` are asked at every read. */
export function memorySignInContexts(sources: {
  readonly store: ConnectionStore
  readonly signInTokens: MemorySignInTokens
  readonly clientId: () => string | undefined
  readonly allowedOrigins: () => readonly string[]
}): SignInContexts {
  return {
    read: async (connectionId, digest) => {
      const connection = await sources.store.tokenSets.read(connectionId)
      return {
        signInToken: sources.signInTokens.find(digest),
        connection: connection && { ...connection, tokenSet: undefined },
        clientId: sources.clientId(),
        allowedOrigins: sources.allowedOrigins(),
      }
    },
  }
}
