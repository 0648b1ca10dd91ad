import { join } from 'node:path'
import type { Page } from 'playwright-core'

const SCREENS = join(import.meta.dirname, '..', 'screens')
/** A third of a PNG, and letters stay sharp. */
const SMALL = { type: 'webp', quality: 75 } as const
const VIEWPORTS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

/**
 * With `SCREENSHOTS` set, takes a picture of the page on a desktop and on a phone, in light and in dark
 * colours: `screens/{name}-{desktop|phone}-{light|dark}.webp`.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS === undefined) return
  const before = page.viewportSize()
  for (const [device, viewport] of Object.entries(VIEWPORTS)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const path = join(SCREENS, `${name}-${device}-${colorScheme}.webp`)
      await page.screenshot({ path, ...SMALL, animations: 'disabled', fullPage: true })
    }
  }
  await page.emulateMedia({ colorScheme: null })
  if (before !== null) await page.setViewportSize(before)
}
