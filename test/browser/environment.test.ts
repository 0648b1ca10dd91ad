import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { LOCAL_BRAND } from '../../infra/local/local-brand.ts'
import { ENVIRONMENTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { test } from './support/browser-test.ts'
import type { Stage } from './support/stage.ts'
import {
  expectAtMicrosoft,
  expectBackAtPartner,
  expectConnectedTo,
  expectPage,
  expectSituation,
  expectStatus,
  lookAt,
  press,
  signInAs,
  tabTo,
  WORDS,
} from './support/steps.ts'

const { contosoMember, contosoWithoutRole } = USERS
const { choose, environment, failed, forward, welcome } = WORDS.pages
const CONTOSO = 'https://contoso.crm4.dynamics.com'
const WELCOME = welcome.title.replace('{partner}', LOCAL_BRAND.name)
/** Dataverse's own number for somebody who is nobody in an environment. */
const NOT_A_MEMBER = 0x80072560

/** Opens a link of a connection that has no environment yet. @returns the connection's id. */
async function openLink(page: Page, stage: Stage): Promise<string> {
  const { connectionId, link } = await stage.aSignInLink({ resource: undefined })
  await page.goto(link)
  await expectPage(page, environment.title)
  return connectionId
}

async function typeAddress(page: Page, address: string): Promise<void> {
  await page.getByLabel(environment.label).fill(address)
  await press(page, environment.button)
}

/** Finds the environments of the person, and waits for the list of them. */
async function findEnvironments(page: Page): Promise<void> {
  await press(page, environment.find_button)
  await signInAs(page, contosoMember)
  await expectPage(page, choose.title)
}

async function pick(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).check()
  await press(page, choose.button)
}

describe('the address of the environment', () => {
  test('typed as it is leads on to Microsoft', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    await lookAt(page, 'environment')
    await typeAddress(page, 'contoso.crm4.dynamics.com')
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, CONTOSO)
  })

  test('pasted from the address bar is shown as it was understood', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    await typeAddress(page, `${CONTOSO}/main.aspx?appid=1&pagetype=dashboard`)
    await expectPage(page, WELCOME)
    expect(await page.locator('.subject').innerText()).toContain('contoso.crm4.dynamics.com')
    await lookAt(page, 'environment-understood')
    await press(page, welcome.other)
    await expectPage(page, environment.title)
    await typeAddress(page, `${CONTOSO}/main.aspx`)
    await press(page, welcome.button)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, CONTOSO)
  })

  test('that is none is read out as wrong, where it is to be mended', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    await typeAddress(page, 'our CRM')
    const field = page.getByLabel(environment.label)
    await page.locator('#address-error').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await descriptionOf(page)).toContain(environment.not_understood)
    expect(await field.inputValue()).toBe('our CRM')
    await lookAt(page, 'environment-not-understood')
    // The focus is in the field already: what is typed now replaces what was wrong.
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type('contoso.crm4.dynamics.com')
    await page.keyboard.press('Enter')
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, CONTOSO)
  })

  test('where nothing answers is asked about once more', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    await typeAddress(page, 'contosso.crm4.dynamics.com')
    await page.getByText(environment.nothing_there).waitFor()
    await lookAt(page, 'environment-nothing-there')
    // Microsoft does not know it either.
    await press(page, environment.sure)
    await expectSituation(page, 'wrong_environment_address')
    await lookAt(page, 'environment-wrong-address')
    await expectStatus(stage, connectionId, 'pending')
  })

  test('of a cloud that the vendor does not support says so', async ({ stage, page }) => {
    await openLink(page, stage)
    await typeAddress(page, 'contoso.crm.microsoftdynamics.us')
    await page.locator('#address-error').waitFor()
    expect(await descriptionOf(page)).toContain('does not support')
    await lookAt(page, 'environment-other-cloud')
  })

  test('leads on by a button where the browser does not go by itself', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    const microsoft = `${stage.microsoftUrl}/**`
    await page.route(microsoft, (route) => route.abort('aborted'))
    await typeAddress(page, 'contoso.crm4.dynamics.com')
    await expectPage(page, forward.title)
    await lookAt(page, 'forward')
    await page.unroute(microsoft)
    await press(page, forward.button)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, CONTOSO)
  })
})

describe('finding the environment', () => {
  test('lists those of the person, and connects the one that is picked', async ({
    stage,
    page,
  }) => {
    const connectionId = await openLink(page, stage)
    await findEnvironments(page)
    expect(await page.getByRole('radio').count()).toBe(3)
    expect(await page.locator('main').innerText()).toContain(contosoMember.username)
    await lookAt(page, 'choose')
    await pick(page, 'Contoso Development')
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, 'https://contoso-dev.crm4.dynamics.com')
  })

  test('says where there is none, and lets another account look', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    await press(page, environment.find_button)
    await signInAs(page, contosoWithoutRole)
    await expectSituation(page, 'no_environments_found')
    expect(await page.locator('dl').innerText()).toContain(contosoWithoutRole.username)
    await lookAt(page, 'environments-none')
    await press(page, failed.other_account)
    await signInAs(page, contosoMember)
    await expectPage(page, choose.title)
    await pick(page, 'Contoso Example')
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, 'https://example.crm.dynamics.com')
  })

  test('picks one of a hundred', async ({ stage, page }) => {
    await stage.fault({ endpoint: 'globaldisco', status: 200, body: aHundredEnvironments() })
    const connectionId = await openLink(page, stage)
    await findEnvironments(page)
    expect(await page.getByRole('radio').count()).toBe(100)
    await lookAt(page, 'choose-of-a-hundred')
    await pick(page, 'Zebra')
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, CONTOSO)
  })

  test('leads to another one where the person has no role in the first', async ({
    stage,
    page,
  }) => {
    const tenant = 'contoso-dev.crm4.dynamics.com'
    await stage.fault({ endpoint: 'whoami', tenant, authenticated: true, code: NOT_A_MEMBER })
    const connectionId = await openLink(page, stage)
    await findEnvironments(page)
    await pick(page, 'Contoso Development')
    await expectSituation(page, 'no_dataverse_role')
    expect(await page.locator('dl').innerText()).toContain('0x80072560')
    await lookAt(page, 'environment-without-role')
    await press(page, failed.other_environment)
    await expectPage(page, choose.title)
    await pick(page, 'Contoso Example')
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, 'https://example.crm.dynamics.com')
  })

  test('lets the person change the account in front of the list', async ({ stage, page }) => {
    await openLink(page, stage)
    await findEnvironments(page)
    await press(page, choose.other_account)
    await expectAtMicrosoft(page, stage)
    await signInAs(page, USERS.fabrikamMember)
    await expectPage(page, choose.title)
    // The only one there is stands chosen.
    expect(await page.getByRole('radio', { name: 'Fabrikam' }).isChecked()).toBe(true)
    await lookAt(page, 'choose-of-one')
  })
})

describe('on the way to an environment', () => {
  test('the Back button leads to the page before, which still works', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    await press(page, environment.find_button)
    await expectAtMicrosoft(page, stage)
    await page.goBack()
    await expectPage(page, environment.title)
    await typeAddress(page, 'our CRM')
    await page.locator('#address-error').waitFor()
    await page.goBack()
    await expectPage(page, environment.title)
    await findEnvironments(page)
    await page.getByRole('radio', { name: 'Contoso Development' }).check()
    await stage.fault({ endpoint: 'whoami', authenticated: true, code: NOT_A_MEMBER, times: 1 })
    await press(page, choose.button)
    await expectSituation(page, 'no_dataverse_role')
    await page.goBack()
    await expectPage(page, choose.title)
    await pick(page, 'Contoso Example')
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, 'https://example.crm.dynamics.com')
  })

  test('nothing needs JavaScript', async ({ stage, newVisitor }) => {
    const { page } = await newVisitor({ javaScriptEnabled: false })
    const connectionId = await openLink(page, stage)
    await typeAddress(page, 'our CRM')
    await page.locator('#address-error').waitFor()
    await typeAddress(page, `${CONTOSO}/main.aspx`)
    await press(page, welcome.other)
    await findEnvironments(page)
    await pick(page, 'Contoso Development')
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, 'https://contoso-dev.crm4.dynamics.com')
  })

  test('nothing needs a mouse', async ({ stage, page }) => {
    const connectionId = await openLink(page, stage)
    await tabTo(page, 'form:has([value="find"]) button')
    await page.keyboard.press('Enter')
    await expectAtMicrosoft(page, stage)
    await tabTo(page, `button[value="${contosoMember.username}"]`)
    await page.keyboard.press('Enter')
    await expectPage(page, choose.title)
    await tabTo(page, '[name="environment"]', 'label:has(:focus)')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, 'form:has([name="environment"]) button')
    await page.keyboard.press('Enter')
    await expectBackAtPartner(page, stage, 'connected')
    await expectConnectedTo(stage, connectionId, 'https://contoso-dev.crm4.dynamics.com')
  })
})

/** What a screen reader says of the field that has the focus, beside its name. */
function descriptionOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const ids = document.activeElement?.getAttribute('aria-describedby')?.split(' ') ?? []
    return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
  })
}

/** Global Discovery's answer for somebody in a large organization; the last of them is a real one. */
function aHundredEnvironments(): string {
  const others = Array.from({ length: 99 }, (_, index) => ({
    FriendlyName: `Branch ${String(index + 1).padStart(3, '0')}`,
    Url: `https://branch${index + 1}.crm4.dynamics.com`,
    Region: 'EMEA',
    OrganizationType: ENVIRONMENTS[index % ENVIRONMENTS.length]?.organizationType ?? 0,
    State: 0,
  }))
  const last = {
    FriendlyName: 'Zebra',
    Url: CONTOSO,
    Region: 'EMEA',
    OrganizationType: 0,
    State: 0,
  }
  return JSON.stringify({ value: [...others, last] })
}
