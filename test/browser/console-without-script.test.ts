import { describe, expect } from 'vitest'
import { STAND_IN_APP } from '../../infra/local/local-settings.ts'
import { TENANTS } from '../../infra/local/microsoft/directory.ts'
import { test as usual } from './support/browser-test.ts'
import { wholeLife } from './support/connection-life.ts'
import {
  CONSOLE,
  enterConsole,
  expectDone,
  expectTitle,
  FIRST_SIGN_IN,
} from './support/console-steps.ts'
import { mouse } from './support/hands.ts'
import { press } from './support/steps.ts'

const test = usual.extend('visitor', ({ newVisitor }) => newVisitor({ javaScriptEnabled: false }))

const { access, setup, shell, sign_in } = CONSOLE
const { fields } = setup.credential

describe('the console without JavaScript', () => {
  test('stores the credential, shows the brand by a button, and saves it', async ({
    stage,
    page,
  }) => {
    await enterConsole(page, stage, { path: '/console/setup', client: FIRST_SIGN_IN })
    await page.locator('summary').filter({ hasText: setup.credential.title }).click()
    await page.getByLabel(fields.secret, { exact: true }).fill('not-this-one')
    await page.locator('#tenant').fill(TENANTS.contoso.domain)
    await press(page, setup.credential.button)
    await page.locator('#clientSecret-error').filter({ hasText: 'AADSTS7000215' }).waitFor()
    await page.getByLabel(fields.secret, { exact: true }).fill(STAND_IN_APP.clientSecret)
    await press(page, setup.credential.button)
    await expectDone(page, setup.done.credential_proven)

    await page.locator('summary').filter({ hasText: setup.brand.title }).click()
    await page.getByLabel(setup.brand.name, { exact: true }).fill('Adatum Field Service')
    await press(page, setup.brand.show)
    const preview = page.frameLocator('iframe[name=preview]')
    await preview.getByText('Adatum Field Service').first().waitFor()
    // The form's token is of the other button, and in no address.
    const shown = page.frames().map((frame) => frame.url())
    expect(shown).toContainEqual(expect.stringMatching(/\/preview\?name=Adatum/))
    expect(shown.join()).not.toContain('formToken')
    await press(page, setup.brand.save)
    await expectDone(page, setup.done.brand_saved)
  })

  test('does all that can be done with a connection', async ({ stage, page, newVisitor }) => {
    const somebody = () => newVisitor({ javaScriptEnabled: false })
    await wholeLife(mouse(), { stage, page, somebody, account: 'without-script' })
  })

  test('adds an API client and signs out', async ({ stage, page }) => {
    await enterConsole(page, stage, { path: '/console/clients' })
    await page.locator('#id').fill('without-script')
    await press(page, access.add_button)
    await expectTitle(page, access.added_title.replace('{id}', 'without-script'))
    expect(await page.locator('#added-secret').inputValue()).toMatch(/^[\w-]{43}$/)
    await press(page, shell.sign_out)
    await expectDone(page, sign_in.signed_out)
  })
})
