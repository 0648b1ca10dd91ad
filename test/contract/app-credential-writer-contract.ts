import { describe, expect, test } from 'vitest'
import type { AppCredentialWriter } from '../../functions/domain/app-credential-writer.ts'
import type { AppCredentialValue } from '../../functions/domain/stored-app-credential.ts'

const FIRST = { clientId: 'the-app', clientSecret: 'canary "1" & ü', endsOn: '2027-05-01' }
const SECOND = { clientId: 'the-app', certificate: 'a certificate', privateKey: 'its key' }

/** A writer to an empty place, and what is there: the current credential, and the one before where there is one. */
export interface WrittenCredentials {
  readonly writer: AppCredentialWriter
  readonly versions: () => Promise<readonly AppCredentialValue[]>
}

/** What every place for the app's credential promises. */
export function appCredentialWriterContract(
  name: string,
  makePlace: () => Promise<WrittenCredentials>,
): void {
  describe(`${name}: the app's credential`, () => {
    test('is there as it was written', async () => {
      const { writer, versions } = await makePlace()
      await writer.write(FIRST)
      expect((await versions())[0]).toEqual(FIRST)
    })

    test('keeps the one before beside it', async () => {
      const { writer, versions } = await makePlace()
      await writer.write(FIRST)
      await writer.write(SECOND)
      expect(await versions()).toEqual([SECOND, FIRST])
    })
  })
}
