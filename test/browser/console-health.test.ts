import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { TENANTS, USERS, type User } from '../../infra/local/microsoft/directory.ts'
import { test as usual } from './support/browser-test.ts'
import { CONSOLE, enterConsole, expectTitle, lookAtConsole } from './support/console-steps.ts'
import type { Stage } from './support/stage.ts'
import { expectBackAtPartner, press, signInAs } from './support/steps.ts'

const test = usual.extend('stageOptions', { scope: 'file' }, { sweepIntervalSeconds: 1 })

const { health, setup, connections } = CONSOLE
const HOUR_MS = 60 * 60 * 1000
const MINUTE_MS = 60 * 1000

interface Customer {
  readonly account: string
  readonly host: string
  readonly person: User
}

async function connect(page: Page, stage: Stage, { account, host, person }: Customer) {
  // Else it is by chance how soon it has to be renewed.
  await stage.microsoftSettings({ accessTokenLifetimeSeconds: HOUR_MS / 1000 })
  const { link } = await stage.aSignInLink({ account, resource: `https://${host}` })
  await page.goto(link)
  await signInAs(page, person)
  await expectBackAtPartner(page, stage, 'connected')
}

/** The page, asked for anew. */
async function told(page: Page): Promise<string> {
  await page.reload()
  return page.locator('main').innerText()
}

/** Asks for the page anew until it says this. */
async function expectToSay(page: Page, words: string): Promise<void> {
  await expect.poll(() => told(page)).toContain(words)
}

/** How many refreshes have worked, as the page has it. */
async function refreshed(page: Page): Promise<number> {
  const [, count] = new RegExp(`${health.mark_refreshed}\\s+(\\d+)`).exec(await told(page)) ?? []
  return Number(count)
}

describe('the health of the service', () => {
  test('tells of refreshes, of those that fail, and leads to who must act', async ({
    stage,
    newVisitor,
    page,
  }) => {
    const { contosoMember, contosoAdmin, fabrikamMember } = USERS
    const customers = [
      { account: 'adatum', host: 'example.crm.dynamics.com', person: contosoMember },
      { account: 'litware', host: 'contoso.crm4.dynamics.com', person: contosoAdmin },
      { account: 'wingtip', host: 'fabrikam.crm4.dynamics.com', person: fabrikamMember },
    ]
    for (const customer of customers) {
      const visitor = await newVisitor()
      await connect(visitor.page, stage, customer)
      await visitor.close()
    }
    await stage.aSignInLink({ account: 'tailspin', resource: undefined })
    await stage.fault({
      endpoint: 'token',
      tenant: TENANTS.fabrikam.id,
      grantType: 'refresh_token',
      code: 50105,
    })
    await enterConsole(page, stage, { path: '/console/health' })
    await expectTitle(page, health.title)
    for (const hours of [1, 2, 3]) {
      await stage.later(hours * 1.1 * HOUR_MS)
      await expect.poll(() => refreshed(page)).toBeGreaterThanOrEqual(hours * 2)
    }
    await expectToSay(page, health.who_administrator)
    expect(await page.locator('main').innerText()).toContain('AADSTS50105')
    await expectToSay(page, health.due_none)
    await lookAtConsole(page, 'console-health')
    await page.goto(`${stage.serviceUrl}/console/connections`)
    await lookAtConsole(page, 'console-connections')
    await page.goto(`${stage.serviceUrl}/console/health`)
    await press(page, health.show.replace('{count}', '1'))
    await expectTitle(page, connections.title)
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([
      expect.stringContaining('fabrikam.crm4.dynamics.com'),
    ])
  })

  test('says first that Microsoft rejects the app, and when it accepts it again', async ({
    stage,
    newVisitor,
    page,
  }) => {
    const customer = { account: 'contoso', host: 'example.crm.dynamics.com' }
    const visitor = await newVisitor()
    await connect(visitor.page, stage, { ...customer, person: USERS.contosoMember })
    await stage.fault({ endpoint: 'token', grantType: 'refresh_token', code: 7000222 })
    await enterConsole(page, stage, { path: '/console/health' })
    await stage.later(1.1 * HOUR_MS)
    await expectToSay(page, health.credential_rejected)
    expect(await page.locator('main').innerText()).toContain(health.steps_credential_rejected)
    await lookAtConsole(page)
    await page.locator('a[href^="/console/runbook"]').first().click()
    await page.waitForURL(/\/console\/runbook/)
    await lookAtConsole(page)
    await page.goto(`${stage.serviceUrl}/console/setup`)
    await page.getByText(setup.check.breaker).first().waitFor()
    await lookAtConsole(page)
    await stage.mend()
    await stage.later(1.1 * HOUR_MS + 2 * MINUTE_MS)
    await page.goto(`${stage.serviceUrl}/console/health`)
    await expectToSay(page, health.well)
    await expectToSay(page, health.accepted)
  })
})
