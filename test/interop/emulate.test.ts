import { afterAll, beforeAll, expect, test } from 'vitest'
import { STRANGER, signInAtEmulate, startEmulate } from './servers/emulate.ts'
import { signInJourney } from './support/sign-in-journey.ts'
import { beginSignIn, type Stage, setUpStage } from './support/stage.ts'

signInJourney('emulate', startEmulate)

let stage: Stage
beforeAll(async () => {
  stage = await setUpStage(startEmulate)
})
afterAll(() => stage.close())

test('a user of another tenant, though emulate lets her in, is not connected', async () => {
  const { partner, id, browser, authorizationUrl } = await beginSignIn(stage)
  const callback = await signInAtEmulate(browser, authorizationUrl.href, STRANGER)
  expect(new URL(callback).searchParams.get('code')).not.toBeNull()
  const { location, text } = await browser.get(callback)
  expect(text).toContain('answer_not_valid')
  expect(location).not.toContain('status=connected')
  expect(await partner.connection(id)).toMatchObject({ body: { Authenticated: false } })
})
