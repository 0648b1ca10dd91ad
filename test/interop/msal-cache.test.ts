import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documented } from '../support/documents.ts'
import { inShell } from '../support/shell.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startOwnStandIn } from './servers/microsoft-stand-in.ts'
import { type IdentityServer, RESOURCE } from './support/identity-server.ts'
import { refreshTokenOf, signInByMsal } from './support/msal.ts'

const REDIRECT_URI = 'http://localhost:3999/connector/callback'

let server: IdentityServer

beforeAll(async () => {
  server = await startOwnStandIn(REDIRECT_URI)
})
afterAll(() => server.close())

test('a cache that MSAL Node wrote becomes a line to import, by the commands of the guide', async () => {
  const { client } = await signInByMsal({ server }, REDIRECT_URI)
  const folder = temporaryFolder('msal-cache')
  writeFileSync(join(folder, 'msal-cache.json'), client.getTokenCache().serialize())
  const commands = documented(
    'functions/client/MOVING.md',
    'node --input-type=module - acme msal-cache.json',
  )
  await inShell(commands, { cwd: folder })
  const line = { AccountId: 'acme', Resource: RESOURCE, RefreshToken: refreshTokenOf(client) }
  const written = readFileSync(join(folder, 'customers.jsonl'), 'utf8')
  expect(written).toBe(`${JSON.stringify(line)}\n`)
})
