import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Fails when axe finds anything on the page, in light or in dark colours. */
export async function requireAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(axe.source)
    const { violations } = await page.evaluate(() => window.axe.run(document))
    const found = violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.html) }))
    expect(found, `${page.url()} in ${colorScheme} colours`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}

declare global {
  interface Window {
    readonly axe: typeof axe
  }
}
