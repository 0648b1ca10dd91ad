import { describe, expect } from 'vitest'
import { LOCAL_BRAND } from '../../infra/local/local-brand.ts'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { test } from './support/browser-test.ts'
import { scan } from './support/scan.ts'
import {
  expectBackAtPartner,
  expectPage,
  expectStatus,
  lookAt,
  press,
  signInAs,
  WORDS,
} from './support/steps.ts'

const { welcome } = WORDS.pages
const WELCOME = welcome.title.replace('{partner}', LOCAL_BRAND.name)
/** Longer than a click takes: such a link is for a mail. */
const terms = { LifetimeMinutes: 60 }

describe('a link that was mailed', () => {
  test('opens a page that says what it is for, before it leads to Microsoft', async ({
    stage,
    page,
  }) => {
    const { connectionId, link } = await stage.aSignInLink({ terms })
    await page.goto(link)
    await expectPage(page, WELCOME)
    expect(await page.locator('.subject').innerText()).toContain('example.crm.dynamics.com')
    await lookAt(page, 'welcome')
    await press(page, welcome.button)
    await signInAs(page, USERS.contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })

  test('is good for the whole hour', async ({ stage, page }) => {
    const { connectionId, link } = await stage.aSignInLink({ terms })
    await stage.clockAhead(55 * 60 * 1000)
    await page.goto(link)
    await press(page, welcome.button)
    await signInAs(page, USERS.contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })

  test('is not used up by a mail scanner that opens it first and sends its form', async ({
    stage,
    page,
    newVisitor,
  }) => {
    const before = stage.redemptions()
    const { connectionId, link } = await stage.aSignInLink({ terms })
    const scanner = await newVisitor()
    expect(await scan(stage, scanner, link)).toBeGreaterThan(0)
    expect(await scan(stage, scanner, link)).toBeGreaterThan(0)
    expect(stage.redemptions() - before).toBe(0)
    await expectStatus(stage, connectionId, 'pending')
    await page.goto(link)
    await press(page, welcome.button)
    await signInAs(page, USERS.contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })
})
