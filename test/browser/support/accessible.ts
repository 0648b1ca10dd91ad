import axe from 'axe-core'
import type { Frame, Page } from 'playwright-core'
import { expect } from 'vitest'

/** Beside what axe looks for unless told: targets of at least 24 pixels, or with as much room around them. */
const RULES = { 'target-size': { enabled: true } }

/** Fails when axe finds anything on the page, or in its frame, in light or in dark colours. */
export async function requireAccessible(
  page: Page,
  frame: Frame = page.mainFrame(),
): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await frame.evaluate(axe.source)
    const { violations } = await frame.evaluate(
      (rules) => window.axe.run(document, { rules }),
      RULES,
    )
    const found = violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.html) }))
    expect(found, `${frame.url()} in ${colorScheme} colours`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
}

declare global {
  interface Window {
    readonly axe: typeof axe
  }
}
