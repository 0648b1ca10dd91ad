import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { ALL_LANGUAGES, LANGUAGES } from '../../functions/http/language.ts'
import { textsOf } from '../../functions/http/texts.ts'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import { screenshot } from './support/screenshot.ts'
import { signInAs } from './support/steps.ts'

/** The narrowest screen that WCAG 1.4.10 asks for, in CSS pixels. */
const NARROW = { width: 320, height: 640 }
/** Every page in these is photographed, beside English: one with long words, and one without spaces. */
const SHOWN = ['de', 'ja']

/** Waits for the page with this heading, and wants its language told and nothing of it cut off. */
async function expectReadable(page: Page, heading: string, language: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe(language)
  expect(await clippedOn(page)).toEqual([])
  await requireAccessible(page)
}

/** What reaches over the edge of the screen, or out of its own box. */
function clippedOn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isTooWide = ({ scrollWidth, clientWidth }: Element) => scrollWidth > clientWidth
    const elements = [...document.querySelectorAll('main, main :not(input, svg, svg *), footer *')]
    const clipped = elements.filter((element) => element.clientWidth > 0 && isTooWide(element))
    const scrolls = (document.scrollingElement?.scrollWidth ?? 0) > innerWidth
    return [...(scrolls ? ['the page'] : []), ...clipped.map((element) => element.outerHTML)]
  })
}

describe('on a narrow screen nothing is cut off, from the first page to a failure', () => {
  test.for(ALL_LANGUAGES)('%s', async (language, { stage, page }) => {
    // The page with most on it: a link to copy, and three ways to go on.
    await stage.fault({ endpoint: 'token', grantType: 'refresh_token', code: 90094 })
    const { pages, situations } = textsOf(language)
    await page.setViewportSize(NARROW)
    const { link } = await stage.aSignInLink({ resource: undefined, lang: language })
    await page.goto(link)
    await expectReadable(page, pages.environment.title, language)
    if (SHOWN.includes(language)) await screenshot(page, `environment-${language}`)
    await page.getByRole('button', { name: pages.environment.find_button }).click()
    await signInAs(page, USERS.contosoMember)
    await expectReadable(page, pages.choose.title, language)
    await page.getByRole('radio').first().check()
    await page.getByRole('button', { name: pages.choose.button, exact: true }).click()
    await expectReadable(page, situations.needs_admin_consent.title, language)
    if (SHOWN.includes(language)) await screenshot(page, `needs-administrator-${language}`)
  })
})

describe('the language', () => {
  test('is the one that the browser asks for, unless the link names one', async ({
    stage,
    newVisitor,
  }) => {
    const { page } = await newVisitor({ locale: 'fr-CH' })
    const help = `${stage.serviceUrl}/help/aadsts/65001`
    const title = (language: 'fr' | 'da') => textsOf(language).situations.needs_admin_consent.title
    await page.goto(help)
    await expectReadable(page, title('fr'), 'fr')
    await page.goto(`${help}?lang=da`)
    await expectReadable(page, title('da'), 'da')
  })

  test('can be changed on a page that can be asked for again', async ({ stage, page }) => {
    await page.goto(`${stage.serviceUrl}/help/aadsts/65001`)
    for (const language of ALL_LANGUAGES) {
      await page.locator('summary').click()
      await page.getByRole('link', { name: LANGUAGES[language].name, exact: true }).click()
      const { title } = textsOf(language).situations.needs_admin_consent
      await expectReadable(page, title, language)
    }
  })
})
