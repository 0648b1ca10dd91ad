import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { describe, expect, test } from 'vitest'
import { STAND_IN_APP } from '../../infra/local/local-settings.ts'
import { APP_TENANT_ID, USERS } from '../../infra/local/microsoft/directory.ts'
import type { Outputs } from '../../infra/outputs.ts'
import { createBrowser, fieldOn, signIn, type Visit } from '../e2e/support/browser.ts'
import type { ApiClient } from '../e2e/support/partner.ts'
import { account } from './support/account.ts'
import { type ConsoleVisitor, visitConsole, WORDS } from './support/console.ts'
import { forget, invoke } from './support/functions.ts'
import { readGeneration } from './support/store.ts'

/** What the deployment has come to when the console is looked at. */
export interface ConsoleStage {
  readonly outputs: Outputs
  /** The API client that the setup made. */
  readonly apiClient: ApiClient
  readonly shards: number
}

/** Saved by the console; the deployment knows nothing of it. */
const ORIGIN = 'https://portal.example.com'

const HOST = 'contoso.crm4.dynamics.com'
const USER = USERS.contosoMember.username

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'

/** The emulator looks into the stream every second. */
const EVENTS_PATIENCE_MS = 20_000

/** The console in the life of one deployment; the steps follow upon each other. */
export function consoleSteps(stage: () => ConsoleStage): void {
  describe('the console', () => {
    let visitor: ConsoleVisitor
    let connectedId: number
    let pendingId: number

    const at = (id: number) => `/connections/${id}`
    const listed = async (query: Readonly<Record<string, string>>): Promise<readonly number[]> => {
      const page = await visitor.open(`/connections?${new URLSearchParams(query)}`)
      expect(page.status).toBe(200)
      const links = page.body.matchAll(/<th scope="row"><a href="\/console\/connections\/(\d+)"/g)
      return [...links].map(([, id]) => Number(id))
    }
    const create = async (fields: Readonly<Record<string, string>>): Promise<number> => {
      const form = await visitor.open('/connections/new')
      const { create } = WORDS.connections
      const page = await visitor.press(form, { text: create.button, fields })
      expect(page.body).toContain(WORDS.connection.done.created)
      return Number(new URL(page.url).pathname.split('/').at(-1))
    }

    test('lets in whoever has the first sign-in that the deployment made', async () => {
      const { consoleUrl, consoleAccessSecret } = stage().outputs
      const first = await firstSignIn(consoleAccessSecret)
      const wrong = { ...first, clientSecret: `${first.clientSecret}x` }
      expect((await visitConsole(consoleUrl, wrong)).page).toMatchObject(REJECTED)
      const arrived = await visitConsole(consoleUrl, first)
      visitor = arrived.visitor
      expect(arrived.page.url).toBe(`${consoleUrl}/health`)
      expect((await visitor.open('/setup')).body).toContain(stage().outputs.replyUrl)
    })

    test('stores the app credential once Microsoft accepts it, and has the stored one checked', async () => {
      const { appCredentialSecret } = stage().outputs
      const before = await versionOf(appCredentialSecret)
      const wrong = await store(visitor, 'a-wrong-secret')
      expect(wrong.status).toBe(422)
      expect(await versionOf(appCredentialSecret)).toBe(before)
      const stored = await store(visitor, STAND_IN_APP.clientSecret)
      expect(stored.body).toContain(WORDS.setup.done.credential_proven)
      expect(await versionOf(appCredentialSecret)).not.toBe(before)
      const fields = { checkTenant: APP_TENANT_ID }
      const checked = await visitor.press(stored, { text: WORDS.setup.check.button, fields })
      expect(checked.body).toContain(WORDS.setup.done.check_accepted)
    })

    test('keeps origins, and a brand with its logo', async () => {
      const setup = await visitor.open('/setup')
      const fields = { origins: ORIGIN }
      const saved = await visitor.press(setup, { text: WORDS.setup.origins.button, fields })
      expect(saved.body).toContain(WORDS.setup.done.origins_saved)
      const form = new FormData()
      form.set('formToken', formTokenOn(saved))
      form.set('name', 'Example Sync')
      form.set('colour', '#0b57a4')
      form.set('logo', new File([LOGO], 'logo.svg', { type: 'image/svg+xml' }))
      const branded = await visitor.upload('/setup/brand', form)
      expect(branded.body).toContain(WORDS.setup.done.brand_saved)
      expect(fieldOn(branded, 'name')).toBe('Example Sync')
      expect(branded.body, 'a logo that can be removed').toContain(WORDS.setup.brand.remove_logo)
    })

    test('makes connections, and a link that leads back to an origin of its own', async () => {
      connectedId = await create({ account: 'globex', address: HOST })
      pendingId = await create({ account: 'initech', name: 'Initech' })
      const fields = { username: USER, lifetime: 'five_minutes', origin: ORIGIN }
      const { link } = WORDS.connection
      const made = await visitor.press(await visitor.open(at(connectedId)), {
        text: link.button,
        fields,
      })
      const end = await signIn(createBrowser(), fieldOn(made, 'link') ?? '', USER)
      expect(end.location).toBe(`${ORIGIN}/?connectionId=${connectedId}&status=connected`)
    })

    test('lists them in each order, by each state, and by what is searched for', async () => {
      const own = async (query: Readonly<Record<string, string>>) =>
        (await listed(query)).filter((id) => [connectedId, pendingId].includes(id))
      expect(await own({})).toEqual([pendingId, connectedId])
      expect(await own({ order: 'oldest' })).toEqual([connectedId, pendingId])
      expect(await own({ order: 'account' })).toEqual([connectedId, pendingId])
      expect(await own({ order: 'environment' })).toEqual([connectedId])
      expect(await own({ order: 'user' })).toEqual([connectedId])
      expect(await own({ state: 'pending' })).toEqual([pendingId])
      expect(await own({ state: 'connected' })).toEqual([connectedId])
      expect(await listed({ account: 'initech' })).toEqual([pendingId])
      for (const search of ['globex', HOST.slice(0, 12), String(connectedId)]) {
        expect(await listed({ search }), search).toEqual([connectedId])
      }
      expect(await own({ search: USER })).toEqual([connectedId])
    })

    test('shows what happened to one, and renews it', async () => {
      await expectOnPage(visitor, at(connectedId), WORDS.connection.events.connected)
      const { connectionsTable } = stage().outputs
      const before = await readGeneration(connectionsTable, connectedId)
      const page = await visitor.open(at(connectedId))
      const renewed = await visitor.press(page, { text: WORDS.connection.refresh.button })
      expect(renewed.body).toContain(WORDS.connection.done.refreshed)
      expect(await readGeneration(connectionsTable, connectedId)).toBe(before + 1)
    })

    test('disconnects one, signs in again, and deletes it', async () => {
      const { disconnect, done, events, link, returned } = WORDS.connection
      const page = await visitor.open(at(connectedId))
      const fields = { confirmed: 'yes' }
      const gone = await visitor.press(page, { text: disconnect.button, fields })
      expect(gone.body).toContain(done.disconnected)
      await expectOnPage(visitor, at(connectedId), events.disconnected)
      const picker = await visitor.press(gone, { text: link.now })
      const back = await visitor.press(picker, { name: 'account', value: USER })
      expect(new URL(back.url).pathname).toBe(`/console${at(connectedId)}`)
      expect(back.body).toContain(returned.connected)
      const confirmation = String(connectedId)
      const button = { text: WORDS.connection.delete.button, fields: { confirmation } }
      const list = await visitor.press(back, button)
      expect(list.body).toContain(WORDS.connections.deleted)
      expect((await visitor.open(at(connectedId))).status).toBe(404)
    })

    test('shows how the service is, once it has swept and counted', async () => {
      const { shards } = stage()
      for (let shard = 0; shard < shards; shard += 1) await invoke('refresh', { shard, shards })
      await invoke('refresh', { measure: true })
      const { body } = await visitor.open('/health')
      const { well, not_counted, due_none } = WORDS.health
      expect(body).toContain(well)
      expect(body).toContain(due_none)
      expect(body).not.toContain(not_counted)
    })

    test('adds an API client, which works at once, and removes it', async () => {
      const { access } = WORDS
      const fields = { id: 'integration', account: '' }
      const added = await visitor.press(await visitor.open('/clients'), {
        text: access.add_button,
        fields,
      })
      const client = { clientId: 'integration', clientSecret: fieldOn(added, 'added-secret') ?? '' }
      expect(await tokenStatus(client)).toBe(200)
      const asked = await visitor.open('/clients?remove=integration')
      const confirm = { text: access.remove_button, fields: { confirm: 'integration' } }
      const removed = await visitor.press(asked, confirm)
      expect(removed.body).toContain(access.done_client_removed)
      // What a container remembers of it is good for five minutes.
      await forget('api')
      expect(await tokenStatus(client)).toBe(401)
    })

    test('closes the first sign-in, which only who writes it into its secret opens again', async () => {
      const { consoleUrl, consoleAccessSecret: SecretId } = stage().outputs
      const first = await firstSignIn(SecretId)
      const { visitor: partner } = await visitConsole(consoleUrl, stage().apiClient)
      const { first_close, done_first_closed } = WORDS.access
      const close = async () => partner.press(await partner.open('/clients'), { text: first_close })
      expect((await close()).body).toContain(done_first_closed)
      expect((await visitConsole(consoleUrl, first)).page).toMatchObject(REJECTED)
      const SecretString = JSON.stringify(first)
      await account.secrets.send(new PutSecretValueCommand({ SecretId, SecretString }))
      // What was read within the last second is not read anew.
      await expect
        .poll(async () => (await visitConsole(consoleUrl, first)).page.url, {
          timeout: 10_000,
          interval: 1100,
        })
        .toBe(`${consoleUrl}/health`)
      expect((await close()).body).toContain(done_first_closed)
    })

    async function tokenStatus({ clientId, clientSecret }: ApiClient): Promise<number> {
      const form = {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }
      const body = new URLSearchParams(form)
      const url = `${stage().outputs.apiUrl}/oauth/token`
      return (await fetch(url, { method: 'POST', body })).status
    }
  })
}

const REJECTED = { status: 401, body: expect.stringContaining(WORDS.sign_in.rejected) }

async function store(visitor: ConsoleVisitor, clientSecret: string): Promise<Visit> {
  const { clientId } = STAND_IN_APP
  const fields = { clientId, clientSecret, kind: 'client_secret', tenant: APP_TENANT_ID }
  const page = await visitor.open('/setup')
  return visitor.press(page, { text: WORDS.setup.credential.button, fields })
}

/** Until the change has gone its way: the stream, the events function, the history. */
async function expectOnPage(visitor: ConsoleVisitor, path: string, words: string): Promise<void> {
  const options = { timeout: EVENTS_PATIENCE_MS, interval: 500 }
  await expect.poll(async () => (await visitor.open(path)).body, options).toContain(words)
}

/** Of any form of the page: it is the session's. */
function formTokenOn({ body }: Visit): string {
  return /name="formToken" value="([^"]+)"/.exec(body)?.[1] ?? ''
}

async function firstSignIn(SecretId: string): Promise<ApiClient> {
  const { SecretString = '' } = await account.secrets.send(new GetSecretValueCommand({ SecretId }))
  const { clientId = '', clientSecret = '' }: Partial<ApiClient> = JSON.parse(SecretString)
  return { clientId, clientSecret }
}

async function versionOf(SecretId: string): Promise<string | undefined> {
  return (await account.secrets.send(new GetSecretValueCommand({ SecretId }))).VersionId
}
