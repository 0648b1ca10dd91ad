import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documented } from '../support/documents.ts'
import { inShell } from '../support/shell.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('the client is packed and installed by the commands of its guide', async () => {
  const commands = documented('functions/client/README.md', 'npm run build:client')
  const [pack = '', install = ''] = commands.split('\n')
  const backend = temporaryFolder('backend')
  const env = { ...process.env, npm_config_pack_destination: backend, npm_config_offline: 'true' }
  await inShell(pack, { env })
  await inShell(`npm init -y\n${install}`, { env, cwd: backend })
  expect(existsSync(join(backend, 'node_modules/dynamics-connect/main.js'))).toBe(true)
})
