import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { consoleTextsOf } from '../../../functions/console/words.ts'
import { LOCAL_CLIENT } from '../../e2e/support/partner.ts'
import { requireAccessible } from './accessible.ts'
import { screenshot } from './screenshot.ts'
import type { Stage } from './stage.ts'
import { press } from './steps.ts'

/** The words of the console, as these tests' browsers ask for them. */
export const CONSOLE = consoleTextsOf('en')

/** The first sign-in of a local service. */
export const FIRST_SIGN_IN = { clientId: 'console', clientSecret: 'console-secret' } as const

/** The narrowest screen that counts, and a phone. */
const NARROW = [320, 390] as const

/** Opens a page of the console and signs in on the way. */
export async function enterConsole(
  page: Page,
  stage: Stage,
  { path = '/console', client = LOCAL_CLIENT }: EnterOptions = {},
): Promise<void> {
  await page.goto(`${stage.serviceUrl}${path}`)
  await expectTitle(page, CONSOLE.sign_in.title)
  await page.getByLabel(CONSOLE.sign_in.id, { exact: true }).fill(client.clientId)
  await page.getByLabel(CONSOLE.sign_in.secret, { exact: true }).fill(client.clientSecret)
  await press(page, CONSOLE.sign_in.button)
}

interface EnterOptions {
  readonly path?: string
  readonly client?: { readonly clientId: string; readonly clientSecret: string }
}

/** Waits for the page with this heading. */
export async function expectTitle(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
}

/** Waits until the page says what has just been done. */
export async function expectDone(page: Page, words: string): Promise<void> {
  await page.getByRole('status').filter({ hasText: words }).first().waitFor()
}

/** Opens what is folded under this name, unless it is open. */
export async function unfold(page: Page, name: string): Promise<void> {
  const summary = page.locator('summary').filter({ hasText: name })
  const isOpen = await summary.evaluate((element) => element.closest('details')?.open === true)
  if (!isOpen) await summary.click()
}

/**
 * Requires of the page, with all of it unfolded, that axe finds nothing, that it fits a phone without
 * scrolling sideways; and takes its picture as it was, when a name is given.
 */
export async function lookAtConsole(page: Page, name?: string): Promise<void> {
  if (name !== undefined) await screenshot(page, name)
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('details:not([open])')) {
      element.setAttribute('open', 'for-a-look')
    }
  })
  await requireAccessible(page)
  const before = page.viewportSize()
  for (const width of NARROW) {
    await page.setViewportSize({ width, height: 844 })
    expect(await page.evaluate(tooWide), `${page.url()} at ${width} pixels`).toEqual([])
  }
  if (before !== null) await page.setViewportSize(before)
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('details[open=for-a-look]')) {
      element.removeAttribute('open')
    }
  })
}

/** What makes the page wider than the screen. */
function tooWide(): readonly string[] {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > clientWidth)
    .filter((element) => element.closest('.scroll, textarea') === null)
    .map((element) => element.outerHTML.slice(0, 120))
}
