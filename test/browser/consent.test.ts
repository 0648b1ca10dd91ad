import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { LOCAL_BRAND } from '../../infra/local/local-brand.ts'
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import type { Stage } from './support/stage.ts'
import {
  expectAtMicrosoft,
  expectBackAtPartner,
  expectConnectedTo,
  expectPage,
  expectSituation,
  expectStatus,
  lookAt,
  press,
  signInAs,
  WORDS,
} from './support/steps.ts'

const { contosoMember, northwindAdmin, northwindMember } = USERS
const { admin, consent_granted: granted, consent_refused: refused, failed } = WORDS.pages
const NORTHWIND = 'https://northwind.crm11.dynamics.com'

/** Runs into Microsoft's wall, and comes back from it. @returns the connection's id. */
async function returnFromWall(page: Page, stage: Stage): Promise<string> {
  // Not Northwind's wall, which one of these tests takes down.
  await stage.fault({ endpoint: 'authorize', code: 90094, times: 1 })
  const { connectionId, link } = await stage.aSignInLink()
  await page.goto(link)
  await signInAs(page, contosoMember)
  await page.getByRole('link', { name: /return to the application/i }).click()
  await expectSituation(page, 'cancelled_or_needs_approval')
  return connectionId
}

/** The link for the administrator, as the person sees it. */
function adminLinkOn(page: Page): Promise<string> {
  return page.getByLabel(admin.label).inputValue()
}

function plain(text: string, link: string): string {
  return text.replaceAll('{partner}', LOCAL_BRAND.name).replace('{link}', link)
}

describe('an organization where only administrators allow an application', () => {
  test('is connected by its member once the administrator has opened the link', async ({
    stage,
    page,
    newVisitor,
  }) => {
    const { connectionId, link } = await stage.aSignInLink({ resource: NORTHWIND })
    await page.goto(link)
    await signInAs(page, northwindMember)
    await page.getByRole('heading', { name: 'Need admin approval' }).waitFor()
    await page.getByRole('link', { name: /return to the application/i }).click()
    await expectSituation(page, 'cancelled_or_needs_approval')
    const { page: adminPage } = await newVisitor()
    await adminPage.goto(await adminLinkOn(page))
    await adminPage.getByLabel('Signed in as').selectOption(northwindAdmin.username)
    await press(adminPage, 'Accept')
    await expectPage(adminPage, granted.title)
    const text = await adminPage.locator('main').innerText()
    for (const permission of [granted.user_impersonation, granted.offline_access, granted.openid]) {
      expect(text).toContain(permission)
    }
    await lookAt(adminPage, 'consent-granted')
    // The page that the member left open.
    await press(page, failed.again)
    await signInAs(page, northwindMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, NORTHWIND)
  })

  test('is told by the administrator that it is not allowed', async ({ stage, page }) => {
    await returnFromWall(page, stage)
    await page.goto(await adminLinkOn(page))
    await press(page, 'Cancel')
    await expectPage(page, refused.title)
    await lookAt(page, 'consent-refused')
  })
})

describe('the link for the administrator', () => {
  test("leads to Microsoft's consent of that organization", async ({ stage, page }) => {
    await returnFromWall(page, stage)
    const url = new URL(await adminLinkOn(page))
    expect(url.origin).toBe(stage.microsoftUrl)
    expect(url.pathname).toBe(`/${TENANTS.contoso.id}/v2.0/adminconsent`)
    expect(url.searchParams.get('redirect_uri')).toBe(`${stage.serviceUrl}/connector/callback`)
    await lookAt(page, 'needs-approval')
  })

  test('is copied by its button, which says so', async ({ stage, visitor, page }) => {
    const { serviceUrl: origin } = stage
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
    await returnFromWall(page, stage)
    await press(page, WORDS.shell.copy)
    await page.getByRole('button', { name: WORDS.shell.copied }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await adminLinkOn(page))
    expect(await page.locator('[data-copy]').getAttribute('aria-live')).toBe('polite')
    await requireAccessible(page)
  })

  test('goes into a mail that is written already', async ({ stage, page }) => {
    await returnFromWall(page, stage)
    const href = await page.getByRole('link', { name: admin.mail }).getAttribute('href')
    expect(href).toMatch(/^mailto:\?/)
    // Mail programs read a plus sign as a plus sign.
    expect(href).not.toContain('+')
    const mail = new URL(href ?? '').searchParams
    expect(mail.get('subject')).toBe(plain(admin.subject, ''))
    expect(mail.get('body')).toBe(plain(admin.body, await adminLinkOn(page)))
  })

  test('is there to be copied by hand without JavaScript', async ({ stage, newVisitor }) => {
    const { page } = await newVisitor({ javaScriptEnabled: false })
    await returnFromWall(page, stage)
    expect(await adminLinkOn(page)).toContain('/adminconsent?')
    expect(await page.getByRole('button', { name: WORDS.shell.copy }).isVisible()).toBe(false)
  })
})

describe('who turned back', () => {
  test('may try again with the same account', async ({ stage, page }) => {
    const connectionId = await returnFromWall(page, stage)
    await press(page, failed.again)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })

  test('and declined what was asked for, reads what that means', async ({ stage, page }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await page.getByRole('button', { name: 'Decline the permissions' }).click()
    await expectSituation(page, 'consent_declined')
    await lookAt(page, 'consent-declined')
    await press(page, failed.again)
    await expectAtMicrosoft(page, stage)
    await expectStatus(stage, connectionId, 'pending')
  })
})
