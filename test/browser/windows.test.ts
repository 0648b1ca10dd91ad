import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import { partnerPage } from './support/partner-site.ts'
import { screenshot } from './support/screenshot.ts'
import type { Stage } from './support/stage.ts'
import {
  expectPage,
  expectSituation,
  expectStatus,
  messagesAt,
  signInAs,
  stopAtCallback,
} from './support/steps.ts'

const { contosoMember } = USERS
const CALLBACK_MESSAGE = '{"done":"<b>yes</b> & \\"well\\""}'

/** The vendor's page that opens the sign-in in a window of its own, and that window. */
async function openWindow(page: Page, origin: string, link: string): Promise<Page> {
  await page.goto(partnerPage(origin, 'window', link))
  const opened = page.waitForEvent('popup')
  await page.locator('#connect').click()
  return opened
}

const aLinkWithMessage = (stage: Stage, origin = stage.partnerSite.origin) =>
  stage.aSignInLink({ targetOrigin: origin, callbackMessage: CALLBACK_MESSAGE })

describe('a sign-in in a window of its own', () => {
  test("posts the message to the vendor's page and closes", async ({ stage, page }) => {
    const { origin } = stage.partnerSite
    const { connectionId, link } = await aLinkWithMessage(stage)
    const popup = await openWindow(page, origin, link)
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    const message = { origin: stage.serviceUrl, data: CALLBACK_MESSAGE }
    await expect.poll(() => messagesAt(page)).toEqual([message])
    await expectStatus(stage, connectionId, 'connected')
  })

  test("does the same for a vendor's page of another site", async ({ stage, page }) => {
    const { otherSite } = stage.partnerSite
    const { connectionId, link } = await aLinkWithMessage(stage, otherSite)
    const popup = await openWindow(page, otherSite, link)
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    const message = { origin: stage.serviceUrl, data: CALLBACK_MESSAGE }
    await expect.poll(() => messagesAt(page)).toEqual([message])
    await expectStatus(stage, connectionId, 'connected')
  })

  test('tells a page of another origin nothing', async ({ stage, visitor, page }) => {
    visitor.watch.tolerate(/Failed to execute 'postMessage'.*target origin provided/)
    const { connectionId, link } = await aLinkWithMessage(stage)
    const popup = await openWindow(page, stage.partnerSite.otherSite, link)
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    await expectStatus(stage, connectionId, 'connected')
    // A message posted before the window closed would be here before this one.
    await page.evaluate(() => postMessage('the last one', location.origin))
    const last = { origin: stage.partnerSite.otherSite, data: 'the last one' }
    await expect.poll(() => messagesAt(page)).toEqual([last])
  })

  test('stays open and says that it is done when its opener is gone', async ({ stage, page }) => {
    const { connectionId, link } = await aLinkWithMessage(stage)
    const popup = await openWindow(page, stage.partnerSite.origin, link)
    await popup.waitForURL(`${stage.microsoftUrl}/**`)
    await page.close()
    await signInAs(popup, contosoMember)
    await expectPage(popup, 'Connected')
    await requireAccessible(popup)
    await screenshot(popup, 'connected-window')
    expect(popup.isClosed()).toBe(false)
    await expectStatus(stage, connectionId, 'connected')
  })

  test('stays open and says why when the sign-in fails', async ({ stage, page }) => {
    await stage.fault({ endpoint: 'token', code: 65001 })
    const { connectionId, link } = await aLinkWithMessage(stage)
    const popup = await openWindow(page, stage.partnerSite.origin, link)
    await signInAs(popup, contosoMember)
    await expectSituation(popup, 'needs_admin_consent')
    expect(await messagesAt(page)).toEqual([])
    await expectStatus(stage, connectionId, 'pending')
  })
})

describe('a sign-in in a frame', () => {
  test("posts the message to the vendor's page around it", async ({ stage, page }) => {
    const { connectionId, link } = await aLinkWithMessage(stage)
    await page.goto(link)
    const callback = await stopAtCallback(page, stage, contosoMember)
    await page.goto(partnerPage(stage.partnerSite.origin, 'frame', callback))
    const message = { origin: stage.serviceUrl, data: CALLBACK_MESSAGE }
    await expect.poll(() => messagesAt(page)).toEqual([message])
    await page.frameLocator('iframe').getByRole('heading', { name: 'Connected' }).waitFor()
    await expectStatus(stage, connectionId, 'connected')
  })

  test('of another site gets no cookie, and nothing is connected by it', async ({
    stage,
    visitor,
    page,
  }) => {
    visitor.watch.tolerate(/frame-ancestors/)
    const { otherSite } = stage.partnerSite
    const { connectionId, link } = await aLinkWithMessage(stage, otherSite)
    await page.goto(link)
    const callback = await stopAtCallback(page, stage, contosoMember)
    const refused = page.waitForResponse(callback)
    await page.goto(partnerPage(otherSite, 'frame', callback))
    expect((await refused).status()).toBe(400)
    await expectStatus(stage, connectionId, 'pending')
    await page.goto(callback)
    await expectPage(page, 'Connected')
    await expectStatus(stage, connectionId, 'connected')
  })
})
