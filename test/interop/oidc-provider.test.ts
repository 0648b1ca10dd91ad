import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  declineAtOidcProvider,
  startOidcProvider,
  startOidcProviderWithCertificate,
} from './servers/oidc-provider.ts'
import { signInJourney } from './support/sign-in-journey.ts'
import { beginSignIn, type Stage, setUpStage } from './support/stage.ts'

signInJourney('oidc-provider', startOidcProvider)
signInJourney('oidc-provider, by certificate', startOidcProviderWithCertificate)

let stage: Stage
beforeAll(async () => {
  stage = await setUpStage(startOidcProvider)
})
afterAll(() => stage.close())

test('a user who declines at oidc-provider is not connected, and may try again', async () => {
  const { partner, id, browser, authorizationUrl } = await beginSignIn(stage)
  const back = await declineAtOidcProvider(browser, authorizationUrl.href)
  expect(new URL(back).searchParams.get('error')).toBe('access_denied')
  const { text } = await browser.get(back)
  expect(text).toContain('access_denied')
  expect(await partner.connection(id)).toMatchObject({ body: { Authenticated: false } })
  expect((await beginSignIn(stage, { partner, id })).authorizationUrl.href).toContain(
    stage.server.url,
  )
})
