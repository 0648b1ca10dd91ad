import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { documented, replaced } from '../support/documents.ts'
import { inShell } from '../support/shell.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { COMMAND_LINE } from './support/command-line.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { refreshTokenOf } from './support/refresh-token.ts'

const MEMBER = USERS.contosoMember

let service: RunningService
// One for each test: a guide begins with no connection.
beforeEach(async () => {
  service = await startLocalService()
})
afterEach(() => service.stop())

/** A project where npx finds the command line, and a home of its own. */
function project(): { readonly folder: string; readonly env: NodeJS.ProcessEnv } {
  const folder = temporaryFolder('guide')
  const bin = join(folder, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(COMMAND_LINE, join(bin, 'dynamics-connect'))
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: folder,
    npm_config_offline: 'true',
    DATAVERSE_BASE_URL: `${service.microsoftUrl}/dataverse`,
  }
  return { folder, env }
}

test('the commands of the guide run as they stand, one after the other', async () => {
  const { folder, env } = project()
  let id = ''
  const run = (commands: string) => inShell(`id=${id}\n${commands}`, { cwd: folder, env })

  const login = documented('functions/cli/README.md', 'echo local-secret | npx')
  await run(replaced(login, { 'http://localhost:3000': service.url }))

  const create = documented('functions/cli/README.md', 'id=$(npx dynamics-connect')
  const here = { 'http://localhost:3000': service.url }
  const [link = '', made = ''] = await run(`${replaced(create, here)}\necho $id`)
  id = made
  const browser = createBrowser()
  const page = await browser.open(link)
  const { location: toMicrosoft = '' } = await browser.press(page, { text: 'Continue' })
  const end = await signIn(browser, toMicrosoft, MEMBER.username)
  expect(end.location).toBe(`${service.url}/?connectionId=${id}&status=connected`)

  const look = documented('functions/cli/README.md', 'npx dynamics-connect connections list')
  const seen = (await run(look)).join('\n')
  expect(seen).toMatch(new RegExp(`^acme +${id} +connected `, 'm'))
  expect(seen).toContain('"Status": "connected"')
  expect(seen).toMatch(/^User +.*contoso/m)
  expect(seen).toMatch(/^refreshed: /m)

  const doctor = await run(documented('functions/cli/README.md', 'npx dynamics-connect doctor'))
  expect(doctor.at(-1)).toMatch(/^well +environment /)

  const line = documented('functions/cli/README.md', '{"AccountId":"acme"')
  writeFileSync(
    join(folder, 'customers.jsonl'),
    replaced(line, { '…': await refreshTokenOf(service, MEMBER.username) }),
  )
  const moved = await run(documented('functions/cli/README.md', 'npx dynamics-connect import'))
  expect(moved.join('\n')).toContain('make and import')
  expect(moved.at(-1)).toContain('imported 1 (1 new connections)')

  const left = await run(documented('functions/cli/README.md', 'npx dynamics-connect export'))
  expect(JSON.parse(left[0] ?? '')).toMatchObject({ AccountId: 'acme', Id: Number(id) })
  expect(readFileSync(join(folder, 'connections.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2)

  const revoked = await run(
    documented('functions/cli/README.md', 'npx dynamics-connect connections disconnect'),
  )
  expect(revoked.at(-1)).toBe('disconnected 1 of 1 connections that held tokens')
  expect(existsSync(join(folder, '.config/dynamics-connect/config.json'))).toBe(false)
}, 120_000)

test('the commands of the README run as they stand', async () => {
  const { folder, env } = project()
  const commands = documented('README.md', 'echo local-secret | npx')
  const here = replaced(commands, { 'http://localhost:3000': service.url })
  const said = await inShell(here, { cwd: folder, env })
  expect(said.join('\n')).toMatch(/^well +api client /im)
}, 60_000)

test('the commands of the page about moving run as they stand', async () => {
  const { folder, env } = project()
  const login = documented('functions/cli/README.md', 'echo local-secret | npx')
  const run = (commands: string) => inShell(commands, { cwd: folder, env })
  await run(replaced(login, { 'http://localhost:3000': service.url }))
  const line = {
    AccountId: 'moving',
    Resource: 'https://example.crm.dynamics.com',
    RefreshToken: await refreshTokenOf(service, MEMBER.username),
  }
  writeFileSync(join(folder, 'customers.jsonl'), JSON.stringify(line))
  const moved = await run(documented('functions/client/MOVING.md', 'npx dynamics-connect import'))
  expect(moved.at(-1)).toContain('imported 1 (1 new connections)')
  await run(documented('functions/client/MOVING.md', 'npx dynamics-connect export'))
  const exported = readFileSync(join(folder, 'connections.jsonl'), 'utf8')
  expect(exported).toContain('"AccountId":"moving"')
  expect(exported).toContain('"Status":"connected"')
}, 60_000)
