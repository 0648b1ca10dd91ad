import { describe, expect, test } from 'vitest'
import type { SignInContexts } from '../../functions/domain/sign-in-contexts.ts'
import type { SignInTokens } from '../../functions/domain/sign-in-token.ts'
import { at, DAY } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import { aNewConnection, anUnknownId, aSignedIn, aSignInToken } from '../support/builders.ts'

/** The contexts, and the stores that they read from. */
export interface SignInContextSources {
  readonly signInContexts: SignInContexts
  readonly signInTokens: SignInTokens
  readonly store: ConnectionStore
  /** Registers the app; `undefined` takes it away. */
  readonly setClientId: (clientId: string | undefined) => Promise<void>
  readonly setAllowedOrigins: (origins: readonly string[]) => Promise<void>
}

/** What every reader of sign-in contexts promises. */
export function signInContextsContract(
  name: string,
  makeSources: () => Promise<SignInContextSources>,
): void {
  describe(`${name}: sign-in contexts`, () => {
    const CLIENT_ID = '11111111-2222-4333-8444-555555555555'
    const ORIGINS = ['https://app.example', 'http://localhost:3000']

    test('reads all parts as they are stored', async () => {
      const { signInContexts, signInTokens, store, setClientId, setAllowedOrigins } =
        await makeSources()
      const token = aSignInToken()
      await signInTokens.create(token)
      const connection = await store.connections.create(aNewConnection())
      await setClientId(CLIENT_ID)
      await setAllowedOrigins(ORIGINS)
      expect(await signInContexts.read(connection.id, token.digest)).toEqual({
        signInToken: token,
        connection,
        clientId: CLIENT_ID,
        allowedOrigins: ORIGINS,
      })
    })

    test('the connection comes without its token set, and with all the rest', async () => {
      const { signInContexts, store } = await makeSources()
      const { id, generation } = await store.connections.create(aNewConnection())
      await store.tokenSets.connect(aSignedIn({ id, generation }))
      const { connection } = await signInContexts.read(id, aSignInToken().digest)
      const stored = await store.tokenSets.read(id)
      expect(stored?.tokenSet).toBeDefined()
      expect(connection).toEqual({ ...stored, tokenSet: undefined })
    })

    test('shows what a token was spent by, until it is restored', async () => {
      const { signInContexts, signInTokens } = await makeSources()
      const token = aSignInToken()
      await signInTokens.create(token)
      const read = async () => (await signInContexts.read(anUnknownId(), token.digest)).signInToken
      await signInTokens.spend(token.digest, 'request-1')
      expect(await read()).toEqual({ ...token, spentBy: 'request-1' })
      await signInTokens.restore(token.digest, 'request-1')
      expect(await read()).toEqual(token)
    })

    test('an expired token is still shown, so that the page can say so', async () => {
      const { signInContexts, signInTokens } = await makeSources()
      const token = aSignInToken({ expiresAt: at(-30 * DAY) })
      await signInTokens.create(token)
      const { signInToken } = await signInContexts.read(anUnknownId(), token.digest)
      expect(signInToken).toEqual(token)
    })

    test('a part that is not stored is absent, and hides no other', async () => {
      const { signInContexts, signInTokens, store, setClientId, setAllowedOrigins } =
        await makeSources()
      const token = aSignInToken()
      await signInTokens.create(token)
      const connection = await store.connections.create(aNewConnection())
      await setClientId(undefined)
      const none = {
        signInToken: undefined,
        connection: undefined,
        clientId: undefined,
        allowedOrigins: [],
      }
      const [unknownId, unknownDigest] = [anUnknownId(), aSignInToken().digest]
      const { read } = signInContexts
      expect(await read(unknownId, unknownDigest)).toEqual(none)
      expect(await read(connection.id, unknownDigest)).toEqual({ ...none, connection })
      expect(await read(unknownId, token.digest)).toEqual({ ...none, signInToken: token })
      await setClientId(CLIENT_ID)
      expect(await read(unknownId, unknownDigest)).toEqual({ ...none, clientId: CLIENT_ID })
      await setClientId(undefined)
      await setAllowedOrigins(ORIGINS)
      expect(await read(unknownId, unknownDigest)).toEqual({ ...none, allowedOrigins: ORIGINS })
    })
  })
}
