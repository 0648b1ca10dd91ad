import { consoleTextsOf } from '../../../functions/console/words.ts'
import { type Browser, type Button, createBrowser, type Visit } from '../../e2e/support/browser.ts'
import type { ApiClient } from '../../e2e/support/partner.ts'

/** The words of the console, by which its buttons are found. */
export const WORDS = consoleTextsOf('en')

/** Somebody in the web console. */
export interface ConsoleVisitor {
  readonly browser: Browser
  /** The page at a path below the console's own, where redirects end. */
  open(path: string): Promise<Visit>
  /** Presses a button and follows to where that ends. */
  press(page: Visit, button: Button): Promise<Visit>
  /** Sends a form of a page with a file, which only this way goes as browsers send it. */
  upload(path: string, form: FormData): Promise<Visit>
}

/** Somebody with an id and a secret, in a new browser. @returns also the page after the sign-in. */
export async function visitConsole(
  consoleUrl: string,
  { clientId, clientSecret }: ApiClient,
): Promise<{ readonly visitor: ConsoleVisitor; readonly page: Visit }> {
  const browser = createBrowser()
  const visitor: ConsoleVisitor = {
    browser,
    open: async (path) => browser.follow(await browser.open(`${consoleUrl}${path}`)),
    press: async (page, button) => browser.follow(await browser.press(page, button)),
    upload: async (path, body) => {
      const url = `${consoleUrl}${path}`
      const cookies = [...browser.cookies(url)].map(([name, value]) => `${name}=${value}`)
      const headers = { cookie: cookies.join('; ') }
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' })
      return browser.follow(
        await browser.open(new URL(answer.headers.get('location') ?? '', url).href),
      )
    },
  }
  const door = await visitor.open('')
  const fields = { id: clientId, secret: clientSecret }
  const page = await visitor.press(door, { text: WORDS.sign_in.button, fields })
  return { visitor, page }
}
