import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Situation, Who } from '../../functions/domain/reason.ts'
import { factsOf, SITUATIONS } from '../../functions/domain/situations.ts'
import english from '../../functions/http/texts/en.json' with { type: 'json' }
import { LOCAL_BRAND } from '../../infra/local/local-brand.ts'
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { CORE_CODES } from '../unit/domain/aadsts-codes.ts'
import { unescaped } from '../unit/support/markup.ts'
import { createBrowser, fieldOn, signIn, type Visit } from './support/browser.ts'
import { CORE_CODE_ROWS, type CoreCodeRow, type Leg } from './support/core-code-rows.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { type OwnTables, startOwnTables } from './support/own-tables.ts'
import { type ApiAnswer, createPartner, type Partner } from './support/partner.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const { username } = USERS.contosoMember

let tables: OwnTables
let service: RunningService
let partner: Partner

// The tables are the test's own, so that one row's breaker does not hold the next row back for a minute.
beforeAll(async () => {
  tables = await startOwnTables()
  service = await startLocalService({ env: tables.env })
  partner = createPartner(service.url)
})
afterEach(() => fetch(`${service.microsoftUrl}/admin/faults`, { method: 'DELETE' }))
afterAll(async () => {
  await service.stop()
  await tables.stop()
})

const rowsOn = (...legs: readonly Leg[]) =>
  CORE_CODE_ROWS.filter(({ leg }) => legs.includes(leg)).map((row) => ({
    ...row,
    name: `AADSTS${row.code}`,
  }))

async function fault(json: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'PUT', headers, body: JSON.stringify(json) }
  expect((await fetch(`${service.microsoftUrl}/admin/faults`, init)).ok).toBe(true)
}

/** A connection of an account of its own. */
async function aLink() {
  const account = crypto.randomUUID()
  const { connectionId, link } = await partner.signInLink({ account, resource: RESOURCE })
  const path = `/v1.0/account/connectors/${connectionId}`
  return {
    link,
    read: async () => (await partner.call('GET', path, { account })).json,
    refresh: () => partner.call('POST', `${path}/refresh`, { account }),
    token: () => partner.call('GET', `${path}/token`, { account }),
  }
}

async function connected() {
  const link = await aLink()
  await signIn(createBrowser(), link.link, username)
  const before = await link.read()
  expect(before).toMatchObject({ Status: 'connected', Reason: null, LastFailure: null })
  return { ...link, before }
}

const WHO: Readonly<Record<Who, string>> = {
  user: 'You',
  administrator: 'Your Microsoft administrator',
  application_owner: LOCAL_BRAND.name,
  nobody: 'No one: please wait and try again',
}

/** The page says what happened, what to do, who can do it, and under which code. */
function expectExplained(
  { status, body }: Visit,
  { situation, who, code }: { situation: Situation; who: string; code: string },
): void {
  const { title, happened, remedy } = english.situations[situation]
  const text = unescaped(body)
  expect(status).toBe(200)
  expect(text).toContain(`<h1>${title}</h1>`)
  expect(text).toContain(`<p>${happened}</p>`)
  expect(text).toContain(`<p>${remedy}</p>`)
  expect(text).toContain(`<dt>Who can fix this</dt><dd>${who}</dd>`)
  expect(text).toContain(`<dt>Code</dt><dd>${code}</dd>`)
}

/** Only where it may help is there a link for an administrator, and it leads to the same organization. */
function expectAdminLink(visit: Visit, situation: Situation): void {
  const link = fieldOn(visit, 'admin-link')
  const consent = `${service.microsoftUrl}/${TENANTS.contoso.id}/v2.0/adminconsent?`
  if (factsOf(situation).needsAdminConsent) expect(link).toContain(consent)
  else expect(link).toBeUndefined()
}

/** Microsoft's number for the attempt, by which an administrator finds it. */
const CORRELATION = /<dt>Correlation ID<\/dt><dd>[0-9a-f-]{36}<\/dd>/

/** The situations in which an administrator's consent may be what is missing, written down once more. */
const WITH_ADMIN_LINK = [
  'app_missing_in_tenant',
  'cancelled_or_needs_approval',
  'consent_declined',
  'needs_admin_consent',
]

test('every code of the core is played on one leg at least, and no other code', () => {
  const played = new Set(CORE_CODE_ROWS.map(({ code }) => code))
  expect([...played]).toEqual([...CORE_CODES])
})

test('an administrator gets a link where consent may be missing, and nowhere else', () => {
  const linked = Object.entries(SITUATIONS).flatMap(([name, facts]) =>
    'needsAdminConsent' in facts ? [name] : [],
  )
  expect(linked.toSorted()).toEqual(WITH_ADMIN_LINK)
})

describe('sent back by Microsoft', () => {
  test.each(rowsOn('response'))(
    '$name in the response: $who, $situation',
    async ({ name, code, who, situation }) => {
      await fault({ endpoint: 'authorize', code, times: 1 })
      const { link, read } = await aLink()
      const before = await read()
      const end = await signIn(createBrowser(), link, username)
      expectExplained(end, { situation, who: WHO[who], code: name })
      expect(end.body).toMatch(CORRELATION)
      expectAdminLink(end, situation)
      expect(await read()).toEqual(before)
    },
  )
})

describe('shown by Microsoft itself', () => {
  test.each(rowsOn('page'))(
    '$name on a page of Microsoft: $who, $situation',
    async ({ name, code, who, situation }) => {
      await fault({ endpoint: 'authorize', code, times: 1 })
      const { link, read } = await aLink()
      const before = await read()
      const end = await signIn(createBrowser(), link, username)
      expect(end.url).toContain(service.microsoftUrl)
      expect(end.body).toContain(name)
      const help = await createBrowser().open(`${service.url}/help/aadsts/${name}`)
      expectExplained(help, { situation, who: WHO[who], code: name })
      expect(await read()).toEqual(before)
      expect(before).toMatchObject({ Status: 'pending', Reason: null })
    },
  )
})

describe('at the redemption of the code', () => {
  test.each(rowsOn('redemption'))(
    '$name at the redemption: $who, $situation',
    async ({ name, code, who, situation }) => {
      await fault({ endpoint: 'token', grantType: 'authorization_code', code })
      const { link, read } = await aLink()
      const before = await read()
      const end = await signIn(createBrowser(), link, username)
      expectExplained(end, { situation, who: WHO[who], code: name })
      expect(end.body).toMatch(CORRELATION)
      expectAdminLink(end, situation)
      expect(await read()).toEqual(before)
    },
  )

  test.each(rowsOn('redemption-busy'))(
    '$name at the redemption, from a Microsoft that is busy: nobody, microsoft_unavailable',
    async ({ code }) => {
      await fault({ endpoint: 'token', grantType: 'authorization_code', code })
      const { link, read } = await aLink()
      const before = await read()
      const end = await signIn(createBrowser(), link, username)
      const situation = 'microsoft_unavailable'
      expectExplained(end, { situation, who: WHO.nobody, code: situation })
      expectAdminLink(end, situation)
      expect(await read()).toEqual(before)
    },
  )
})

/** Refreshes a connection that Microsoft refuses, and lets go of what would hold the next row back. */
async function refusedRefresh({ code }: CoreCodeRow) {
  const connection = await connected()
  await fault({ endpoint: 'token', grantType: 'refresh_token', code })
  try {
    const answer = await connection.refresh()
    return { ...connection, answer, after: await connection.read() }
  } finally {
    await tables.releaseBrakes(TENANTS.contoso.id)
  }
}

function reasonOf({ code, who, situation }: CoreCodeRow) {
  const { happened, remedy } = english.situations[situation]
  const At = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
  return { Code: `AADSTS${code}`, Who: who, Message: `${happened} ${remedy}`, At }
}

function expectLater({ status, headers }: ApiAnswer): void {
  expect(status).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
}

describe('at a refresh', () => {
  test.each(rowsOn('refresh-ended'))(
    '$name at a refresh: $who, $situation; somebody has to sign in again',
    async (row) => {
      const { answer, after } = await refusedRefresh(row)
      expect(answer).toMatchObject({ status: 409, json: { Code: 'reauthorization_required' } })
      expect(after).toMatchObject({
        Status: 'reauthorization_required',
        Authenticated: false,
        Reason: reasonOf(row),
        NextRefreshAtUtc: null,
      })
    },
  )

  test.each(rowsOn('refresh-blocked'))(
    '$name at a refresh: $who, $situation; blocked, and stays connected',
    async (row) => {
      const { answer, after, token } = await refusedRefresh(row)
      expectLater(answer)
      expect(answer.json).toMatchObject({ Code: 'temporarily_unavailable' })
      expect(after).toMatchObject({
        Status: 'connected',
        Authenticated: true,
        Reason: reasonOf(row),
        LastFailure: { Code: row.name, Count: 1 },
        RefreshedAtUtc: null,
      })
      expect((await token()).status).toBe(200)
    },
  )

  test.each(rowsOn('refresh-breaker'))(
    '$name at a refresh: $who, $situation; no connection changes',
    async (row) => {
      const { answer, before, after, token } = await refusedRefresh(row)
      expectLater(answer)
      expect(answer.json).toMatchObject({
        Code: 'app_credential_rejected',
        Message: expect.stringContaining(row.name),
      })
      expect(after).toEqual(before)
      expect((await token()).status).toBe(200)
    },
  )

  test.each(rowsOn('refresh-passing', 'refresh-busy'))(
    '$name at a refresh: nobody, $situation; passes by itself',
    async (row) => {
      const { answer, after, token } = await refusedRefresh(row)
      const Code = row.leg === 'refresh-passing' ? row.name : expect.stringMatching(/^http_\d{3}$/)
      expectLater(answer)
      expect(answer.json).toMatchObject({ Code: 'temporarily_unavailable' })
      expect(after).toMatchObject({
        Status: 'connected',
        Authenticated: true,
        Reason: null,
        LastFailure: { Code, Count: 1 },
      })
      expect((await token()).status).toBe(200)
    },
  )
})

describe('accepted by Microsoft, refused by the environment (WhoAmI)', () => {
  const hexadecimal = (code: string) => Number.parseInt(code, 16)

  test.each([
    ['0x80072560', 'administrator', 'no_dataverse_role'],
    ['0x80040220', 'administrator', 'no_dataverse_role'],
    ['0x80095ffc', 'administrator', 'environment_blocks_app'],
    ['0x80060888', 'administrator', 'environment_firewall'],
  ] as const)('%s from the environment: %s, %s', async (code, who, situation) => {
    await fault({ endpoint: 'whoami', authenticated: true, code: hexadecimal(code) })
    await expectNotProven({ code, who, situation })
  })

  test.each([
    [403, 'administrator', 'environment_firewall'],
    [401, 'application_owner', 'environment_rejected_token'],
    [503, 'nobody', 'environment_unavailable'],
  ] as const)('%i without a code from the environment: %s, %s', async (status, who, situation) => {
    await fault({ endpoint: 'whoami', authenticated: true, status, body: '<html>' })
    await expectNotProven({ code: situation, who, situation })
  })

  async function expectNotProven(expected: {
    readonly code: string
    readonly who: Who
    readonly situation: Situation
  }): Promise<void> {
    const { link, read } = await aLink()
    const before = await read()
    const end = await signIn(createBrowser(), link, username)
    expectExplained(end, { ...expected, who: WHO[expected.who] })
    expect(end.body).toContain(`<bdi>${username}</bdi>`)
    expectAdminLink(end, expected.situation)
    expect(await read()).toEqual(before)
  }
})
