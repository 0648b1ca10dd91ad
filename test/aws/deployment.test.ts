import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { afterAll, afterEach, expect, test } from 'vitest'
import { type StoredKeyring, storedKeyringOf } from '../../functions/domain/stored-keyring.ts'
import { STAND_IN_APP } from '../../infra/local/local-settings.ts'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { type MicrosoftStandIn, startMicrosoftStandIn } from '../../infra/local/microsoft/server.ts'
import type { Outputs } from '../../infra/outputs.ts'
import { createBrowser, signIn } from '../e2e/support/browser.ts'
import { type ApiClient, createPartner } from '../e2e/support/partner.ts'
import { AFTER_SIGN_IN, makeLink } from '../e2e/support/readme-steps.ts'
import { documented, replaced } from '../support/documents.ts'
import { say } from '../support/say.ts'
import { consoleSteps } from './console-steps.ts'
import { documentSteps } from './document-steps.ts'
import { movingInSteps } from './moving-in-steps.ts'
import { account, functionLogs, holdings } from './support/account.ts'
import {
  apiClientIn,
  attempt,
  destroy,
  findings,
  operate,
  readDeployed,
  SHARDS,
} from './support/deployment.ts'
import { type EventQueue, subscribe } from './support/event-queue.ts'
import { roleOf } from './support/roles.ts'
import { rotate } from './support/rotation.ts'
import { makeDue, readGeneration, readStored } from './support/store.ts'
import { microsoftPort } from './support/test-env.ts'

const APP = 'https://app.example.com'
const RESOURCE = 'https://example.crm.dynamics.com'

/** The four commands by which an operator begins. */
const [BOOTSTRAP = '', DEPLOY = '', SET_UP = '', DOCTOR = ''] = documented(
  'README.md',
  'npx cdk bootstrap',
).split('\n')

/** The secrets, by the names of their outputs. */
const SECRETS = [
  'appCredentialSecret',
  'accessTokenKeyringSecret',
  'refreshTokenKeyringSecret',
  'apiAccessSecret',
  'consoleAccessSecret',
] as const

/** What one step leaves to the next: they are the life of one deployment, in order. */
let outputs: Outputs
let apiClient: ApiClient
let microsoft: MicrosoftStandIn | undefined
let queue: EventQueue | undefined
let stepsConnectionId: number
let connectionId: number

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') say(`what the functions wrote:\n${await functionLogs()}`)
})
afterAll(() => microsoft?.close())

test('npx cdk bootstrap prepares an empty account', async () => {
  expect(await operate(BOOTSTRAP)).toContain('bootstrapped')
})

test('npm run deploy makes the stack', async () => {
  await operate(DEPLOY)
  outputs = await readDeployed()
  expect(outputs.replyUrl).toBe(`${outputs.apiUrl}/connector/callback`)
  expect(outputs.consoleUrl).toBe(`${outputs.apiUrl}/console`)
  const { functions, rules, secrets, tables } = await holdings()
  say(`  ${functions.length} functions, ${rules.length} rules, ${tables.length} tables`)
  expect(rules.filter(isSweep)).toHaveLength(SHARDS)
  expect(tables).toEqual([outputs.connectionsTable, outputs.signInsTable].sort())
  expect(secrets).toEqual(secretArns().sort())
})

test('npm run doctor says what a new deployment lacks, and how to mend it', async () => {
  expect(findings((await attempt(DOCTOR)).output)).toMatchObject({
    stack: expect.stringMatching(/^✓/),
    'keyring of access tokens': '✓ filled',
    'keyring of refresh tokens': '✓ filled',
    'API access': expect.stringMatching(/^✗ has no API client: .*npm run setup/),
    'app credential, as stored': expect.stringMatching(/^✗ is not filled: run "npm run setup"/),
    console: `✓ ${outputs.consoleUrl}, by the first sign-in alone`,
    schedule: expect.stringMatching(/^✓/),
  })
})

test('npm run setup fills the secrets once, and tells the first API client', async () => {
  const told = await operate(SET_UP)
  apiClient = apiClientIn(told)
  expect(told).not.toContain(STAND_IN_APP.clientSecret)
  expect(told).toContain(`register this reply URL with Microsoft: ${outputs.replyUrl}`)
  expect(told).toContain(`the console: ${outputs.consoleUrl}`)
  const before = await secretValues()
  const again = await operate(SET_UP)
  expect(again).not.toMatch(/made|stored|client secret:/)
  expect(await secretValues()).toEqual(before)
})

test('the example of a rule sends every event to a queue', async () => {
  queue = await subscribe()
  expect(await queue.receive()).toEqual([])
})

test('the seven steps of the README run as they stand', async () => {
  microsoft = await startMicrosoftStandIn({
    ...STAND_IN_APP,
    port: microsoftPort,
    redirectUris: [outputs.replyUrl],
  })
  const made = await makeLink({
    'http://localhost:3000': outputs.apiUrl,
    'client_id=local': `client_id=${apiClient.clientId}`,
    'client_secret=local-secret': `client_secret=${apiClient.clientSecret}`,
    'targetOrigin=$URL/': `targetOrigin=${APP}/`,
  })
  stepsConnectionId = Number(made.connectionId)
  const end = await signIn(createBrowser(), made.link, USERS.contosoMember.username)
  expect(end.location).toBe(`${APP}/?connectionId=${made.connectionId}&status=connected`)
  const answers = (await made.goOn(AFTER_SIGN_IN)).map((answer) => JSON.parse(answer))
  expect(answers).toMatchObject([
    { Authenticated: true, Status: 'connected' },
    { TokenType: 'Bearer', Resource: RESOURCE },
    { Outcome: 'refreshed' },
    { Message: expect.stringContaining('de-authenticated') },
    { Message: expect.stringContaining('deleted') },
  ])
})

test('what the seven steps changed has been told on the bus, in order', async () => {
  await expect
    .poll(() => queue?.receive(), { timeout: EVENTS_PATIENCE_MS, interval: 500 })
    .toHaveLength(3)
  const events = (await queue?.receive()) ?? []
  const told = events.toSorted((one, other) =>
    one.detail.sequence < other.detail.sequence ? -1 : 1,
  )
  expect(told).toMatchObject([
    { 'detail-type': 'Connection Connected', detail: { status: 'connected' } },
    { 'detail-type': 'Connection Disconnected', detail: { status: 'disconnected' } },
    { 'detail-type': 'Connection Deleted', detail: { status: 'deleted' } },
  ])
  expect(events, 'as they came').toEqual(told)
  for (const { detail } of told) {
    expect(detail).toMatchObject({ account: 'acme', connectionId: stepsConnectionId })
  }
})

test.each([
  ['authorize', []],
  ['callback', ['appCredentialSecret', 'accessTokenKeyringSecret', 'refreshTokenKeyringSecret']],
  [
    'refresh',
    [
      'appCredentialSecret',
      'accessTokenKeyringSecret',
      'refreshTokenKeyringSecret',
      'apiAccessSecret',
    ],
  ],
  ['token', ['accessTokenKeyringSecret', 'apiAccessSecret']],
  ['api', ['apiAccessSecret']],
  ['console', ['apiAccessSecret', 'consoleAccessSecret']],
  ['events', []],
  ['rotation', ['accessTokenKeyringSecret', 'refreshTokenKeyringSecret']],
] as const)('the role of %s is handed %j, and no other secret', async (name, readable) => {
  const role = await roleOf(name)
  const asked = await Promise.all(SECRETS.map((secret) => role.mayRead(outputs[secret])))
  role.close()
  expect(SECRETS.filter((_, index) => asked[index])).toEqual(readable)
})

consoleSteps(() => ({ outputs, apiClient, shards: SHARDS }))

// What comes before the sweep takes no time, since its rule is waited for.
test.each(['accessTokenKeyringSecret', 'refreshTokenKeyringSecret'] as const)(
  'the rotation function adds a key to the %s, and keeps the one in use',
  async (secret) => {
    const before = await keyring(outputs[secret])
    await rotate(outputs[secret])
    const { active, keys } = await keyring(outputs[secret])
    expect(keys).toMatchObject(before.keys)
    expect(Object.keys(keys)).toHaveLength(Object.keys(before.keys).length + 1)
    expect(before.keys).not.toHaveProperty(active)
  },
)

documentSteps(() => outputs)

test('a scheduled rule wakes a sweep, which refreshes what is due', async () => {
  connectionId = await connect()
  const before = await readGeneration(outputs.connectionsTable, connectionId)
  await makeDue(outputs.connectionsTable, connectionId)
  await expect
    .poll(() => readGeneration(outputs.connectionsTable, connectionId), {
      timeout: SWEEP_PATIENCE_MS,
      interval: 1000,
    })
    .toBe(before + 1)
  say(`  generation ${before} → ${before + 1}`)
  expect(await acceptedByDataverse(await accessToken())).toBe(true)
})

movingInSteps(() => ({ outputs, apiClient, microsoftUrl: microsoft?.url ?? '' }))

test('npm run doctor finds it well, but for the metrics that the emulator does not keep', async () => {
  const { output } = await attempt(`${DOCTOR} -- --connection ${connectionId}`)
  const found = findings(output)
  say(
    Object.entries(found)
      .map(([about, says]) => `  ${about}: ${says}`)
      .join('\n'),
  )
  const { sweeps, ...rest } = found
  expect(sweeps).toMatch(/^✗/)
  expect(rest).toMatchObject({
    'app credential': expect.any(String),
    console: `✓ ${outputs.consoleUrl}, for whoever signs in by an API client`,
    'reply URL': expect.stringMatching(/^✓/),
    'test refresh': expect.stringMatching(/^✓ .*refreshed/),
  })
  expect(Object.values(rest).filter((says) => says.startsWith('✗'))).toEqual([])
})

test('another deployment changes rules and origins, and keeps connections, tokens and secrets', async () => {
  const stored = await readStored(outputs.connectionsTable, connectionId)
  const secrets = await secretValues()
  const token = await accessToken()
  const another = 'https://eu.app.example.com'
  const again = documented('infra/RESTORE.md', 'npm run deploy')
  const origins = `--context allowedOrigins='${APP},${another}'`
  await operate(`SHARDS=${SHARDS + 1} ${again} -- ${origins}`)
  expect(await readDeployed()).toEqual(outputs)
  expect((await holdings()).rules.filter(isSweep)).toHaveLength(SHARDS + 1)
  expect(await readStored(outputs.connectionsTable, connectionId)).toMatchObject({
    generation: stored.generation,
    tokenSet: stored.tokenSet,
  })
  expect(await secretValues()).toEqual(secrets)
  expect(await accessToken()).toBe(token)
  const { link } = await partner().signInLink({
    account: 'acme',
    resource: RESOURCE,
    targetOrigin: `${another}/`,
  })
  const end = await signIn(createBrowser(), link, USERS.contosoMember.username)
  expect(end.location).toContain(`${another}/?`)
  expect(end.location).toContain('status=connected')
})

test('npm run destroy says what is connected and kept, and does nothing without a word', async () => {
  const { exitCode, output } = await attempt('npm run destroy')
  expect(exitCode).toBe(1)
  expect(output).toMatch(/\d connections? (is|are) connected/)
  expect(output).toContain(`Kept, and still paid for:\n  ${outputs.connectionsTable}\n`)
  for (const secret of secretArns()) expect(output).toContain(`  ${secret}\n`)
  expect(output).toContain('nothing was done: write --yes-delete dynamics-connect')
  expect(await accessToken()).not.toBe('')
})

test('cdk destroy keeps the table of connections and the secrets, and nothing else', async () => {
  const stored = await readStored(outputs.connectionsTable, connectionId)
  const secrets = await secretValues()
  // AWS deletes no bus that still has a rule.
  await queue?.unsubscribe()
  await destroy()
  const kept = await holdings()
  say(`  kept: ${[...kept.tables, ...kept.secrets].join(', ')}`)
  expect(kept).toEqual({
    tables: [outputs.connectionsTable],
    secrets: secretArns().sort(),
    functions: [],
    rules: [],
    buses: [],
    queues: [],
    logGroups: [],
    roles: [],
  })
  expect(await readStored(outputs.connectionsTable, connectionId)).toEqual(stored)
  expect(await secretValues()).toEqual(secrets)
  const { Table } = await account.dynamodb.send(
    new DescribeTableCommand({ TableName: outputs.connectionsTable }),
  )
  expect(Table?.DeletionProtectionEnabled).toBe(true)
  expect((await fetch(outputs.apiUrl)).status).toBe(404)
})

test('what a destroy kept serves again, by the commands of RESTORE.md', async () => {
  const kept = outputs
  const commands = documented('infra/RESTORE.md', 'stream=$(aws dynamodb describe-table')
  const [deployAgain = '', fillAgain = ''] = commands.split(/(?=^copy\(\))/m)
  const table = { '<the kept table>': kept.connectionsTable }
  await operate(replaced(deployAgain, table))
  outputs = await readDeployed()
  expect(outputs.connectionsTable).toBe(kept.connectionsTable)
  await microsoft?.close()
  microsoft = await startMicrosoftStandIn({
    ...STAND_IN_APP,
    port: microsoftPort,
    redirectUris: [outputs.replyUrl],
  })
  const { output } = await attempt(replaced(fillAgain, secretsToCopy(kept)))
  const { sweeps, ...rest } = findings(output)
  expect(sweeps).toMatch(/^✗/)
  expect(Object.values(rest).filter((says) => says.startsWith('✗'))).toEqual([])
  expect(await accessToken()).not.toBe('')
})

/** A rule that was made just now fires after its minute, when the emulator looks next: every ten seconds. */
const SWEEP_PATIENCE_MS = 90_000

/** The emulator looks into the stream every second. */
const EVENTS_PATIENCE_MS = 20_000

const isSweep = (rule: string): boolean => rule.includes('-sweep-')

const partner = () => createPartner(outputs.apiUrl, apiClient)

function secretArns(): string[] {
  return SECRETS.map((secret) => outputs[secret])
}

/** The placeholders of the commands that fill the secrets of a new deployment from those that were kept. */
function secretsToCopy(kept: Outputs): Readonly<Record<string, string>> {
  return {
    '<kept AppCredential>': kept.appCredentialSecret,
    '<AppCredentialSecretArn>': outputs.appCredentialSecret,
    '<kept AccessTokenKeyring>': kept.accessTokenKeyringSecret,
    '<AccessTokenKeyringSecretArn>': outputs.accessTokenKeyringSecret,
    '<kept RefreshTokenKeyring>': kept.refreshTokenKeyringSecret,
    '<RefreshTokenKeyringSecretArn>': outputs.refreshTokenKeyringSecret,
    '<kept ApiAccess>': kept.apiAccessSecret,
    '<ApiAccessSecretArn>': outputs.apiAccessSecret,
  }
}

function secretValues(): Promise<readonly (string | undefined)[]> {
  return Promise.all(
    secretArns().map(async (SecretId) => {
      const { SecretString } = await account.secrets.send(new GetSecretValueCommand({ SecretId }))
      return SecretString
    }),
  )
}

async function keyring(SecretId: string): Promise<StoredKeyring> {
  const { SecretString = '' } = await account.secrets.send(new GetSecretValueCommand({ SecretId }))
  const stored = storedKeyringOf(JSON.parse(SecretString))
  return stored ?? expect.unreachable(`${SecretId} holds no keyring`)
}

/** Connects a customer. @returns the id of the connection. */
async function connect(): Promise<number> {
  const made = await partner().signInLink({
    account: 'acme',
    resource: RESOURCE,
    targetOrigin: `${APP}/`,
  })
  const end = await signIn(createBrowser(), made.link, USERS.contosoMember.username)
  expect(end.location).toContain('status=connected')
  return Number(made.connectionId)
}

async function accessToken(): Promise<string> {
  const path = `/v1.0/account/connectors/${connectionId}/token`
  const { json } = await partner().call('GET', path, { account: 'acme' })
  return (json as { readonly AccessToken: string }).AccessToken
}

async function acceptedByDataverse(token: string): Promise<boolean> {
  const { host } = new URL(RESOURCE)
  const url = `${microsoft?.url}/dataverse/${host}/api/data/v9.2/WhoAmI`
  return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).ok
}
