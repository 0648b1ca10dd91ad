import type { Connection } from './connection.ts'
import type { SignInToken } from './sign-in-token.ts'

/** Everything that is known when a person opens a sign-in link; each part absent when it is not stored. */
export interface SignInContext {
  readonly signInToken: SignInToken | undefined
  /** Without its token set. */
  readonly connection: Connection | undefined
  /** The application (client) id registered with Microsoft. */
  readonly clientId: string | undefined
  /** Origins of the settings that a sign-in may return to; none where none is set. */
  readonly allowedOrigins: readonly string[]
}

/** What a sign-in link needs, in one read. */
export interface SignInContexts {
  read(connectionId: number, signInTokenDigest: string): Promise<SignInContext>
}
