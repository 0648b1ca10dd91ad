import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { AUTHORIZATION_REQUEST_LIFETIME_MS } from '../../functions/domain/authorization-request.ts'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import { partnerPage } from './support/partner-site.ts'
import { screenshot } from './support/screenshot.ts'
import {
  expectBackAtPartner,
  expectPage,
  expectSituation,
  expectStatus,
  signInAs,
  stopAtCallback,
} from './support/steps.ts'

const { contosoMember } = USERS

describe('doing something twice', () => {
  test('a double click on the link connects once', async ({ stage, page }) => {
    const before = stage.redemptions()
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(partnerPage(stage.partnerSite.origin, 'link', link))
    await page.locator('#connect').dblclick()
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    expect(stage.redemptions() - before).toBe(1)
    await expectStatus(stage, connectionId, 'connected')
  })

  test('going back after it is connected and signing in again changes nothing', async ({
    stage,
    page,
  }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    const connection = await stage.connectionOf(connectionId)
    const before = stage.redemptions()
    await page.goBack()
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    expect(stage.redemptions() - before).toBe(0)
    expect(await stage.connectionOf(connectionId)).toEqual(connection)
  })

  test('a reload of the last page shows the same result and redeems nothing', async ({
    stage,
    page,
  }) => {
    const { origin } = stage.partnerSite
    const before = stage.redemptions()
    const { connectionId, link } = await stage.aSignInLink({
      targetOrigin: origin,
      callbackMessage: 'done',
    })
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectPage(page, 'Connected')
    const text = await page.locator('main').innerText()
    const reloaded = await page.reload()
    expect(reloaded?.status()).toBe(200)
    await expectPage(page, 'Connected')
    expect(await page.locator('main').innerText()).toBe(text)
    expect(stage.redemptions() - before).toBe(1)
    await expectStatus(stage, connectionId, 'connected')
  })

  test('a reload of a failure shows the same failure and asks Microsoft nothing', async ({
    stage,
    page,
  }) => {
    await stage.fault({ endpoint: 'token', code: 65001 })
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectSituation(page, 'needs_admin_consent')
    const text = await page.locator('main').innerText()
    const before = stage.redemptions()
    await page.reload()
    await expectSituation(page, 'needs_admin_consent')
    expect(await page.locator('main').innerText()).toBe(text)
    expect(stage.redemptions() - before).toBe(0)
    await expectStatus(stage, connectionId, 'pending')
  })

  test('a link that has been used says so', async ({ stage, page }) => {
    const { link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    const again = await page.goto(link)
    expect(again?.status()).toBe(403)
    await expectPage(page, 'This link has been used already')
    await requireAccessible(page)
    await screenshot(page, 'link-used')
  })
})

describe('two tabs at once', () => {
  const bothAtMicrosoft = async (pages: readonly Page[], links: readonly string[]) => {
    await Promise.all(pages.map((page, index) => page.goto(links[index] ?? '')))
  }

  test('with two links connect both', async ({ stage, visitor, page }) => {
    const other = await visitor.context.newPage()
    const [one, two] = [await stage.aSignInLink(), await stage.aSignInLink()]
    await bothAtMicrosoft([page, other], [one.link, two.link])
    await Promise.all([signInAs(page, contosoMember), signInAs(other, contosoMember)])
    await expectBackAtPartner(page, stage, 'connected')
    await expectBackAtPartner(other, stage, 'connected')
    expect(new URL(page.url()).searchParams.get('connectionId')).toBe(one.connectionId)
    expect(new URL(other.url()).searchParams.get('connectionId')).toBe(two.connectionId)
    await expectStatus(stage, one.connectionId, 'connected')
    await expectStatus(stage, two.connectionId, 'connected')
  })

  test('with the same link connect once; the later one says that it was used', async ({
    stage,
    visitor,
    page,
  }) => {
    const later = await visitor.context.newPage()
    const { connectionId, link } = await stage.aSignInLink()
    await bothAtMicrosoft([page, later], [link, link])
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    const connection = await stage.connectionOf(connectionId)
    await signInAs(later, contosoMember)
    await expectSituation(later, 'link_used')
    expect(await later.locator('main').innerText()).toContain('link_used')
    expect(await stage.connectionOf(connectionId)).toEqual(connection)
  })
})

describe('the way back from Microsoft', () => {
  test("opened in another person's browser connects nothing there and spoils nothing", async ({
    stage,
    page,
    newVisitor,
  }) => {
    const before = stage.redemptions()
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    const callback = await stopAtCallback(page, stage, contosoMember)
    const other = await newVisitor()
    const refused = await other.page.goto(callback)
    expect(refused?.status()).toBe(400)
    await expectPage(other.page, 'Please start again')
    expect(stage.redemptions() - before).toBe(0)
    await expectStatus(stage, connectionId, 'pending')
    await page.goto(callback)
    await expectBackAtPartner(page, stage, 'connected')
  })

  test('opened in a browser that has begun a sign-in of its own connects neither', async ({
    stage,
    page,
    newVisitor,
  }) => {
    const before = stage.redemptions()
    const mine = await stage.aSignInLink()
    await page.goto(mine.link)
    const callback = await stopAtCallback(page, stage, contosoMember)
    const other = await newVisitor()
    const theirs = await stage.aSignInLink()
    await other.page.goto(theirs.link)
    await other.page.goto(callback)
    await expectPage(other.page, 'Please start again')
    expect(stage.redemptions() - before).toBe(0)
    await expectStatus(stage, mine.connectionId, 'pending')
    await expectStatus(stage, theirs.connectionId, 'pending')
  })

  test('of a sign-in that another browser finished at Microsoft connects nothing', async ({
    stage,
    page,
    newVisitor,
  }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    const other = await newVisitor()
    await other.page.goto(page.url())
    await signInAs(other.page, USERS.contosoAdmin)
    await expectPage(other.page, 'Please start again')
    await expectStatus(stage, connectionId, 'pending')
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
  })

  test('without the cookie asks to start again, and the link still works', async ({
    stage,
    visitor,
    page,
  }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await visitor.context.clearCookies({ name: /dynamics-connect/ })
    await signInAs(page, contosoMember)
    await expectPage(page, 'Please start again')
    await requireAccessible(page)
    await screenshot(page, 'start-again')
    await expectStatus(stage, connectionId, 'pending')
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
  })

  test('after too long asks to start again', async ({ stage, page }) => {
    const before = stage.redemptions()
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await stage.clockAhead(AUTHORIZATION_REQUEST_LIFETIME_MS + 1000)
    await signInAs(page, contosoMember)
    await expectPage(page, 'Please start again')
    expect(await page.locator('main').innerText()).toContain('took too long')
    await requireAccessible(page)
    expect(stage.redemptions() - before).toBe(0)
    await expectStatus(stage, connectionId, 'pending')
  })

  test('without a network is made good by a reload', async ({ stage, visitor, page }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    const callback = await stopAtCallback(page, stage, contosoMember)
    await visitor.context.setOffline(true)
    const lost = page.waitForEvent('requestfailed')
    await page.evaluate((url) => location.assign(url), callback)
    expect((await lost).failure()?.errorText).toBe('net::ERR_INTERNET_DISCONNECTED')
    await expectStatus(stage, connectionId, 'pending')
    await visitor.context.setOffline(false)
    await page.reload()
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })
})
