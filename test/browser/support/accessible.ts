import axe, { type RunOptions } from 'axe-core'
import type { Frame, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Beside what axe looks for unless told: targets of at least 24 pixels, or with as much room around them. */
const EVERYTHING: RunOptions = { rules: { 'target-size': { enabled: true } } }

/** What changes with the colours. */
const COLOURS: RunOptions = {
  runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
}

/** Fails when axe finds anything on the page, or in its frame, in light or in dark colours. */
export async function requireAccessible(
  page: Page,
  frame: Frame = page.mainFrame(),
): Promise<void> {
  await frame.evaluate(axe.source)
  await requireNothing(page, frame, { colorScheme: 'light', options: EVERYTHING })
  await requireNothing(page, frame, { colorScheme: 'dark', options: COLOURS })
  await page.emulateMedia({ colorScheme: null })
}

async function requireNothing(
  page: Page,
  frame: Frame,
  {
    colorScheme,
    options,
  }: { readonly colorScheme: 'light' | 'dark'; readonly options: RunOptions },
): Promise<void> {
  await page.emulateMedia({ colorScheme })
  const { violations } = await frame.evaluate((asked) => window.axe.run(document, asked), options)
  const found = violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.html) }))
  expect(found, `${frame.url()} in ${colorScheme} colours`).toEqual([])
}

declare global {
  interface Window {
    readonly axe: typeof axe
  }
}
