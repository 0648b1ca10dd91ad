import { describe, expect } from 'vitest'
import { test } from './support/browser-test.ts'
import { expectPage, expectSituation, lookAt, tabTo, WORDS } from './support/steps.ts'

describe('the help for a code of Microsoft', () => {
  test('says what happened, who can mend it and where', async ({ stage, page }) => {
    const answer = await page.goto(`${stage.serviceUrl}/help/aadsts/AADSTS90094`)
    expect(answer?.status()).toBe(200)
    await expectSituation(page, 'needs_admin_consent')
    const text = await page.locator('dl').innerText()
    expect(text).toContain('AADSTS90094')
    expect(text).toContain(WORDS.pages.failed.administrator)
    const where = page.getByRole('link', { name: WORDS.links.enterprise_applications })
    expect(await where.getAttribute('href')).toMatch(/^https:\/\/entra\.microsoft\.com\//)
    await lookAt(page, 'help')
  })

  test('is there for a code that nobody has explained yet', async ({ stage, page }) => {
    await page.goto(`${stage.serviceUrl}/help/aadsts/999999`)
    await expectSituation(page, 'unknown_refusal')
    await lookAt(page, 'help-unknown-code')
  })

  test('says how to ask where the address has no code', async ({ stage, page }) => {
    const answer = await page.goto(`${stage.serviceUrl}/help/aadsts/what`)
    expect(answer?.status()).toBe(404)
    await expectPage(page, WORDS.help.missing.title)
    await lookAt(page, 'help-missing')
  })

  test('shows its languages by the keyboard, without JavaScript', async ({ stage, newVisitor }) => {
    const { page } = await newVisitor({ javaScriptEnabled: false })
    await page.goto(`${stage.serviceUrl}/help/aadsts/90094`)
    await page.locator('summary').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Nederlands' }).press('Enter')
    await page.waitForURL(/\?lang=nl$/)
    expect(await page.locator('html').getAttribute('lang')).toBe('nl')
  })

  test('opens its list of languages', async ({ stage, page }) => {
    await page.goto(`${stage.serviceUrl}/help/aadsts/90094`)
    await tabTo(page, 'summary')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Dansk' }).waitFor()
    await lookAt(page, 'help-languages')
  })
})
