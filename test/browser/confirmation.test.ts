import { expect } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { field } from '../e2e/support/partner.ts'
import { test } from './support/browser-test.ts'
import { partnerPage } from './support/partner-site.ts'
import {
  expectBackAtPartner,
  expectPage,
  expectStatus,
  lookAt,
  messagesAt,
  signInAs,
  WORDS,
} from './support/steps.ts'

const { contosoMember } = USERS
const terms = { ConfirmationRequired: true }

test("comes back with what the vendor's backend confirms it by", async ({ stage, page }) => {
  const { connectionId, link } = await stage.aSignInLink({ terms })
  await page.goto(link)
  await signInAs(page, contosoMember)
  await expectBackAtPartner(page, stage, 'confirmation_required')
  const completionId = new URL(page.url()).searchParams.get('completionId') ?? ''
  await expectStatus(stage, connectionId, 'pending')
  const other = await stage.aSignInLink()
  expect((await stage.complete(other.connectionId, completionId)).status).toBe(404)
  expect((await stage.complete(connectionId, completionId)).status).toBe(200)
  await expectStatus(stage, connectionId, 'connected')
})

test('tells a window of the vendor by a message, and closes', async ({ stage, page }) => {
  const { origin } = stage.partnerSite
  const options = { terms, targetOrigin: origin, callbackMessage: 'done' }
  const { connectionId, link } = await stage.aSignInLink(options)
  await page.goto(partnerPage(origin, 'window', link))
  const opened = page.waitForEvent('popup')
  await page.locator('#connect').click()
  const popup = await opened
  const closed = popup.waitForEvent('close')
  await signInAs(popup, contosoMember)
  await closed
  await expect.poll(() => messagesAt(page)).toHaveLength(1)
  const [message] = await messagesAt(page)
  expect(message).toEqual({
    origin: stage.serviceUrl,
    data: {
      source: 'dynamics-connect',
      connectionId: Number(connectionId),
      status: 'confirmation_required',
      completionId: expect.stringMatching(/^[\w-]{43}$/),
    },
  })
  await expectStatus(stage, connectionId, 'pending')
  const completionId = field(Reflect.get(Object(message), 'data'), 'completionId')
  expect((await stage.complete(connectionId, completionId)).status).toBe(200)
  await expectStatus(stage, connectionId, 'connected')
})

test('says that it is almost done where no window waits for it', async ({ stage, page }) => {
  const options = { terms, targetOrigin: stage.partnerSite.origin, callbackMessage: 'done' }
  const { connectionId, link } = await stage.aSignInLink(options)
  await page.goto(link)
  await signInAs(page, contosoMember)
  await expectPage(page, WORDS.pages.confirmation.title)
  await lookAt(page, 'confirmation')
  await expectStatus(stage, connectionId, 'pending')
})
