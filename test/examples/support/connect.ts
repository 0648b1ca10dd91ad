import english from '../../../functions/http/texts/en.json' with { type: 'json' }
import { type Browser, createBrowser, signIn, type Visit } from '../../e2e/support/browser.ts'
import { unescaped } from '../../unit/support/markup.ts'
import type { Settings } from './program.ts'

/** Somebody who works in the environment below. */
const USERNAME = 'mark.olsen@contoso.example'
export const RESOURCE = 'https://example.crm.dynamics.com'

/**
 * Connects an account as whoever opens the printed link does.
 * @returns what the page then says to set for programs.
 */
export async function connectByPage(url: string, account: string): Promise<Settings> {
  const browser = createBrowser()
  const start = await browser.open(`${url}/`)
  const begun = await browser.press(start, { text: 'Connect', fields: { account } })
  const page = await browser.follow(await signIn(browser, begun.location ?? '', USERNAME))
  const exports = unescaped(page.body).matchAll(/export (\w+)='([^']*)'/g)
  return Object.fromEntries([...exports].map(([, name = '', value = '']) => [name, value]))
}

/** Goes through a sign-in link that names no environment, and finds it. @returns where it ends. */
export async function findAndConnect(browser: Browser, link: string): Promise<Visit> {
  const { pages } = english
  const asked = await browser.open(link)
  const picker = await browser.follow(
    await browser.press(asked, { text: pages.environment.find_button }),
  )
  const picked = await browser.press(picker, { name: 'account', value: USERNAME })
  const list = await browser.follow(picked)
  const fields = { environment: RESOURCE }
  return browser.press(list, { text: pages.choose.button, fields })
}
