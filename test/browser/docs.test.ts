import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { LOCAL_CLIENT } from '../e2e/support/partner.ts'
import { test } from './support/browser-test.ts'
import { screenshot } from './support/screenshot.ts'

async function openDocs(page: Page, serviceUrl: string): Promise<void> {
  const answer = await page.goto(`${serviceUrl}/docs`)
  expect(answer?.status()).toBe(200)
  await page.getByRole('heading', { name: 'dynamics-connect' }).waitFor()
}

/** Fails when axe finds anything serious outside of what Swagger UI draws, which is not ours to mend. */
async function requireOursAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    window.axe.run({ exclude: ['.swagger-ui .wrapper'] }),
  )
  const found = violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }))
  expect(found).toEqual([])
}

/** Signs in with the API client that the page is given, as a partner's developer does. */
async function authorize(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).first().click()
  const dialog = page.locator('.dialog-ux')
  const client = dialog.locator('.auth-container').filter({ hasText: 'client (OAuth2' })
  await client.getByLabel('client_id').fill(LOCAL_CLIENT.clientId)
  await client.getByLabel('client_secret').fill(LOCAL_CLIENT.clientSecret)
  await client.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click()
  await client.getByRole('button', { name: 'Remove authorization' }).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).first().click()
}

describe('the page of the description', () => {
  test('shows every operation, by what it is about', async ({ stage, page }) => {
    await openDocs(page, stage.serviceUrl)
    expect(await page.title()).toBe('dynamics-connect API')
    const description = await (await fetch(`${stage.serviceUrl}/openapi.json`)).json()
    const methods = Object.values<object>(description.paths).flatMap(Object.keys)
    await expect.poll(() => page.locator('.opblock').count()).toBe(methods.length)
    await requireOursAccessible(page)
    await screenshot(page, 'docs')
  })

  test('authorizes, and sends a request', async ({ stage, page }) => {
    await openDocs(page, stage.serviceUrl)
    await authorize(page)
    const operation = page.locator('#operations-Catalogue-listConnectors')
    await operation.locator('.opblock-summary-control').click()
    await operation.getByRole('button', { name: 'Try it out' }).click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    const answer = operation.locator('.live-responses-table .response')
    await answer.waitFor()
    expect(await answer.locator('.response-col_status').innerText()).toContain('200')
    expect(await answer.innerText()).toContain('Microsoft Dynamics CRM Online')
  })

  test('shows no other description, whatever its address says', async ({
    stage,
    page,
    visitor,
  }) => {
    const { strangerOrigin } = stage.partnerSite
    const other = encodeURIComponent(`${strangerOrigin}/openapi.json`)
    await page.goto(`${stage.serviceUrl}/docs?url=${other}&configUrl=${other}`)
    await page.getByRole('heading', { name: 'dynamics-connect' }).waitFor()
    const asked = visitor.watch.answers.map(({ path }) => path)
    expect(asked).toContain('/openapi.json')
    expect(visitor.watch.problems()).toEqual([])
    const loaded = await page.evaluate(() => performance.getEntriesByType('resource'))
    expect(loaded.filter(({ name }) => name.startsWith(strangerOrigin))).toEqual([])
  })

  test('follows the colours that the person prefers', async ({ stage, page }) => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await openDocs(page, stage.serviceUrl)
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(await background()).toBe('rgb(28, 32, 34)')
    await page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(background).toBe('rgb(255, 255, 255)')
  })

  test('says what to do without JavaScript', async ({ stage, newVisitor }) => {
    const { page } = await newVisitor({ javaScriptEnabled: false })
    await page.goto(`${stage.serviceUrl}/docs`)
    const link = page.getByRole('link', { name: '/openapi.json' })
    expect(await link.getAttribute('href')).toBe('/openapi.json')
  })
})
