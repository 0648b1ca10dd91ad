import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dynamodbConnectionHistory } from '../../functions/adapters/dynamodb-connection-history.ts'
import { startDynamodb, TABLE_NAMES } from '../../infra/local/dynamodb.ts'
import { listenLocally } from '../../infra/local/local-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { createBrowser, signIn } from './support/browser.ts'
import {
  type LocalServiceOptions,
  type RunningService,
  startLocalService,
} from './support/local-service.ts'
import { createPartner } from './support/partner.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const USERNAME = 'mark.olsen@contoso.example'
const ACCOUNT = 'acme-customer-1'

async function start(options?: LocalServiceOptions): Promise<RunningService> {
  const service = await startLocalService(options)
  onTestFinished(async () => void (await service.stop()))
  return service
}

/** What a service that is closed has kept of a connection, the newest first. */
async function changesIn(stateDir: string, connectionId: number): Promise<readonly string[]> {
  const dynamodb = await startDynamodb(join(stateDir, 'dynamodb'))
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new DynamoDBClient({ endpoint: dynamodb.url, region: 'us-east-1', credentials })
  const history = dynamodbConnectionHistory(client, { table: TABLE_NAMES.signIns })
  const events = await history.read(connectionId)
  client.destroy()
  await dynamodb.close()
  return events.map(({ change }) => change)
}

describe('npm start', () => {
  test('makes a connection for whoever follows the printed link', async () => {
    const { url } = await start()
    const browser = createBrowser()
    const begun = await browser.press(await browser.open(`${url}/`), { text: 'Connect' })
    const returned = await signIn(browser, begun.location ?? '', USERNAME)
    const page = await browser.follow(returned)
    expect(page.body).toContain('<td>connected</td>')
    const token = await browser.press(page, { text: 'Ask for an access token' })
    expect(token.body).toContain('An access token came')
    expect(token.body).toContain('200 {&quot;@odata.context&quot;')
  })

  test('prints where the console is, and with what to sign in there', async () => {
    const service = await start()
    const line = /Console +(\S+) {2}\(sign in as (\S+) \/ (\S+)\)/.exec(service.output()) ?? []
    const [, address = '', id = '', secret = ''] = line
    expect(address).toBe(`${service.url}/console`)
    const browser = createBrowser()
    const door = await browser.follow(await browser.open(address))
    const entered = await browser.press(door, { text: 'Sign in', fields: { id, secret } })
    expect((await browser.follow(entered)).body).toContain(`Signed in as <bdi>${id}</bdi>`)
  })

  test('knows the connections again after a restart, and closes in order', async () => {
    const stateDir = temporaryFolder('local')
    const first = await start({ stateDir })
    const options = { account: ACCOUNT, resource: RESOURCE }
    const { connectionId, link } = await createPartner(first.url).signInLink(options)
    await signIn(createBrowser(), link, USERNAME)
    expect(await first.stop()).toBe(0)
    const second = await start({ stateDir })
    const path = `/v1.0/account/connectors/${connectionId}`
    const refresh = await createPartner(second.url).call('POST', `${path}/refresh`, options)
    expect(refresh).toMatchObject({ status: 200, json: { Outcome: 'refreshed' } })
  })

  test('tells what becomes of a connection, and keeps it', async () => {
    const stateDir = temporaryFolder('local')
    const service = await start({ stateDir })
    const partner = createPartner(service.url)
    const options = { account: ACCOUNT, resource: RESOURCE }
    const { connectionId, link } = await partner.signInLink(options)
    await signIn(createBrowser(), link, USERNAME)
    const path = `/v1.0/account/connectors/${connectionId}`
    await partner.call('POST', `${path}/refresh`, options)
    const ended = await partner.call('PUT', `${path}/deauthenticate`, options)
    expect(ended.status).toBeLessThan(300)
    expect(await service.stop()).toBe(0)
    const told = service.output().match(/^event Connection \w+ \{.*$/gm)
    expect(told).toEqual([
      expect.stringMatching(/^event Connection Connected .*"status":"connected"/),
      expect.stringMatching(/^event Connection Disconnected .*"status":"disconnected"/),
    ])
    expect(await changesIn(stateDir, Number(connectionId))).toEqual(['disconnected', 'connected'])
  })

  test('says in one line that the port is taken', async () => {
    const other = await listenLocally(0, () => undefined)
    onTestFinished(() => other.close())
    const starting = startLocalService({ env: { PORT: String(other.port) } })
    await expect(starting).rejects.toThrow(
      new RegExp(`^[^\\n]*\\nport ${other.port} is taken by another program: set PORT [^\\n]*\\n$`),
    )
  })

  test('says in one line that another one uses its folder', async () => {
    const { stateDir } = await start()
    const starting = startLocalService({ stateDir })
    await expect(starting).rejects.toThrow(/^[^\n]*\nprocess \d+ uses [^\n]*\n$/)
  })

  test('says in one line which variable cannot be used', async () => {
    const starting = startLocalService({ env: { PUBLIC_URL: 'localhost' } })
    await expect(starting).rejects.toThrow(/^[^\n]*\nPUBLIC_URL is "localhost": [^\n]*\n$/)
  })

  test('talks to the real Microsoft as the app that it is given', async () => {
    const env = { ENTRA_CLIENT_ID: 'my-app', ENTRA_CLIENT_SECRET: 'my-secret' }
    const service = await start({ env })
    expect(service.output()).toContain('the real one')
    expect(service.output()).not.toContain('stand-in for Microsoft')
    expect(service.microsoftUrl).toBe('')
  })

  test('uses the DynamoDB that it is given', async () => {
    const dynamodb = await startDynamodb(temporaryFolder('local'))
    onTestFinished(() => dynamodb.close())
    const service = await start({ env: { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url } })
    expect(service.output()).not.toContain('stand-in for DynamoDB')
    const options = { account: ACCOUNT, resource: RESOURCE }
    const { connectionId } = await createPartner(service.url).signInLink(options)
    expect(connectionId).toMatch(/^\d+$/)
  })
})
