import { describe, expect } from 'vitest'
import { REFRESH_CLAIM_LIFETIME_MS } from '../../functions/domain/refresh-claims.ts'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { test } from './support/browser-test.ts'
import {
  button,
  connectBy,
  expectHappened,
  expectState,
  field,
  LIST_PATH,
  wholeLife,
} from './support/connection-life.ts'
import {
  CONSOLE,
  enterConsole,
  expectDone,
  expectTitle,
  lookAtConsole,
} from './support/console-steps.ts'
import { keyboard, mouse } from './support/hands.ts'
import type { Stage } from './support/stage.ts'
import { expectBackAtPartner, signInAs, WORDS } from './support/steps.ts'
import type { Visitor } from './support/visitor.ts'

const { connection: words, connections: list } = CONSOLE
const { contosoMember } = USERS
const HOST = 'example.crm.dynamics.com'
const OTHER_HOST = 'contoso.crm4.dynamics.com'

/** A connected connection of the account, and its page in the console. */
async function aConnection(stage: Stage, visitor: Visitor, account: string) {
  const { connectionId, link } = await stage.aSignInLink({ account })
  await visitor.page.goto(link)
  await signInAs(visitor.page, contosoMember)
  await expectBackAtPartner(visitor.page, stage, 'connected')
  return { connectionId, path: `${LIST_PATH}/${connectionId}` }
}

describe('a connection, from the form for it until it is deleted', () => {
  test('with a mouse', async ({ stage, page, newVisitor }) => {
    await wholeLife(mouse(), { stage, page, somebody: newVisitor, account: 'by-mouse' })
    await lookAtConsole(page)
  })

  test('with the keyboard alone', async ({ stage, page, newVisitor }) => {
    await wholeLife(keyboard(page), { stage, page, somebody: newVisitor, account: 'by-keyboard' })
  })
})

describe('a connection that needs somebody', () => {
  test('says who must act and how, and works again once that is done', async ({
    stage,
    page,
    newVisitor,
  }) => {
    const { path } = await aConnection(stage, await newVisitor(), 'needs-administrator')
    await stage.fault({ endpoint: 'token', grantType: 'refresh_token', code: 50105 })
    await enterConsole(page, stage, { path })
    await button(page, words.refresh.button).click()
    await expectDone(page, words.done.blocked)
    await expectState(page, list.states.attention)
    const { title, remedy } = WORDS.situations.user_not_assigned
    const text = await page.locator('main').innerText()
    for (const told of [title, remedy, list.whos.administrator, 'AADSTS50105']) {
      expect(text).toContain(told)
    }
    await expectHappened(page, words.events.blocked)
    await lookAtConsole(page, 'console-connection-needs-administrator')

    await page.goto(`${stage.serviceUrl}${LIST_PATH}`)
    await field(page, list.who).selectOption({ label: list.whos.administrator })
    await button(page, list.show).click()
    await expect.poll(() => page.locator('tbody tr').allInnerTexts()).toHaveLength(1)
    expect(await page.locator('tbody').innerText()).toContain(title)
    await lookAtConsole(page)

    await stage.mend()
    // Until then whoever asks gets the answer of before: Microsoft is not asked again so soon.
    await stage.clockAhead(REFRESH_CLAIM_LIFETIME_MS)
    await page.goto(`${stage.serviceUrl}${path}`)
    await button(page, words.refresh.button).click()
    await expectDone(page, words.done.refreshed)
    await expectState(page, list.states.connected)
    await expectHappened(page, words.events.restored)
  })

  test('is connected again by whoever signed in before', async ({ stage, page, newVisitor }) => {
    const user = await newVisitor()
    const { path } = await aConnection(stage, user, 'needs-user')
    await stage.fault({ endpoint: 'token', grantType: 'refresh_token', code: 50173 })
    await enterConsole(page, stage, { path })
    await button(page, words.refresh.button).click()
    await expectDone(page, words.done.reauthorization_required)
    await expectState(page, list.states.attention)
    expect(await page.locator('main').innerText()).toContain(list.whos.user)
    await lookAtConsole(page)
    await stage.mend()
    await button(page, words.link.button).click()
    await expectTitle(page, words.made.title)
    await lookAtConsole(page, 'console-link')
    await connectBy(user, stage, await field(page, words.made.label).inputValue())
    await button(page, words.made.back).click()
    await expectState(page, list.states.connected)
  })
})

describe('the list of connections', () => {
  test('is searched, filtered, put in order and turned over', async ({
    stage,
    page,
    newVisitor,
  }) => {
    await aConnection(stage, await newVisitor(), 'zz-connected')
    for (let made = 0; made < 27; made += 1) {
      const host = made % 2 === 0 ? OTHER_HOST : HOST
      await stage.aSignInLink({ account: 'paged', resource: `https://${host}` })
    }
    await enterConsole(page, stage, { path: LIST_PATH })
    const rows = page.locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(25)
    await lookAtConsole(page)

    await field(page, list.search).fill('paged')
    await button(page, list.show).click()
    await page.waitForURL(/search=paged/)
    expect(await rows.count()).toBe(25)
    await button(page, list.next).click()
    await button(page, list.first).waitFor()
    expect(await rows.count()).toBe(2)
    await button(page, list.first).click()
    await expect.poll(() => rows.count()).toBe(25)

    await field(page, list.search).fill('zz-con')
    await field(page, list.state).selectOption({ label: list.states.connected })
    await button(page, list.show).click()
    await expect.poll(() => rows.count()).toBe(1)
    expect(await rows.first().innerText()).toContain(contosoMember.username)
    await field(page, list.state).selectOption({ label: list.states.disconnected })
    await button(page, list.show).click()
    await page.getByRole('heading', { name: list.none_found }).waitFor()
    await lookAtConsole(page)
    await button(page, list.clear).first().click()

    await field(page, list.order).selectOption({ label: list.by_account })
    await button(page, list.show).click()
    await page.waitForURL(/order=account/)
    const accounts = await page.locator('tbody tr td:nth-child(4)').allInnerTexts()
    expect(accounts).toEqual(accounts.toSorted())
    await page.locator('tbody a').filter({ hasText: 'paged' }).first().click()
    await expectTitle(page, list.account_title.replace('{account}', 'paged'))
    await lookAtConsole(page)
  })

  test('offers the first connection where there is none', async ({ stage, page }) => {
    await enterConsole(page, stage, { path: `${LIST_PATH}?account=nobody` })
    await page.getByRole('heading', { name: list.none }).waitFor()
    await lookAtConsole(page)
    await button(page, list.create_first).click()
    await expectTitle(page, list.create.title)
    expect(await field(page, list.create.account).inputValue()).toBe('nobody')
    await lookAtConsole(page)
  })
})
