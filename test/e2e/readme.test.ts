import { afterAll, beforeAll, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { documented, replaced } from '../support/documents.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { AFTER_SIGN_IN, makeLink } from './support/readme-steps.ts'

let service: RunningService

beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

test('the seven steps of the README run as they stand', async () => {
  const { output, link, connectionId, goOn } = await makeLink({
    'http://localhost:3000': service.url,
  })
  expect(output[0]).toContain('"Value":"https://example.crm.dynamics.com"')
  const end = await signIn(createBrowser(), link, USERS.contosoMember.username)
  expect(end.location).toBe(`${service.url}/?connectionId=${connectionId}&status=connected`)
  const answers = await goOn(AFTER_SIGN_IN)
  expect(answers.map((answer) => JSON.parse(answer))).toMatchObject([
    { Authenticated: true, Status: 'connected' },
    { TokenType: 'Bearer', Resource: 'https://example.crm.dynamics.com' },
    { Outcome: 'refreshed' },
    { Message: "Connector 'Microsoft Dynamics CRM Online' successfully de-authenticated." },
    { Message: "Connector 'Microsoft Dynamics CRM Online' successfully deleted." },
  ])
})

test('a backend confirms a sign-in by the command of its guide', async () => {
  const { link, goOn } = await makeLink({
    'http://localhost:3000': service.url,
    acme: 'globex',
    '"Username":"erika"': '"Username":"erika","ConfirmationRequired":true',
  })
  const end = await signIn(createBrowser(), link, USERS.contosoMember.username)
  const completionId = new URL(end.location ?? '').searchParams.get('completionId') ?? ''
  const command = documented(
    'functions/authorize/README.md',
    'api $URL/v1.0/account/connectors/$ID/complete',
  )
  const [answer = ''] = await goOn(replaced(command, { '…': completionId }))
  expect(JSON.parse(answer)).toMatchObject({ Authenticated: true, Status: 'connected' })
})
