import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { documented } from '../support/documents.ts'
import { inShell } from '../support/shell.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { send, tinyServer } from '../unit/support/tiny-server.ts'

let folder: string

beforeEach(() => {
  folder = temporaryFolder('moving')
})

/** The lines that the commands wrote, to be imported. */
async function linesOf(
  commands: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  await inShell(commands, { cwd: folder, env: { ...process.env, ...env } })
  const text = readFileSync(join(folder, 'customers.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('what Cyclr answers becomes lines to import', async () => {
  const cyclr = await tinyServer(({ method, path, headers }, response) => {
    const account = headers['x-cyclr-account']
    if (method === 'POST' && path === '/oauth/token') {
      send(response, {
        body: { token_type: 'bearer', access_token: 'bearer', expires_in: 1209599 },
      })
    } else if (headers.authorization === 'Bearer bearer') {
      send(response, { body: [cyclrConnector(`rt-${account}`), ANOTHER_CONNECTOR] })
    } else send(response, { status: 401 })
  })
  writeFileSync(join(folder, 'accounts.txt'), 'acme\nglobex\n')
  const commands = documented(
    'functions/client/MOVING.md',
    'node --input-type=module > customers.jsonl <<"CYCLR"',
  )
  const client = { CYCLR_CLIENT_ID: 'id', CYCLR_CLIENT_SECRET: 'secret' }
  const line = { Name: 'Sales', Resource: 'https://contoso.crm4.dynamics.com' }
  expect(await linesOf(commands, { CYCLR_URL: cyclr.url, ...client })).toEqual([
    { ...line, AccountId: 'acme', RefreshToken: 'rt-acme' },
    { ...line, AccountId: 'globex', RefreshToken: 'rt-globex' },
  ])
})

/** As Cyclr's API answers it: the tokens are a text in the answer. */
const cyclrConnector = (RefreshToken: string) => ({
  Id: 36328,
  Name: 'Sales',
  AuthValue: JSON.stringify({
    AccessToken: 'at',
    RefreshToken,
    Expires: '2026-10-01T00:00:00Z',
    RefreshExpires: '2026-12-01T00:00:00Z',
  }),
  Authenticated: true,
  Properties: [{ Name: 'Resource', Value: 'https://contoso.crm4.dynamics.com', Id: 7 }],
})

const ANOTHER_CONNECTOR = { Id: 36329, Name: 'Mails', AuthValue: null, Properties: [] }

/** The members that Nango's own description of its API (docs/spec.yaml) names. */
test('what Nango answers becomes lines to import', async () => {
  const nango = await tinyServer(({ path, headers }, response) => {
    if (headers.authorization !== 'Bearer key') send(response, { status: 401 })
    else if (path === '/connections') send(response, { body: { connections: NANGO_LIST } })
    else if (path === '/connections/acme?provider_config_key=dataverse&refresh_token=true') {
      send(response, { body: NANGO_CONNECTION })
    } else send(response, { status: 404 })
  })
  const commands = documented(
    'functions/client/MOVING.md',
    'node --input-type=module > customers.jsonl <<"NANGO"',
  )
  const client = { NANGO_SECRET_KEY: 'key', NANGO_INTEGRATION: 'dataverse' }
  expect(await linesOf(commands, { NANGO_URL: nango.url, ...client })).toEqual([
    { AccountId: 'acme', Resource: 'https://contoso.crm4.dynamics.com', RefreshToken: 'rt-1' },
  ])
})

const NANGO_LIST = [
  { id: 1, connection_id: 'acme', provider_config_key: 'dataverse' },
  { id: 2, connection_id: 'acme', provider_config_key: 'slack' },
]

const NANGO_CONNECTION = {
  connection_id: 'acme',
  provider_config_key: 'dataverse',
  connection_config: { tenantId: 'a-tenant', environmentUrl: 'contoso.api.crm4.dynamics.com' },
  credentials: { type: 'OAUTH2', access_token: 'at-1', refresh_token: 'rt-1', raw: {} },
}
