import { describe, expect, test } from 'vitest'
import type {
  ConsoleAccessStore,
  StoredConsoleAccess,
} from '../../functions/domain/console-access.ts'
import type { PeopleProvider } from '../../functions/domain/people-provider.ts'

const FIRST = { clientId: 'console', clientSecret: 'canary-first-sign-in' }
const PROVIDER: PeopleProvider = {
  issuer: 'https://login.example',
  clientId: 'console',
  clientSecret: 'canary-provider-secret',
  people: ['@partner.example'],
}

/** What every store of who may use the console promises, beginning with what is stored. */
export function consoleAccessContract(
  name: string,
  makeStore: (stored: StoredConsoleAccess) => Promise<ConsoleAccessStore>,
): void {
  describe(`${name}: access to the console`, () => {
    test('begins with a sign-in and no provider', async () => {
      const store = await makeStore(FIRST)
      expect(await store.read()).toEqual({ firstSignIn: FIRST, provider: undefined })
    })

    test('keeps a provider, and the newer one in its place', async () => {
      const store = await makeStore(FIRST)
      await store.saveProvider(PROVIDER)
      expect(await store.read()).toEqual({ firstSignIn: FIRST, provider: PROVIDER })
      const { clientSecret, ...publicClient } = { ...PROVIDER, people: [] }
      await store.saveProvider(publicClient)
      expect((await store.read()).provider).toEqual(publicClient)
    })

    test('closes the first sign-in and keeps the provider', async () => {
      const store = await makeStore({ ...FIRST, provider: PROVIDER })
      await store.closeFirstSignIn()
      expect(await store.read()).toEqual({ firstSignIn: undefined, provider: PROVIDER })
      await store.closeFirstSignIn()
      expect((await store.read()).provider).toEqual(PROVIDER)
    })

    test('forgets the provider and keeps the first sign-in', async () => {
      const store = await makeStore({ ...FIRST, provider: PROVIDER })
      await store.removeProvider()
      expect(await store.read()).toEqual({ firstSignIn: FIRST, provider: undefined })
    })

    test('loses neither of two changes that are made at the same time', async () => {
      const store = await makeStore(FIRST)
      await store.read()
      await Promise.all([store.closeFirstSignIn(), store.saveProvider(PROVIDER)])
      expect(await store.read()).toEqual({ firstSignIn: undefined, provider: PROVIDER })
    })

    test.each([{ issuer: 'http://login.example' }, { people: ['nobody'] }, { clientId: '' }])(
      'takes a stored provider that cannot be used for none, and lets the first sign-in be: %j',
      async (wrong) => {
        const store = await makeStore({ ...FIRST, provider: { ...PROVIDER, ...wrong } })
        expect(await store.read()).toEqual({ firstSignIn: FIRST, provider: undefined })
      },
    )
  })
}
