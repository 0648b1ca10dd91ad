import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { TEST_ACCOUNT } from '../../functions/console/setup/setup-scene.ts'
import { CALLBACK_PATH } from '../../functions/http/routes.ts'
import { STAND_IN_APP } from '../../infra/local/local-settings.ts'
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { test as usual } from './support/browser-test.ts'
import {
  CONSOLE,
  enterConsole,
  expectDone,
  expectTitle,
  FIRST_SIGN_IN,
  lookAtConsole,
  unfold,
} from './support/console-steps.ts'
import type { Stage } from './support/stage.ts'
import { press, signInAs, WORDS } from './support/steps.ts'

const test = usual.extend('stageOptions', { scope: 'file' }, { isSetUp: false })

const { setup } = CONSOLE
const { fields } = setup.credential
const RESOURCE = 'https://example.crm.dynamics.com'
const EXPIRED_SECRET = 'a-secret-of-last-year'
const UNKNOWN_APP = '00000000-1111-4222-8333-444444444444'
const LOGO = {
  name: 'logo.svg',
  mimeType: 'image/svg+xml',
  buffer: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4" fill="#7a1f5c"/></svg>',
  ),
}
const SECRET_ID = '9a7d2f10-3b5c-4e6d-8f90-a1b2c3d4e5f6'

interface Written {
  readonly clientId?: string
  readonly secret: string
}

/** Fills the form for the credential in and sends it. */
async function storeCredential(page: Page, { clientId, secret }: Written): Promise<void> {
  await page.getByLabel(fields.client_id).fill(clientId ?? STAND_IN_APP.clientId)
  await page.getByLabel(fields.secret, { exact: true }).fill(secret)
  await page.locator('#tenant').fill(TENANTS.contoso.domain)
  await press(page, setup.credential.button)
}

/** The form has come back with what is wrong, and never with a secret. */
async function expectRefusal(page: Page, field: string, words: RegExp): Promise<void> {
  await page.locator(`#${field}-error`).filter({ hasText: words }).waitFor()
  const alert = await page.getByRole('alert').innerText()
  expect(alert).toContain(setup.credential.nothing_stored)
  expect(await page.getByLabel(fields.secret, { exact: true }).inputValue()).toBe('')
  expect(await page.content()).not.toContain(EXPIRED_SECRET)
}

async function stateOf(page: Page, title: string): Promise<string> {
  return page.locator('.steps summary').filter({ hasText: title }).locator('.state').innerText()
}

/** The page is asked for a minute later, when every page knows what was saved. */
async function aMinuteLater(page: Page, stage: Stage): Promise<void> {
  await stage.clockAhead(61_000)
  await page.reload()
}

describe('a service that nobody has set up yet', () => {
  test('is set up in the console until an account is connected', async ({ stage, page }) => {
    await stage.microsoftSettings({ expiredClientSecret: EXPIRED_SECRET })
    await enterConsole(page, stage, { client: FIRST_SIGN_IN })
    await expectTitle(page, setup.title)
    for (const { title } of [setup.reply_url, setup.register, setup.credential, setup.check]) {
      expect(await stateOf(page, title)).toBe(setup.state.open)
    }
    await lookAtConsole(page, 'console-setup')

    const replyUrl = `${stage.serviceUrl}${CALLBACK_PATH}`
    expect(await page.getByLabel(setup.reply_url.label).inputValue()).toBe(replyUrl)
    await page.locator('#step-reply_url').getByRole('button').click()
    await unfold(page, setup.register.title)
    expect(await page.locator('#registerCommands').inputValue()).toContain(replyUrl)
    await lookAtConsole(page)

    await unfold(page, setup.credential.title)
    await storeCredential(page, { clientId: UNKNOWN_APP, secret: 'anything' })
    await expectRefusal(page, 'clientId', /knows no such app.*AADSTS700016/)
    await lookAtConsole(page)
    await storeCredential(page, { secret: 'not-this-one' })
    await expectRefusal(page, 'clientSecret', /is wrong.*AADSTS7000215/)
    await storeCredential(page, { secret: SECRET_ID })
    await expectRefusal(page, 'clientSecret', /This is the Secret ID/)
    await storeCredential(page, { secret: EXPIRED_SECRET })
    await expectRefusal(page, 'clientSecret', /has expired.*AADSTS7000222/)
    await storeCredential(page, { secret: STAND_IN_APP.clientSecret })
    await expectDone(page, setup.done.credential_proven)
    expect(await stateOf(page, setup.credential.title)).toBe(setup.state.done)

    await unfold(page, setup.check.title)
    await page.locator('#checkTenant').fill(TENANTS.contoso.domain)
    await press(page, setup.check.button)
    await expectDone(page, setup.done.check_accepted)

    await unfold(page, setup.origins.title)
    await page.getByLabel(setup.origins.label).fill('https://app.example.com/path')
    await press(page, setup.origins.button)
    await page.locator('#origins-error').waitFor()
    await lookAtConsole(page)
    await page.getByLabel(setup.origins.label).fill('https://app.example.com')
    await press(page, setup.origins.button)
    await expectDone(page, setup.done.origins_saved)

    await unfold(page, setup.brand.title)
    const preview = page.frameLocator('iframe[name=preview]')
    await page.getByLabel(setup.brand.name, { exact: true }).fill('Adatum Field Service')
    await preview.getByText('Adatum Field Service').first().waitFor()
    await page.getByLabel(setup.brand.colour, { exact: true }).fill('#7a1f5c')
    await expect
      .poll(() =>
        preview.getByRole('button').evaluate((it) => getComputedStyle(it).backgroundColor),
      )
      .toBe('rgb(122, 31, 92)')
    await page.getByLabel(setup.brand.logo, { exact: true }).setInputFiles(LOGO)
    await press(page, setup.brand.save)
    await expectDone(page, setup.done.brand_saved)
    await unfold(page, setup.brand.title)
    await preview.locator('img').first().waitFor()
    await lookAtConsole(page, 'console-setup-brand')

    await unfold(page, setup.test.title)
    await press(page, setup.test.button)
    await expectTitle(page, WORDS.pages.environment.title)
    await page.getByLabel(WORDS.pages.environment.label).fill(RESOURCE)
    await press(page, WORDS.pages.environment.button)
    await signInAs(page, USERS.contosoMember)
    await expectDone(page, CONSOLE.connection.returned.connected)
    const [, connectionId = ''] = /connections\/(\d+)/.exec(page.url()) ?? []
    expect(await stage.connectionOf(connectionId, TEST_ACCOUNT)).toMatchObject({
      Status: 'connected',
      Environment: { Url: RESOURCE },
    })

    await page.goto(`${stage.serviceUrl}/console/setup`)
    await aMinuteLater(page, stage)
    expect(await page.locator('.steps > li > details > summary .state').allInnerTexts()).toEqual(
      Array(7).fill(setup.state.done),
    )
    expect(await page.title()).toBe(`${setup.title} – Adatum Field Service`)
    await page.locator('header img').waitFor()
    await lookAtConsole(page)
  })
})
