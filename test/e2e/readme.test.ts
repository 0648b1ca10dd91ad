import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'

let service: RunningService

beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

/** The blocks of the README that are marked as run here, with the address of this run. */
function blocks(): readonly string[] {
  const marked = /<!-- runs in test\/e2e\/readme\.test\.ts -->\n```bash\n(.*?)```/gs
  const readme = readFileSync('README.md', 'utf8')
  return [...readme.matchAll(marked)].map(([, block = '']) =>
    block.replace('http://localhost:3000', service.url),
  )
}

const run = async (script: string): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script])
  return stdout.trim().split('\n')
}

test('the seven steps of the README run as they stand', async () => {
  const [before = '', after = ''] = blocks()
  const variables = 'declare -p URL BEARER ID; declare -f api'
  const output = await run(`${before}\n${variables}`)
  const link = output.find((line) => line.includes('/connectorauth/')) ?? ''
  const [, connectionId] = /id=(\d+)/.exec(link) ?? []
  expect(output[0]).toContain('"Value":"https://example.crm.dynamics.com"')
  const end = await signIn(createBrowser(), link, USERS.contosoMember.username)
  expect(end.location).toBe(`${service.url}/?connectionId=${connectionId}&status=connected`)
  const declarations = output.slice(output.findIndex((line) => line.startsWith('declare')))
  const answers = await run(`${declarations.join('\n')}\n${after}`)
  expect(answers.map((answer) => JSON.parse(answer))).toMatchObject([
    { Authenticated: true, Status: 'connected' },
    { TokenType: 'Bearer', Resource: 'https://example.crm.dynamics.com' },
    { Outcome: 'refreshed' },
    { Message: "Connector 'Microsoft Dynamics CRM Online' successfully de-authenticated." },
    { Message: "Connector 'Microsoft Dynamics CRM Online' successfully deleted." },
  ])
})
