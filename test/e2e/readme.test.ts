import { afterAll, beforeAll, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { makeLink, readmeSteps } from './support/readme-steps.ts'

let service: RunningService

beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

test('the seven steps of the README run as they stand', async () => {
  const { untilLink, afterSignIn } = readmeSteps({ 'http://localhost:3000': service.url })
  const { output, link, connectionId, goOn } = await makeLink(untilLink)
  expect(output[0]).toContain('"Value":"https://example.crm.dynamics.com"')
  const end = await signIn(createBrowser(), link, USERS.contosoMember.username)
  expect(end.location).toBe(`${service.url}/?connectionId=${connectionId}&status=connected`)
  const answers = await goOn(afterSignIn)
  expect(answers.map((answer) => JSON.parse(answer))).toMatchObject([
    { Authenticated: true, Status: 'connected' },
    { TokenType: 'Bearer', Resource: 'https://example.crm.dynamics.com' },
    { Outcome: 'refreshed' },
    { Message: "Connector 'Microsoft Dynamics CRM Online' successfully de-authenticated." },
    { Message: "Connector 'Microsoft Dynamics CRM Online' successfully deleted." },
  ])
})
