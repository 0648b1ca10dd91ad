import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import { scriptPage } from './support/partner-site.ts'
import type { Stage } from './support/stage.ts'
import {
  expectPage,
  expectSituation,
  expectStatus,
  lookAt,
  press,
  resultsAt,
  signInAs,
  WORDS,
} from './support/steps.ts'

const { contosoMember, contosoWithoutRole } = USERS
const { failed } = WORDS.pages

/** The vendor's page with the button of connect.js. */
async function openPartnerPage(
  stage: Stage,
  page: Page,
  options: Readonly<Record<string, string | boolean>> = {},
): Promise<{ readonly connectionId: string; readonly address: string }> {
  const { connectionId, link } = await stage.aSignInLink()
  const address = scriptPage(stage.partnerSite.origin, link, options)
  await page.goto(address)
  return { connectionId, address }
}

async function pressConnect(page: Page): Promise<Page> {
  const opened = page.waitForEvent('popup')
  await page.locator('#connect').click()
  return opened
}

const connected = (connectionId: string) => ({
  connectionId: Number(connectionId),
  status: 'connected',
})

describe('connect.js with a popup', () => {
  test('tells that it is connected, and the popup is gone', async ({ stage, page }) => {
    const { connectionId } = await openPartnerPage(stage, page)
    const popup = await pressConnect(page)
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    await expect.poll(() => resultsAt(page)).toEqual([connected(connectionId)])
    await expectStatus(stage, connectionId, 'connected')
  })

  test('leaves the popup open on a failure, which may be mended in it', async ({ stage, page }) => {
    const { connectionId } = await openPartnerPage(stage, page, { language: 'de' })
    const popup = await pressConnect(page)
    await signInAs(popup, contosoWithoutRole)
    await popup.getByRole('button', { name: 'Anderes Konto verwenden' }).waitFor()
    await lookAt(popup, 'no-role-german')
    expect(await resultsAt(page)).toEqual([])
    const closed = popup.waitForEvent('close')
    await press(popup, 'Anderes Konto verwenden')
    await signInAs(popup, contosoMember)
    await closed
    await expect.poll(() => resultsAt(page)).toEqual([connected(connectionId)])
  })

  test('tells the failure once the person closes the popup', async ({ stage, page }) => {
    const { connectionId } = await openPartnerPage(stage, page)
    const popup = await pressConnect(page)
    await signInAs(popup, contosoWithoutRole)
    await expectSituation(popup, 'no_dataverse_role')
    await popup.close()
    const told = { connectionId: Number(connectionId), status: 'failed', code: '0x80072560' }
    await expect.poll(() => resultsAt(page)).toEqual([told])
  })

  test('tells that the popup was closed when nothing else is known', async ({ stage, page }) => {
    const { connectionId } = await openPartnerPage(stage, page)
    const popup = await pressConnect(page)
    await popup.waitForURL(`${stage.microsoftUrl}/**`)
    await popup.close()
    const told = { connectionId: Number(connectionId), status: 'closed' }
    await expect.poll(() => resultsAt(page)).toEqual([told])
    await expectStatus(stage, connectionId, 'pending')
  })

  test('opens one popup for a double click', async ({ stage, visitor, page }) => {
    const before = stage.redemptions()
    const { connectionId } = await openPartnerPage(stage, page)
    const opened = page.waitForEvent('popup')
    await page.locator('#connect').dblclick()
    const popup = await opened
    const closed = popup.waitForEvent('close')
    await popup.waitForURL(`${stage.microsoftUrl}/**`)
    expect(visitor.context.pages()).toHaveLength(2)
    await signInAs(popup, contosoMember)
    await closed
    await expect.poll(async () => (await resultsAt(page))[0]).toEqual(connected(connectionId))
    expect(stage.redemptions() - before).toBe(1)
  })

  test('takes the popup over by another click, and tells both', async ({
    stage,
    visitor,
    page,
  }) => {
    const { connectionId } = await openPartnerPage(stage, page)
    const popup = await pressConnect(page)
    await popup.waitForURL(`${stage.microsoftUrl}/**`)
    const closed = popup.waitForEvent('close')
    const anew = popup.waitForEvent('framenavigated')
    await page.locator('#connect').click()
    await anew
    expect(visitor.context.pages()).toHaveLength(2)
    await signInAs(popup, contosoMember)
    await closed
    const told = connected(connectionId)
    await expect.poll(() => resultsAt(page)).toEqual([told, told])
  })

  test('closes for a sign-in that waits for the vendor', async ({ stage, page }) => {
    const { connectionId, link } = await stage.aSignInLink({
      terms: { ConfirmationRequired: true },
    })
    await page.goto(scriptPage(stage.partnerSite.origin, link))
    const popup = await pressConnect(page)
    const closed = popup.waitForEvent('close')
    await signInAs(popup, contosoMember)
    await closed
    const told = {
      connectionId: Number(connectionId),
      status: 'confirmation_required',
      completionId: expect.stringMatching(/^[\w-]{43}$/),
    }
    await expect.poll(() => resultsAt(page)).toEqual([told])
  })

  test('shows the way back when the page that opened it is gone', async ({ stage, page }) => {
    const { origin } = stage.partnerSite
    const { connectionId } = await openPartnerPage(stage, page)
    const popup = await pressConnect(page)
    await popup.waitForURL(`${stage.microsoftUrl}/**`)
    await page.close()
    await signInAs(popup, contosoMember)
    await expectPage(popup, WORDS.pages.connected.title)
    await requireAccessible(popup)
    await press(popup, WORDS.pages.back.replace('{host}', new URL(origin).host))
    await popup.waitForURL(`${origin}/`)
    await expectStatus(stage, connectionId, 'connected')
  })

  test('shows the way back of a failure as well', async ({ stage, page }) => {
    const { origin } = stage.partnerSite
    await openPartnerPage(stage, page)
    const popup = await pressConnect(page)
    await popup.waitForURL(`${stage.microsoftUrl}/**`)
    await page.close()
    await signInAs(popup, contosoWithoutRole)
    await expectSituation(popup, 'no_dataverse_role')
    expect(await popup.getByRole('button', { name: failed.again }).isVisible()).toBe(true)
    await press(popup, WORDS.pages.back.replace('{host}', new URL(origin).host))
    await popup.waitForURL(`${origin}/`)
  })
})

describe('connect.js where popups are blocked', () => {
  test('says so by the name of its error', async ({ stage, newVisitor }) => {
    const { page } = await newVisitor({ blocksPopups: true })
    await openPartnerPage(stage, page, { isPressed: false })
    await expect.poll(() => resultsAt(page)).toEqual([{ error: 'PopupBlockedError' }])
  })

  test('redirects instead, and finds the result in the address', async ({ stage, newVisitor }) => {
    const { page } = await newVisitor({ blocksPopups: true })
    const options = { isPressed: false, fallback: 'redirect' }
    const { connectionId } = await openPartnerPage(stage, page, options)
    await signInAs(page, contosoMember)
    const returned = connected(connectionId)
    await expect.poll(() => resultsAt(page)).toEqual([{ returned }])
    await expectStatus(stage, connectionId, 'connected')
  })
})

describe('connect.js by a redirect', () => {
  test('tells a failure in the address', async ({ stage, page }) => {
    const { connectionId } = await openPartnerPage(stage, page, { mode: 'redirect' })
    await page.locator('#connect').click()
    await signInAs(page, contosoWithoutRole)
    await expectSituation(page, 'no_dataverse_role')
    await press(page, WORDS.pages.back.replace('{host}', new URL(stage.partnerSite.origin).host))
    const returned = { connectionId: Number(connectionId), status: 'failed' }
    await expect.poll(() => resultsAt(page)).toEqual([{ returned }])
  })
})
