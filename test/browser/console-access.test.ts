import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { STAND_IN_APP } from '../../infra/local/local-settings.ts'
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { type ApiClient, createPartner } from '../e2e/support/partner.ts'
import { test } from './support/browser-test.ts'
import {
  CONSOLE,
  enterConsole,
  expectDone,
  expectTitle,
  FIRST_SIGN_IN,
  lookAtConsole,
} from './support/console-steps.ts'
import type { Stage } from './support/stage.ts'
import { expectAtMicrosoft, press, signInAs } from './support/steps.ts'

const { access, connections, connection, shell, sign_in } = CONSOLE
const PATH = '/console/clients'
/** As long as functions keep in memory who may use the API. */
const FIVE_MINUTES_MS = 5 * 60 * 1000
const TWO_MINUTES_MS = 2 * 60 * 1000

async function tokenStatus(stage: Stage, client: ApiClient): Promise<number> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_secret: client.clientSecret,
  })
  return (await fetch(`${stage.serviceUrl}/oauth/token`, { method: 'POST', body })).status
}

/** At once, but for what was read within the last second and is not read again. */
async function expectToWork(stage: Stage, client: ApiClient): Promise<void> {
  await expect.poll(() => tokenStatus(stage, client)).toBe(200)
}

/** Adds a client by the form. @returns it with the secret that is shown this once. */
async function addClient(page: Page, clientId: string, account = ''): Promise<ApiClient> {
  await page.locator('#id').fill(clientId)
  await page.locator('#account').fill(account)
  await press(page, access.add_button)
  await expectTitle(page, access.added_title.replace('{id}', clientId))
  return { clientId, clientSecret: await page.locator('#added-secret').inputValue() }
}

describe('an API client', () => {
  test('is added, shows its secret once, works where it may, and is removed', async ({
    stage,
    page,
    newVisitor,
  }) => {
    await enterConsole(page, stage, { path: PATH, client: FIRST_SIGN_IN })
    await expectTitle(page, access.title)
    await lookAtConsole(page, 'console-access')
    await page.locator('#id').fill('no id')
    await press(page, access.add_button)
    await page.locator('#id-error').waitFor()
    await lookAtConsole(page)
    const client = await addClient(page, 'backend')
    await lookAtConsole(page)
    await expectToWork(stage, client)
    await page.getByRole('link', { name: access.added_back }).click()
    await expectTitle(page, access.title)
    expect(await page.content()).not.toContain(client.clientSecret)

    const own = await stage.aSignInLink({ account: 'own' })
    const foreign = await stage.aSignInLink({ account: 'foreign' })
    const bound = await addClient(page, 'of-one-account', 'own')
    await expectToWork(stage, bound)
    const { call } = createPartner(stage.serviceUrl, bound)
    const path = '/v1.0/account/connectors'
    expect((await call('GET', path, { account: 'own' })).status).toBe(200)
    expect((await call('GET', path, { account: 'foreign' })).status).toBe(403)

    const somebody = (await newVisitor()).page
    await enterConsole(somebody, stage, { client: bound })
    await expectTitle(somebody, connections.account_title.replace('{account}', 'own'))
    expect(await somebody.locator('nav a').allInnerTexts()).toEqual([shell.connections])
    expect(await somebody.locator('tbody tr').count()).toBe(1)
    await lookAtConsole(somebody)
    const pageOf = (id: string) => `${stage.serviceUrl}/console/connections/${id}`
    expect((await somebody.goto(pageOf(own.connectionId)))?.status()).toBe(200)
    await somebody.getByText(connection.standing.pending).waitFor()
    expect((await somebody.goto(pageOf(foreign.connectionId)))?.status()).toBe(404)
    await expectTitle(somebody, shell.not_found)
    await lookAtConsole(somebody)

    await page.goto(`${stage.serviceUrl}${PATH}`)
    await page.getByRole('link', { name: `${access.remove}: backend` }).click()
    await page.locator('#confirm').fill('something else')
    await press(page, access.remove_button)
    await page.locator('#confirm-error').waitFor()
    await lookAtConsole(page)
    await page.locator('#confirm').fill('backend')
    await press(page, access.remove_button)
    await expectDone(page, access.done_client_removed)
    await stage.clockAhead(FIVE_MINUTES_MS + TWO_MINUTES_MS)
    expect(await tokenStatus(stage, client)).toBe(401)
  })
})

describe("a sign-in by the partner's own provider", () => {
  test('lets in who is on the list, and nobody else', async ({ stage, page, newVisitor }) => {
    const { contosoAdmin, contosoMember } = USERS
    const issuer = `${stage.microsoftUrl}/${TENANTS.contoso.id}/v2.0`
    await enterConsole(page, stage, { path: PATH })
    await page.getByLabel(access.issuer, { exact: true }).fill(stage.serviceUrl)
    await page.getByLabel(access.client_id, { exact: true }).fill(STAND_IN_APP.clientId)
    await page.getByLabel(access.client_secret, { exact: true }).fill(STAND_IN_APP.clientSecret)
    await page.getByLabel(access.people).fill(`preferred_username=${contosoAdmin.username}`)
    await press(page, access.provider_save)
    await page.locator('#issuer-error').filter({ hasText: access.not_a_provider }).waitFor()
    await lookAtConsole(page)
    await page.getByLabel(access.issuer, { exact: true }).fill(issuer)
    await page.getByLabel(access.client_secret, { exact: true }).fill(STAND_IN_APP.clientSecret)
    await press(page, access.provider_save)
    await expectDone(page, access.done_provider_saved)
    await lookAtConsole(page)

    const button = sign_in.provider.replace('{host}', new URL(stage.microsoftUrl).host)
    const somebody = (await newVisitor()).page
    await somebody.goto(`${stage.serviceUrl}${PATH}`)
    await lookAtConsole(somebody, 'console-sign-in')
    await press(somebody, button)
    await expectAtMicrosoft(somebody, stage)
    await signInAs(somebody, contosoAdmin)
    await expectTitle(somebody, access.title)
    expect(await somebody.locator('.who').innerText()).toContain(contosoAdmin.name)

    const stranger = (await newVisitor()).page
    await stranger.goto(`${stage.serviceUrl}${PATH}`)
    await press(stranger, button)
    await signInAs(stranger, contosoMember)
    await stranger.getByRole('alert').filter({ hasText: sign_in.not_admitted }).waitFor()
    expect(new URL(stranger.url()).searchParams.has('code')).toBe(false)
    await lookAtConsole(stranger)

    await press(somebody, shell.sign_out)
    await expectDone(somebody, sign_in.signed_out)
    await page.reload()
    await press(page, access.provider_remove)
    await expectDone(page, access.done_provider_removed)
  })
})
