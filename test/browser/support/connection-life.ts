import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { USERS } from '../../../infra/local/microsoft/directory.ts'
import { CONSOLE, enterConsole, expectDone, expectTitle } from './console-steps.ts'
import type { Hands } from './hands.ts'
import type { Stage } from './stage.ts'
import { expectBackAtPartner, press, signInAs, WORDS } from './steps.ts'
import type { Visitor } from './visitor.ts'

const { connection: words, connections: list } = CONSOLE
const { contosoMember } = USERS
const HOST = 'example.crm.dynamics.com'
const OTHER_HOST = 'contoso.crm4.dynamics.com'

export const LIST_PATH = '/console/connections'

/** A button, or a link that looks like one. */
export const button = (page: Page, name: string): Locator =>
  page.getByRole('button', { name, exact: true }).or(page.getByRole('link', { name, exact: true }))
/** A field by its label. */
export const field = (page: Page, label: string): Locator => page.getByLabel(label, { exact: true })
const state = (page: Page): Locator => page.locator('main .state').first()

/** The connection's page says this of its state. */
export async function expectState(page: Page, word: string): Promise<void> {
  await state(page).filter({ hasText: word }).waitFor()
}

/** Opens what is folded, unless it is open. */
async function unfoldBy(hands: Hands, page: Page, title: string): Promise<void> {
  const summary = page.locator('summary').filter({ hasText: new RegExp(`^${title}$`) })
  if (await summary.evaluate((it) => it.closest('details')?.open === true)) return
  await hands.press(summary)
}

/** Somebody else's browser follows the link, and ends at the vendor's. */
export async function connectBy(visitor: Visitor, stage: Stage, link: string): Promise<void> {
  await visitor.page.goto(link)
  // A link that is good for long has a page that a mail scanner does not pass.
  await press(visitor.page, WORDS.pages.welcome.button)
  await signInAs(visitor.page, contosoMember)
  await expectBackAtPartner(visitor.page, stage, 'connected')
}

/** What happened is written down soon after it happened. */
export async function expectHappened(page: Page, what: string): Promise<void> {
  await expect
    .poll(async () => {
      await page.reload()
      return page.locator('.timeline').innerText()
    })
    .toContain(what)
}

/** All that can be done with one connection, from its beginning to its end. */
export async function wholeLife(
  hands: Hands,
  { stage, page, somebody, account }: Life,
): Promise<void> {
  await enterConsole(page, stage, { path: LIST_PATH })
  await page.locator('main').waitFor()
  await hands.press(page.locator('a.button[href^="/console/connections/new"]').first())
  await hands.write(field(page, list.create.account), account)
  await hands.write(page.locator('#name'), 'The first one')
  await hands.write(page.locator('#address'), `https://${HOST}/main.aspx?appid=1`)
  await hands.press(button(page, list.create.button))
  // What was understood of a pasted address is shown first.
  await expect.poll(() => page.locator('#address').inputValue()).toBe(`https://${HOST}`)
  await hands.press(button(page, list.create.button))
  await expectDone(page, words.done.created)
  await expectTitle(page, HOST)
  await expectState(page, list.states.pending)
  const path = new URL(page.url()).pathname
  const [connectionId = ''] = path.split('/').slice(-1)

  await hands.write(field(page, words.link.username), contosoMember.username)
  await hands.press(button(page, words.link.button))
  await expectTitle(page, words.made.title)
  await connectBy(await somebody(), stage, await field(page, words.made.label).inputValue())
  await hands.press(button(page, words.made.back))
  await expectState(page, list.states.connected)
  await expectHappened(page, words.events.connected)

  await hands.press(button(page, words.refresh.button))
  await expectDone(page, words.done.refreshed)

  await unfoldBy(hands, page, words.rename.title)
  await hands.write(page.locator('#name'), 'Renamed')
  await hands.press(button(page, words.rename.button))
  await expectDone(page, words.done.renamed)
  await page.getByText('Renamed', { exact: true }).waitFor()

  await unfoldBy(hands, page, words.set_environment.change_title)
  await hands.write(page.locator('#address'), OTHER_HOST)
  await hands.press(button(page, words.set_environment.button))
  await expectDone(page, words.done.environment)
  await expectTitle(page, OTHER_HOST)

  await unfoldBy(hands, page, words.link.now_title)
  await hands.press(button(page, words.link.now))
  await hands.press(page.locator(`button[name="account"][value="${contosoMember.username}"]`))
  await expectDone(page, words.returned.connected)
  expect(await stage.connectionOf(connectionId, account)).toMatchObject({
    Status: 'connected',
    Environment: { Url: `https://${OTHER_HOST}` },
  })

  await unfoldBy(hands, page, words.disconnect.title)
  await hands.tick(page.locator('#confirmed'))
  await hands.press(button(page, words.disconnect.button))
  await expectDone(page, words.done.disconnected)
  await expectState(page, list.states.disconnected)
  await expectHappened(page, words.events.disconnected)

  await unfoldBy(hands, page, words.delete.title)
  await hands.write(page.locator('#confirmation'), 'another account')
  await hands.press(button(page, words.delete.button))
  await page.locator('#confirmation-error').waitFor()
  await hands.write(page.locator('#confirmation'), account)
  await hands.press(button(page, words.delete.button))
  await expectDone(page, list.deleted)
  const answer = await page.goto(`${stage.serviceUrl}${path}`)
  expect(answer?.status()).toBe(404)
}

interface Life {
  readonly stage: Stage
  readonly page: Page
  /** Opens the browser of whoever gets the link. */
  readonly somebody: () => Promise<Visitor>
  readonly account: string
}
