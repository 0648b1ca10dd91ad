import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type {
  ConsoleSession,
  ConsoleSessions,
  ConsoleUser,
} from '../../functions/domain/console-session.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'

const USERS: readonly ConsoleUser[] = [
  { kind: 'api_client', name: 'partner', accountId: undefined },
  { kind: 'api_client', name: 'acme-portal', accountId: 'acme' },
  { kind: 'first_sign_in', name: 'console' },
  {
    kind: 'person',
    name: 'Erika <erika@example.com>',
    issuer: 'https://id.example.com',
    admittedBy: '@example.com',
  },
]

/** What every store of the console's sessions promises. */
export function consoleSessionsContract(
  name: string,
  makeSessions: () => Promise<ConsoleSessions>,
): void {
  describe(`${name}: sessions of the console`, () => {
    const aSession = (session: Partial<ConsoleSession> = {}): ConsoleSession => ({
      digest: randomUUID(),
      user: { kind: 'first_sign_in', name: 'console' },
      expiresAt: at(MINUTE),
      ...session,
    })

    test.each(USERS)('one of an $kind is found as it was: $name', async (user) => {
      const sessions = await makeSessions()
      const session = aSession({ user })
      await sessions.create(session)
      expect(await sessions.read(session.digest)).toEqual(session)
    })

    test('one that has ended is not there, and no other has ended with it', async () => {
      const sessions = await makeSessions()
      const [ended, other] = [aSession(), aSession()]
      await sessions.create(ended)
      await sessions.create(other)
      await sessions.end(ended.digest)
      expect(await sessions.read(ended.digest)).toBeUndefined()
      expect(await sessions.read(other.digest)).toEqual(other)
    })

    test('one that never was is not there, and can be ended', async () => {
      const sessions = await makeSessions()
      await sessions.end('none')
      expect(await sessions.read('none')).toBeUndefined()
    })
  })
}
