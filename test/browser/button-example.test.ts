import { describe, expect } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { setUpBackend } from '../examples/support/backend.ts'
import { readExample } from '../examples/support/example.ts'
import { startProgram } from '../examples/support/program.ts'
import { freePort } from '../support/processes.ts'
import { requireAccessible } from './support/accessible.ts'
import { test as usual } from './support/browser-test.ts'
import { press, signInAs, WORDS } from './support/steps.ts'

const { choose, environment } = WORDS.pages

const port = await freePort()
const ORIGIN = `http://localhost:${port}`
const test = usual.extend('stageOptions', { scope: 'file' }, { vendorOrigin: ORIGIN })

describe("the example of a vendor's page, by Express", () => {
  test('connects whoever presses its button', async ({ stage, visitor, onTestFinished }) => {
    const { page, watch } = visitor
    // The example has no favicon.
    watch.tolerate(/404/)
    await setUpBackend()
    const program = startProgram(readExample('connect-button-express.mjs').run, {
      DYNAMICS_CONNECT_URL: stage.serviceUrl,
      DYNAMICS_CONNECT_CLIENT_ID: 'local',
      DYNAMICS_CONNECT_CLIENT_SECRET: 'local-secret',
      DYNAMICS_CONNECT_ACCOUNT: 'by-the-example',
      PORT: String(port),
    })
    onTestFinished(() => program.stop())
    await program.says(`Open ${ORIGIN}/`)
    await page.goto(`${ORIGIN}/`)
    const state = page.getByRole('status')
    await expect.poll(() => state.textContent()).toBe('Your Dynamics 365: pending')
    await requireAccessible(page)
    const opened = page.waitForEvent('popup')
    await press(page, 'Connect Dynamics 365')
    const popup = await opened
    const closed = popup.waitForEvent('close')
    await press(popup, environment.find_button)
    await signInAs(popup, USERS.contosoMember)
    await popup.getByRole('radio').first().check()
    await press(popup, choose.button)
    await closed
    await expect.poll(() => state.textContent()).toBe('Your Dynamics 365: connected')
  })
})
