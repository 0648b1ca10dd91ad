import type { Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { TENANTS, USERS, type User } from '../../infra/local/microsoft/directory.ts'
import { test } from './support/browser-test.ts'
import type { Stage } from './support/stage.ts'
import {
  expectAtMicrosoft,
  expectBackAtPartner,
  expectSituation,
  expectStatus,
  lookAt,
  press,
  signInAs,
  WORDS,
} from './support/steps.ts'

const { contosoAdmin, contosoMember, contosoWithoutRole, fabrikamGuest, fabrikamMember } = USERS
const { failed } = WORDS.pages

/** The page names the account that was used, and the way out of it. */
async function expectNamesAccount(page: Page, { username }: User): Promise<void> {
  const details = page.locator('dl')
  expect(await details.innerText()).toContain(`${failed.account}\n`)
  expect(await details.locator('dd bdi').innerText()).toBe(username)
}

/** @returns the connection that this person made. */
async function connectAs(stage: Stage, page: Page, person: User): Promise<string> {
  const { connectionId, link } = await stage.aSignInLink()
  await page.goto(link)
  await signInAs(page, person)
  await expectBackAtPartner(page, stage, 'connected')
  return connectionId
}

/** The account that Microsoft puts first, if it was told of one. */
async function preselectedAccount(page: Page): Promise<string | null> {
  const primary = page.locator('button.primary[name="account"]')
  return (await primary.count()) === 0 ? null : primary.getAttribute('value')
}

describe('the wrong account', () => {
  test('has no role in the environment: another one connects', async ({ stage, page }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, contosoWithoutRole)
    await expectSituation(page, 'no_dataverse_role')
    await expectNamesAccount(page, contosoWithoutRole)
    expect(await page.locator('dl').innerText()).toContain('0x80072560')
    await lookAt(page, 'no-role')
    await press(page, failed.other_account)
    await expectAtMicrosoft(page, stage)
    expect(new URL(page.url()).searchParams.get('prompt')).toBe('select_account')
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })

  test('is of another organization: Microsoft keeps it, and the link still works', async ({
    stage,
    page,
  }) => {
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, fabrikamMember)
    await page.getByText('AADSTS50020').waitFor()
    await expectStatus(stage, connectionId, 'pending')
    await page.goto(link)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })

  test('is of another organization where the environment did not say which it wants', async ({
    stage,
    page,
  }) => {
    await stage.fault({ endpoint: 'whoami', authenticated: false, status: 503 })
    const { connectionId, link } = await stage.aSignInLink()
    await page.goto(link)
    await signInAs(page, fabrikamMember)
    await expectSituation(page, 'wrong_environment_address')
    await lookAt(page, 'wrong-organization')
    await press(page, failed.other_account)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })

  test('is not the one that the vendor expects', async ({ stage, page }) => {
    const UserObjectId = contosoMember.objectIds[TENANTS.contoso.id]
    const { connectionId, link } = await stage.aSignInLink({ terms: { UserObjectId } })
    await page.goto(link)
    await signInAs(page, contosoAdmin)
    await expectSituation(page, 'unexpected_user')
    await expectNamesAccount(page, contosoAdmin)
    await lookAt(page, 'unexpected-user')
    await press(page, failed.other_account)
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
    await expectStatus(stage, connectionId, 'connected')
  })
})

test('a guest connects the environment of the other organization', async ({ stage, page }) => {
  const connectionId = await connectAs(stage, page, fabrikamGuest)
  expect(await stage.connectionOf(connectionId)).toMatchObject({
    Status: 'connected',
    User: { TenantId: TENANTS.contoso.id },
  })
})

describe('a reconnect', () => {
  test('has Microsoft put the same account first', async ({ stage, page }) => {
    const connectionId = await connectAs(stage, page, contosoMember)
    const { link } = await stage.aSignInLink({ connectionId })
    await page.goto(link)
    await expectAtMicrosoft(page, stage)
    expect(await preselectedAccount(page)).toBe(contosoMember.username)
    await page.locator('button.primary[name="account"]').click()
    await expectBackAtPartner(page, stage, 'connected')
  })

  test('by another user is refused, and keeps what was there', async ({ stage, page }) => {
    const connectionId = await connectAs(stage, page, contosoMember)
    const before = await stage.connectionOf(connectionId)
    const { link } = await stage.aSignInLink({ connectionId })
    await page.goto(link)
    await signInAs(page, contosoAdmin)
    await expectSituation(page, 'wrong_user')
    await expectNamesAccount(page, contosoAdmin)
    await lookAt(page, 'wrong-user')
    expect(await stage.connectionOf(connectionId)).toEqual(before)
    await press(page, failed.other_account)
    await expectAtMicrosoft(page, stage)
    expect(await preselectedAccount(page)).toBeNull()
    await signInAs(page, contosoMember)
    await expectBackAtPartner(page, stage, 'connected')
  })

  test('by another user is welcome where the vendor says so', async ({ stage, page }) => {
    const connectionId = await connectAs(stage, page, contosoMember)
    const terms = { AllowUserChange: true }
    const { link } = await stage.aSignInLink({ connectionId, terms })
    await page.goto(link)
    await expectAtMicrosoft(page, stage)
    expect(await preselectedAccount(page)).toBeNull()
    await signInAs(page, contosoAdmin)
    await expectBackAtPartner(page, stage, 'connected')
    expect(await stage.connectionOf(connectionId)).toMatchObject({
      User: { Username: contosoAdmin.username },
    })
  })
})
