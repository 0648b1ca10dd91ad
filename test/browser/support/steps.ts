import type { Page, Route } from 'playwright-core'
import { expect } from 'vitest'
import type { Situation } from '../../../functions/domain/reason.ts'
import { textsOf } from '../../../functions/http/texts.ts'
import { LOCAL_BRAND } from '../../../infra/local/local-brand.ts'
import type { User } from '../../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './accessible.ts'
import { screenshot } from './screenshot.ts'
import type { Stage } from './stage.ts'

/** Picks the account on Microsoft's page, which need not be there yet. */
export async function signInAs(page: Page, person: User): Promise<void> {
  await page.locator(`button[name="account"][value="${person.username}"]`).click()
}

/** Waits until the page is at the vendor's again, and says so. */
export async function expectBackAtPartner(
  page: Page,
  stage: Stage,
  status: 'connected' | 'failed' | 'confirmation_required',
): Promise<void> {
  await page.waitForURL((url) => url.searchParams.get('status') === status)
  expect(new URL(page.url()).origin).toBe(stage.partnerSite.origin)
}

/** Waits for the page whose heading says this, and wants a `<title>` that says the same of the vendor. */
export async function expectPage(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  expect(await page.title()).toBe(`${heading} – ${LOCAL_BRAND.name}`)
}

/** Waits for the page that explains why the sign-in did not connect. */
export async function expectSituation(page: Page, situation: Situation): Promise<void> {
  await expectPage(page, WORDS.situations[situation].title)
}

/** Requires that the page has nothing that axe finds, and takes its picture. */
export async function lookAt(page: Page, name: string): Promise<void> {
  await requireAccessible(page)
  await screenshot(page, name)
}

/** Presses the button, or follows the link that looks like one, of our pages or of Microsoft's. */
export async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name, exact: true })
  await button.or(page.getByRole('link', { name, exact: true })).click()
}

/** Waits until the page is at Microsoft's. */
export async function expectAtMicrosoft(page: Page, stage: Stage): Promise<void> {
  await page.waitForURL(`${stage.microsoftUrl}/**`)
}

export async function expectStatus(
  stage: Stage,
  connectionId: string,
  status: 'pending' | 'connected',
): Promise<void> {
  expect(await stage.connectionOf(connectionId)).toMatchObject({ Status: status })
}

/** The connection is connected, and to this environment. */
export async function expectConnectedTo(
  stage: Stage,
  connectionId: string,
  resource: string,
): Promise<void> {
  expect(await stage.connectionOf(connectionId)).toMatchObject({
    Status: 'connected',
    Environment: { Url: resource },
  })
}

/** Picks the account and stops before the browser is back at the service. @returns where it would go. */
export async function stopAtCallback(page: Page, stage: Stage, person: User): Promise<string> {
  const callback = Promise.withResolvers<string>()
  const atMicrosoft = (url: URL) => url.origin === stage.microsoftUrl
  const intercept = async (route: Route): Promise<void> => {
    if (route.request().method() !== 'POST') return route.fallback()
    const { location = '' } = (await route.fetch({ maxRedirects: 0 })).headers()
    // Microsoft appends an empty fragment, which requests and answers do not show.
    callback.resolve(location.replace(/#$/, ''))
    await route.fulfill({ status: 204 })
  }
  await page.route(atMicrosoft, intercept)
  await signInAs(page, person)
  const url = await callback.promise
  await page.unroute(atMicrosoft, intercept)
  return url
}

/** The messages that the vendor's page received so far. */
export async function messagesAt(page: Page): Promise<readonly unknown[]> {
  const texts = await page.locator('#messages li').allTextContents()
  return texts.map((text) => JSON.parse(text))
}

/** What connect.js told the vendor's page so far. */
export async function resultsAt(page: Page): Promise<readonly unknown[]> {
  const texts = await page.locator('#results li').allTextContents()
  return texts.map((text) => JSON.parse(text))
}

/**
 * Presses Tab until the focus is where `selector` says; it must be seen where it is, or around it at
 * `shownAt`.
 */
export async function tabTo(page: Page, selector: string, shownAt = selector): Promise<void> {
  const isThere = () =>
    page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)
  for (let presses = 0; !(await isThere()); presses += 1) {
    if (presses === MOST_TABS) throw new Error(`Tab does not lead to ${selector}`)
    await page.keyboard.press('Tab')
  }
  const outline = await page.locator(shownAt).evaluate((element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    return outlineStyle === 'none' ? '0px' : outlineWidth
  })
  expect(Number.parseFloat(outline), 'the focus is not seen').toBeGreaterThan(0)
}

const MOST_TABS = 40

/** The words of the pages, as these tests' browsers ask for them. */
export const WORDS = textsOf('en')
