import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** How a person works a page: with a mouse, or with nothing but a keyboard. */
export interface Hands {
  /** Presses a button or follows a link. */
  press(target: Locator): Promise<void>
  /** Replaces what the field says. */
  write(field: Locator, text: string): Promise<void>
  tick(box: Locator): Promise<void>
}

export function mouse(): Hands {
  return {
    press: (target) => target.click(),
    write: (field, text) => field.fill(text),
    tick: (box) => box.check(),
  }
}

/** Tab, Enter, Space and letters; at each stop it must be seen where the focus is. */
export function keyboard(page: Page): Hands {
  return {
    press: async (target) => {
      await tabToTarget(page, target)
      await page.keyboard.press('Enter')
    },
    write: async (field, text) => {
      await tabToTarget(page, field)
      await page.keyboard.press('ControlOrMeta+A')
      await page.keyboard.type(text)
    },
    tick: async (box) => {
      await tabToTarget(page, box)
      await page.keyboard.press('Space')
    },
  }
}

/** Every page of the service has fewer stops. */
const MOST_STOPS = 80

async function tabToTarget(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  const isThere = () => target.evaluate((element) => element === document.activeElement)
  for (let stops = 0; !(await isThere()); stops += 1) {
    if (stops === MOST_STOPS) throw new Error(`Tab does not lead to ${target}`)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(unseenFocus), 'the focus is not seen').toBeUndefined()
  }
}

/** What has the focus without a sign of it; nothing when it is seen, or when the browser's own bar has it. */
function unseenFocus(): string | undefined {
  const element = document.activeElement
  if (element === null || element === document.body || element.tagName === 'IFRAME')
    return undefined
  const { outlineStyle, outlineWidth } = getComputedStyle(element)
  const isSeen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
  return isSeen ? undefined : element.outerHTML.slice(0, 120)
}
