import { describe, expect } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import { partnerPage } from './support/partner-site.ts'
import { screenshot } from './support/screenshot.ts'
import {
  expectBackAtPartner,
  expectSituation,
  expectStatus,
  signInAs,
  tabTo,
} from './support/steps.ts'

const { contosoMember, contosoWithoutRole, northwindMember } = USERS

describe('a sign-in in the same tab', () => {
  test('goes to Microsoft and comes back connected', async ({ stage, page }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(partnerPage(stage.partnerSite.origin, 'link', link))
    await page.locator('#connect').click()
    await page.waitForURL(`${stage.microsoftUrl}/**`)
    await requireAccessible(page)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    expect(new URL(page.url()).searchParams.get('connectionId')).toBe(connectionId)
    await expectStatus(stage, connectionId, 'connected')
  })

  test('works without JavaScript', async ({ stage, newVisitor }) => {
    const { page } = await newVisitor({ javaScriptEnabled: false })
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })

  test('works with the keyboard alone', async ({ stage, page }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(partnerPage(stage.partnerSite.origin, 'link', link))
    await tabTo(page, '#connect')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${stage.microsoftUrl}/**`)
    await tabTo(page, `button[value="${contosoMember.username}"]`)
    await page.keyboard.press('Enter')
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })
})

describe('a sign-in that Microsoft does not let through', () => {
  test('was cancelled: the page says so and leads back to the vendor', async ({ stage, page }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expectSituation(page, 'cancelled_or_needs_approval')
    await requireAccessible(page)
    await screenshot(page, 'cancelled')
    await tabTo(page, 'main .actions > a')
    await page.keyboard.press('Enter')
    await expectBackAtPartner(page, stage, 'failed')
    await expectStatus(stage, connectionId, 'pending')
  })

  test('needs an administrator: the page says who must act', async ({ stage, page }) => {
    await stage.fault({ endpoint: 'token', code: 65001 })
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectSituation(page, 'needs_admin_consent')
    const text = await page.locator('main').innerText()
    expect(text).toContain('Your Microsoft administrator')
    expect(text).toContain('AADSTS65001')
    await requireAccessible(page)
    await screenshot(page, 'needs-administrator')
    await expectStatus(stage, connectionId, 'pending')
  })

  test("ends at Microsoft's wall: the way back says that nothing was connected", async ({
    stage,
    page,
  }) => {
    const resource = 'https://northwind.crm11.dynamics.com'
    const { connectionId, link } = await stage.aSignInLink({ resource })
    await page.goto(link)
    await signInAs(page, northwindMember)
    await page.getByRole('link', { name: /return to the application/i }).click()
    await expectSituation(page, 'cancelled_or_needs_approval')
    await requireAccessible(page)
    await expectStatus(stage, connectionId, 'pending')
  })

  test('lacks a role in Dynamics 365: the same link works for another account', async ({
    stage,
    page,
  }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, contosoWithoutRole)
    await expectSituation(page, 'no_dataverse_role')
    await requireAccessible(page)
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })
})
