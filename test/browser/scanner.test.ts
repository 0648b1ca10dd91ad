import { expect } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { test } from './support/browser-test.ts'
import { scan } from './support/scan.ts'
import { expectBackAtPartner, expectStatus, signInAs } from './support/steps.ts'

test('a mail scanner that opens the link first uses nothing up', async ({
  stage,
  page,
  newVisitor,
}) => {
  const before = stage.redemptions()
  const { connectionId, link } = await stage.aSignInLink()
  const scanner = await newVisitor()
  await scan(stage, scanner, link)
  await scan(stage, scanner, link)
  expect(stage.redemptions() - before).toBe(0)
  await expectStatus(stage, connectionId, 'pending')
  await page.goto(link)
  await signInAs(page, USERS.contosoMember)
  await expectBackAtPartner(page, stage, 'connected')
  await expectStatus(stage, connectionId, 'connected')
})
