import { describe, expect, test } from 'vitest'
import { DEFAULT_BRAND } from '../../functions/domain/brand.ts'
import type { PartnerSettingsStore } from '../../functions/domain/partner-settings.ts'
import { at, DAY } from '../fakes/hand-clock.ts'

const APP = {
  clientId: '11111111-2222-4333-8444-555555555555',
  kind: 'client_secret',
  endsAt: at(DAY),
  changedAt: at(0),
} as const

const BRAND = {
  name: 'Fabrikam',
  logo: 'data:image/png;base64,iVBORw0KGgo=',
  colour: '#0b57a4',
}

const ORIGINS = ['https://b.example', 'https://a.example:8443', 'http://localhost:3000']

/** What every store of a partner's settings promises. */
export function partnerSettingsContract(
  name: string,
  /** @returns an empty one */
  makeStore: () => Promise<PartnerSettingsStore>,
): void {
  describe(`${name}: partner settings`, () => {
    const NOTHING_SET = { app: undefined, brand: DEFAULT_BRAND, allowedOrigins: [] }

    test('are the defaults where nothing was set', async () => {
      const { read } = await makeStore()
      expect(await read()).toEqual(NOTHING_SET)
    })

    test('are read as they were saved, each part by itself', async () => {
      const { read, saveApp, saveBrand, saveAllowedOrigins } = await makeStore()
      await saveApp(APP)
      expect(await read()).toEqual({ ...NOTHING_SET, app: APP })
      await saveBrand(BRAND)
      expect(await read()).toEqual({ ...NOTHING_SET, app: APP, brand: BRAND })
      await saveAllowedOrigins(ORIGINS)
      expect(await read()).toEqual({ app: APP, brand: BRAND, allowedOrigins: ORIGINS })
    })

    test('keep every other part when one is saved again', async () => {
      const { read, saveApp, saveBrand, saveAllowedOrigins } = await makeStore()
      await saveAllowedOrigins(ORIGINS)
      await saveBrand(BRAND)
      await saveApp(APP)
      const other = { ...APP, clientId: '99999999-2222-4333-8444-555555555555' }
      await saveApp(other)
      expect(await read()).toEqual({ app: other, brand: BRAND, allowedOrigins: ORIGINS })
    })

    test.each(['client_secret', 'certificate', 'federated'] as const)(
      'know an app that proves itself by %s',
      async (kind) => {
        const { read, saveApp } = await makeStore()
        await saveApp({ ...APP, kind })
        expect((await read()).app).toEqual({ ...APP, kind })
      },
    )

    test('forget of an app what is not known of the next', async () => {
      const { read, saveApp } = await makeStore()
      await saveApp(APP)
      const { clientId } = APP
      const app = { clientId, kind: undefined, endsAt: undefined, changedAt: undefined }
      await saveApp(app)
      expect((await read()).app).toEqual(app)
    })

    test('forget of a brand what the next one does not have', async () => {
      const { read, saveBrand } = await makeStore()
      await saveBrand(BRAND)
      await saveBrand({ name: 'Contoso' })
      expect((await read()).brand).toEqual({ name: 'Contoso' })
      await saveBrand(DEFAULT_BRAND)
      expect((await read()).brand).toEqual(DEFAULT_BRAND)
    })

    test('allow exactly the origins that were saved last, perhaps none', async () => {
      const { read, saveAllowedOrigins } = await makeStore()
      await saveAllowedOrigins(ORIGINS)
      await saveAllowedOrigins(['https://c.example'])
      expect((await read()).allowedOrigins).toEqual(['https://c.example'])
      await saveAllowedOrigins([])
      expect((await read()).allowedOrigins).toEqual([])
    })
  })
}
