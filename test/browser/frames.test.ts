import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { AGAIN_PATH, ENVIRONMENT_PATH, PLAIN_SIGN_IN_PATH } from '../../functions/http/routes.ts'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import { partnerPage, scriptPage } from './support/partner-site.ts'
import { screenshot } from './support/screenshot.ts'
import type { Stage } from './support/stage.ts'
import {
  expectPage,
  expectSituation,
  expectStatus,
  messagesAt,
  signInAs,
  stopAtCallback,
  WORDS,
} from './support/steps.ts'

const { contosoMember } = USERS
const { window: windowWords } = WORDS.pages
/** Where Chromium is instead of a page that it must not show in a frame. */
const REFUSED = 'chrome-error://chromewebdata/'
const CALLBACK_MESSAGE = 'connected'

function aLink(stage: Stage, targetOrigin = stage.partnerSite.origin) {
  return stage.aSignInLink({ targetOrigin, callbackMessage: CALLBACK_MESSAGE })
}

/** Presses the button in the frame. @returns the window that it opens. */
async function openFromFrame(page: Page): Promise<Page> {
  const opened = page.context().waitForEvent('page')
  await page.frameLocator('iframe').getByRole('link', { name: windowWords.button }).click()
  return opened
}

/** Submits a form from the page that is shown, as the page of anybody might. */
async function sendForm(
  page: Page,
  sent: {
    readonly action: string
    readonly fields: Readonly<Record<string, string>>
    readonly target: string
  },
): Promise<void> {
  await page.evaluate(({ action, fields, target }) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action, target })
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement('input'), { name, value }))
    }
    document.body.append(form)
    form.submit()
  }, sent)
}

async function expectRefused(page: Page): Promise<void> {
  await expect.poll(() => page.frames().at(-1)?.url()).toBe(REFUSED)
}

describe('a sign-in link in a frame', () => {
  test("goes on in a window, which tells the vendor's page around the frame", async ({
    stage,
    visitor,
    page,
  }) => {
    // It tries the frame as well, which is of its own origin and not of the vendor's.
    visitor.watch.tolerate(/Failed to execute 'postMessage'.*target origin provided/)
    const { origin } = stage.partnerSite
    const { connectionId, link } = await aLink(stage)
    await page.goto(partnerPage(origin, 'frame', link))
    await page.frameLocator('iframe').getByRole('heading', { name: windowWords.title }).waitFor()
    await requireAccessible(page, page.frames().at(-1))
    await screenshot(page, 'frame')
    const popup = await openFromFrame(page)
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    const message = { origin: stage.serviceUrl, data: CALLBACK_MESSAGE }
    await expect.poll(() => messagesAt(page)).toEqual([message])
    await expectStatus(stage, connectionId, 'connected')
  })

  test('does so on another site, where cookies of third parties are blocked', async ({
    stage,
    newVisitor,
  }) => {
    const { page, watch } = await newVisitor({ blocksThirdPartyCookies: true })
    watch.tolerate(/Failed to execute 'postMessage'.*target origin provided/)
    const { otherSite } = stage.partnerSite
    const { connectionId, link } = await aLink(stage, otherSite)
    await page.goto(partnerPage(otherSite, 'frame', link))
    const popup = await openFromFrame(page)
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    const message = { origin: stage.serviceUrl, data: CALLBACK_MESSAGE }
    await expect.poll(() => messagesAt(page)).toEqual([message])
    await expectStatus(stage, connectionId, 'connected')
  })
})

describe('a page of another origin', () => {
  test('cannot show in a frame where a sign-in begins', async ({ stage, visitor, page }) => {
    visitor.watch.tolerate(/frame-ancestors/)
    const { link } = await aLink(stage)
    await page.goto(partnerPage(stage.partnerSite.otherSite, 'frame', link))
    await expectRefused(page)
  })

  test('cannot show in a frame how a sign-in of another one ended', async ({
    stage,
    visitor,
    page,
  }) => {
    visitor.watch.tolerate(/frame-ancestors/)
    const { connectionId, link } = await aLink(stage)
    await page.goto(link)
    const callback = await stopAtCallback(page, stage, contosoMember)
    await page.goto(callback)
    await expectPage(page, WORDS.pages.connected.title)
    await page.goto(partnerPage(stage.partnerSite.otherSite, 'frame', callback))
    await expectRefused(page)
    expect(await messagesAt(page)).toEqual([])
    await expectStatus(stage, connectionId, 'connected')
  })

  test('learns nothing from a window that it opened', async ({ stage, visitor, page }) => {
    visitor.watch.tolerate(/Failed to execute 'postMessage'.*target origin provided/)
    const { link } = await stage.aSignInLink({ targetOrigin: stage.partnerSite.origin })
    await page.goto(
      partnerPage(stage.partnerSite.otherSite, 'window', `${link}&responseMode=message`),
    )
    const opened = page.waitForEvent('popup')
    await page.locator('#connect').click()
    const popup = await opened
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    // A message posted before the window closed would be here before this one.
    await page.evaluate(() => postMessage('the last one', location.origin))
    const last = { origin: stage.partnerSite.otherSite, data: 'the last one' }
    await expect.poll(() => messagesAt(page)).toEqual([last])
  })

  test("gets no window from connect.js whose end it would learn as the vendor's", async ({
    stage,
    page,
  }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(scriptPage(stage.partnerSite.strangerOrigin, link))
    const opened = page.waitForEvent('popup')
    await page.locator('#connect').click()
    const popup = await opened
    await expectPage(popup, WORDS.pages.target_not_allowed.title)
    await expectStatus(stage, connectionId, 'pending')
  })
})

describe('a page that waits for a person is shown in no frame', () => {
  test('not even by a form that is sent into one', async ({ stage, visitor, page }) => {
    visitor.watch.tolerate(/frame-ancestors/)
    const { connectionId, link } = await stage.aSignInLink({ resource: undefined })
    await page.goto(partnerPage(stage.partnerSite.origin, 'frame', 'about:blank'))
    const action = `${stage.serviceUrl}${PLAIN_SIGN_IN_PATH}`
    const fields = Object.fromEntries(new URL(link).searchParams)
    await sendForm(page, { action, fields, target: 'frame' })
    await expectRefused(page)
    await expectStatus(stage, connectionId, 'pending')
  })

  test('nor the list of environments, nor a failure', async ({ stage, visitor, page }) => {
    visitor.watch.tolerate(/frame-ancestors/)
    const { connectionId, link } = await stage.aSignInLink({ resource: undefined })
    await page.goto(link)
    await page.getByRole('button', { name: WORDS.pages.environment.find_button }).click()
    await signInAs(page, contosoMember)
    await expectPage(page, WORDS.pages.choose.title)
    const list = page.url()
    await page.goto(partnerPage(stage.partnerSite.origin, 'frame', list))
    await expectRefused(page)
    const other = await stage.aSignInLink()
    await page.goto(other.link)
    await signInAs(page, USERS.contosoWithoutRole)
    await expectSituation(page, 'no_dataverse_role')
    await page.goto(partnerPage(stage.partnerSite.origin, 'frame', page.url()))
    await expectRefused(page)
    await expectStatus(stage, connectionId, 'pending')
  })
})

describe('a form of another site', () => {
  test('begins nothing in the name of who is signing in', async ({ stage, page }) => {
    const { link } = await stage.aSignInLink({ resource: undefined })
    await page.goto(link)
    await page.getByRole('button', { name: WORDS.pages.environment.find_button }).click()
    await signInAs(page, contosoMember)
    await expectPage(page, WORDS.pages.choose.title)
    const request = await page.locator('[name="request"]').first().inputValue()
    for (const path of [AGAIN_PATH, ENVIRONMENT_PATH]) {
      await page.goto(`${stage.partnerSite.otherSite}/`)
      const fields = { request, environment: 'https://example.crm.dynamics.com' }
      await sendForm(page, { action: `${stage.serviceUrl}${path}`, fields, target: '_self' })
      await expectPage(page, WORDS.pages.start_again.title)
    }
  })
})
