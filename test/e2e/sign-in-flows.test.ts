import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '../../functions/domain/sign-in-token.ts'
import german from '../../functions/http/texts/de.json' with { type: 'json' }
import english from '../../functions/http/texts/en.json' with { type: 'json' }
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { unescaped } from '../unit/support/markup.ts'
import {
  type Browser,
  buttonsOf,
  createBrowser,
  fieldOn,
  signIn,
  type Visit,
} from './support/browser.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { type OwnTables, startOwnTables } from './support/own-tables.ts'
import { createPartner, type Partner, type SignInLinkOptions } from './support/partner.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const DEPLOYED_ORIGIN = 'https://deployed.example'
const NORTHWIND = 'https://northwind.crm11.dynamics.com'
const { pages, situations } = english

let tables: OwnTables
let service: RunningService
let partner: Partner

beforeAll(async () => {
  tables = await startOwnTables()
  // Every other link here returns to the service itself, which nobody has to allow.
  service = await startLocalService({ env: { ...tables.env, ALLOWED_ORIGINS: DEPLOYED_ORIGIN } })
  partner = createPartner(service.url)
})
afterEach(() => fetch(`${service.microsoftUrl}/admin/faults`, { method: 'DELETE' }))
afterAll(async () => {
  await service.stop()
  await tables.stop()
})

/** A link to a connection of an account of its own. */
async function aLink(options: Partial<SignInLinkOptions> = {}) {
  const account = options.account ?? crypto.randomUUID()
  const { connectionId, link } = await partner.signInLink({ account, ...options })
  const path = `/v1.0/account/connectors/${connectionId}`
  return {
    account,
    connectionId,
    link,
    read: async () => (await partner.call('GET', path, { account })).json,
    refresh: () => partner.call('POST', `${path}/refresh`, { account }),
    complete: (CompletionId: string, of: string = account) =>
      partner.call('POST', `${path}/complete`, { account: of, json: { CompletionId } }),
    again: (terms?: SignInLinkOptions['terms']) =>
      partner.signInLink({ account, connectionId, ...(terms && { terms }) }),
  }
}

async function fault(json: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'PUT', headers, body: JSON.stringify(json) }
  expect((await fetch(`${service.microsoftUrl}/admin/faults`, init)).ok).toBe(true)
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly grantType?: string
}

/** How often Microsoft was asked, while something is done. */
async function countAsked(matches: (asked: Asked) => boolean, act: () => Promise<unknown>) {
  const count = async () => {
    const response = await fetch(`${service.microsoftUrl}/admin/requests`)
    const { requests } = (await response.json()) as { readonly requests: readonly Asked[] }
    return requests.filter(matches).length
  }
  const before = await count()
  await act()
  return (await count()) - before
}

const isSignIn = ({ method, path }: Asked) => method === 'POST' && path.endsWith('/authorize')
const isRedemption = ({ grantType }: Asked) => grantType === 'authorization_code'

/** Picks an account on Microsoft's page, and goes where that leads. */
async function pick(browser: Browser, picker: Visit, username: string): Promise<Visit> {
  const picked = await browser.press(picker, { name: 'account', value: username })
  return picked.location === undefined ? picked : browser.open(picked.location)
}

/** Opens a link without an environment, and goes to Microsoft to find one. */
async function toFind(browser: Browser, link: string): Promise<Visit> {
  const page = await browser.open(link)
  return browser.follow(await browser.press(page, { text: pages.environment.find_button }))
}

function expectTitle(visit: Visit, title: string): void {
  expect(unescaped(visit.body)).toContain(`<h1>${title}</h1>`)
}

const connectedTo = (resource: string) => ({
  Status: 'connected',
  Authenticated: true,
  Reason: null,
  Environment: { Url: resource },
  Properties: [{ Name: 'Resource', Value: resource }],
})

describe('an environment that the partner does not know', () => {
  test('asks for it first, and asks Microsoft nothing', async () => {
    const { link, read } = await aLink()
    const asked = await countAsked(isSignIn, async () => {
      expectTitle(await createBrowser().open(link), pages.environment.title)
    })
    expect(asked).toBe(0)
    expect(await read()).toMatchObject({ Status: 'pending', Properties: [] })
  })

  test.each([
    ['plain', RESOURCE],
    ['with a slash', `${RESOURCE}/`],
    ['in capitals', 'HTTPS://EXAMPLE.CRM.DYNAMICS.COM'],
    ['without https', 'example.crm.dynamics.com'],
    ['with spaces around it', `  ${RESOURCE} `],
  ])(
    'an address typed %s leads to Microsoft, and stands on the connection then',
    async (...[, address]) => {
      const { link, read } = await aLink()
      const browser = createBrowser()
      const page = await browser.open(link)
      const typed = await browser.press(page, {
        text: pages.environment.button,
        fields: { address },
      })
      expect(typed.location).toContain(`/${TENANTS.contoso.id}/oauth2/v2.0/authorize?`)
      const end = await pick(browser, await browser.follow(typed), USERS.contosoMember.username)
      expect(end.location).toContain('status=connected')
      expect(await read()).toMatchObject(connectedTo(RESOURCE))
    },
  )

  test.each([
    ['a page of it', `${RESOURCE}/main.aspx?appid=1&pagetype=entitylist`],
    ['the host of its API', 'https://example.api.crm.dynamics.com/api/data/v9.2/'],
    ['http', 'http://example.crm.dynamics.com'],
  ])('%s is understood, and shown to be looked at first', async (_what, address) => {
    const { link, read } = await aLink()
    const browser = createBrowser()
    const page = await browser.open(link)
    const shown = await browser.press(page, { text: pages.environment.button, fields: { address } })
    expect(shown.location).toBeUndefined()
    expect(shown.body).toContain('<bdi>example.crm.dynamics.com</bdi>')
    const picker = await browser.follow(await browser.press(shown, { text: pages.welcome.button }))
    await pick(browser, picker, USERS.contosoMember.username)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  test.each([
    ['nothing', ''],
    ['another site', 'https://evil.example'],
    ['a site that begins alike', 'https://example.crm.dynamics.com.evil.example'],
    ['an address of a closed cloud', 'https://example.crm.microsoftdynamics.de'],
  ])(
    '%s is not understood, and the page says what an address looks like',
    async (_what, address) => {
      const { link } = await aLink()
      const browser = createBrowser()
      const page = await browser.open(link)
      const shown = await browser.press(page, {
        text: pages.environment.button,
        fields: { address },
      })
      expect(shown.status).toBe(422)
      expect(shown.location).toBeUndefined()
      expect(shown.body).toContain(pages.environment.not_understood)
    },
  )

  test('an address at which nobody answers is doubted once', async () => {
    await fault({ endpoint: 'whoami', authenticated: false, status: 503 })
    const { link, read } = await aLink()
    const browser = createBrowser()
    const page = await browser.open(link)
    const fields = { address: RESOURCE }
    const shown = await browser.press(page, { text: pages.environment.button, fields })
    expect(shown.status).toBe(422)
    expect(shown.body).toContain(pages.environment.nothing_there)
    const sure = await browser.press(shown, { text: pages.environment.sure })
    expect(sure.location).toContain('/organizations/oauth2/v2.0/authorize?')
    await pick(browser, await browser.follow(sure), USERS.contosoMember.username)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })
})

describe('finding an environment', () => {
  test('lists those of the person, and connects the picked one without a second sign-in', async () => {
    const { link, read } = await aLink()
    const browser = createBrowser()
    const asked = await countAsked(isSignIn, async () => {
      const list = await pick(browser, await toFind(browser, link), USERS.contosoMember.username)
      expectTitle(list, pages.choose.title)
      expect(list.body.match(/type="radio"/g)).toHaveLength(3)
      expect(list.body).not.toContain('fabrikam')
      const fields = { environment: 'https://contoso-dev.crm4.dynamics.com' }
      const end = await browser.press(list, { text: pages.choose.button, fields })
      expect(end.location).toContain('status=connected')
    })
    expect(asked).toBe(1)
    expect(await read()).toMatchObject(connectedTo('https://contoso-dev.crm4.dynamics.com'))
  })

  test('the connection found so is renewed like any other', async () => {
    const { link, refresh } = await aLink()
    const browser = createBrowser()
    const list = await pick(browser, await toFind(browser, link), USERS.contosoMember.username)
    const fields = { environment: RESOURCE }
    await browser.press(list, { text: pages.choose.button, fields })
    expect(await refresh()).toMatchObject({ status: 200, json: { Outcome: 'refreshed' } })
  })

  test('one that was not on the list is not connected, whatever the form says', async () => {
    const { link, read } = await aLink()
    const browser = createBrowser()
    const list = await pick(browser, await toFind(browser, link), USERS.contosoMember.username)
    const fields = { environment: 'https://fabrikam.crm4.dynamics.com' }
    expectTitle(
      await browser.press(list, { text: pages.choose.button, fields }),
      pages.choose.title,
    )
    expect(await read()).toMatchObject({ Status: 'pending', Properties: [] })
  })

  test('a person without environments is told so, and can use another account', async () => {
    const { link, read } = await aLink()
    const browser = createBrowser()
    const end = await pick(browser, await toFind(browser, link), USERS.contosoWithoutRole.username)
    expectTitle(end, situations.no_environments_found.title)
    expect(end.body).toContain(`<bdi>${USERS.contosoWithoutRole.username}</bdi>`)
    expect(await read()).toMatchObject({ Status: 'pending', Reason: null })
    const picker = await browser.follow(
      await browser.press(end, { text: pages.failed.other_account }),
    )
    const list = await pick(browser, picker, USERS.contosoMember.username)
    expectTitle(list, pages.choose.title)
  })

  test('a hundred environments are all on the list, in the order of their names', async () => {
    const others = Array.from({ length: 99 }, (_, index) => ({
      FriendlyName: `Branch ${String(99 - index).padStart(2, '0')}`,
      Url: `https://branch${99 - index}.crm4.dynamics.com`,
      Region: 'EMEA',
      OrganizationType: 5,
      State: 0,
    }))
    const own = { FriendlyName: 'Head office', Url: RESOURCE, State: 0, OrganizationType: 0 }
    await fault({ endpoint: 'globaldisco', body: JSON.stringify({ value: [own, ...others] }) })
    const { link, read } = await aLink()
    const browser = createBrowser()
    const list = await pick(browser, await toFind(browser, link), USERS.contosoMember.username)
    const names = [...list.body.matchAll(/<strong>(.*?)<\/strong>/g)].map(([, name]) => name)
    expect(names).toHaveLength(100)
    expect(names).toEqual(names.toSorted())
    const fields = { environment: RESOURCE }
    await browser.press(list, { text: pages.choose.button, fields })
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  test('one that does not work leaves the others to be picked, still without a second sign-in', async () => {
    await fault({
      endpoint: 'whoami',
      tenant: 'contoso.crm4.dynamics.com',
      authenticated: true,
      code: 0x80072560,
    })
    const { link, read } = await aLink()
    const browser = createBrowser()
    const asked = await countAsked(isSignIn, async () => {
      const list = await pick(browser, await toFind(browser, link), USERS.contosoMember.username)
      const choose = (page: Visit, environment: string) =>
        browser.press(page, { text: pages.choose.button, fields: { environment } })
      const failed = await choose(list, 'https://contoso.crm4.dynamics.com')
      expectTitle(failed, situations.no_dataverse_role.title)
      const others = await browser.press(failed, { text: pages.failed.other_environment })
      expect((await choose(others, RESOURCE)).location).toContain('status=connected')
    })
    expect(asked).toBe(1)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })
})

describe('an organization in which only administrators can allow the application', () => {
  const { northwindMember: member, northwindAdmin: admin } = USERS
  const back = 'Return to the application without granting consent'

  /** From the link to Microsoft's wall, and back to the page that has a link for the administrator. */
  async function upToAdminLink(link: string) {
    const browser = createBrowser()
    const wall = await signIn(browser, link, member.username)
    expect(wall.body).toContain('Need admin approval')
    const page = await browser.click(wall, back)
    return { page, adminLink: fieldOn(page, 'admin-link') ?? '' }
  }

  // One organization, so one story: it is not open again for the next test.
  test('refuses the member, takes an administrator’s no and yes, and lets the same link work then', async () => {
    const { link, read } = await aLink({ resource: NORTHWIND })
    const { page, adminLink } = await upToAdminLink(link)
    expectTitle(page, situations.cancelled_or_needs_approval.title)
    expect(adminLink).toContain(`/${TENANTS.northwind.id}/v2.0/adminconsent?`)
    expect(await read()).toMatchObject({ Status: 'pending', Reason: null })

    const administrator = createBrowser()
    const answer = async (decision: string, account: string) => {
      const asked = await administrator.open(adminLink)
      const fields = { account }
      return administrator.follow(
        await administrator.press(asked, { name: 'decision', value: decision, fields }),
      )
    }
    const declined = await answer('cancel', admin.username)
    expect(declined.url).toContain('admin_consent=True')
    expectTitle(declined, pages.consent_refused.title)
    expect(declined.body).toContain('AADSTS65004')
    const notAllowed = await answer('accept', member.username)
    expectTitle(notAllowed, pages.consent_refused.title)
    expectTitle((await upToAdminLink(link)).page, situations.cancelled_or_needs_approval.title)

    const granted = await answer('accept', admin.username)
    expectTitle(granted, pages.consent_granted.title)
    expect(granted.body).toContain(pages.consent_granted.user_impersonation)
    expect(await read()).toMatchObject({ Status: 'pending' })
    const end = await signIn(createBrowser(), link, member.username)
    expect(end.location).toContain('status=connected')
    expect(await read()).toMatchObject(connectedTo(NORTHWIND))
  })

  test('a permission that has not spread yet is waited for', async () => {
    const late = { endpoint: 'token', grantType: 'authorization_code', code: 65001, times: 1 }
    await fault(late)
    const { link, read } = await aLink({ resource: RESOURCE })
    const asked = await countAsked(isRedemption, async () => {
      const end = await signIn(createBrowser(), link, USERS.contosoMember.username)
      expect(end.location).toContain('status=connected')
    })
    expect(asked).toBe(2)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })
})

describe('a sign-in that ends at Microsoft', () => {
  test.each([
    ['Cancel', 'cancel', 'cancelled_or_needs_approval'],
    ['no to the permissions', 'decline', 'consent_declined'],
    ['without consent', 'consent_required', 'needs_admin_consent'],
  ] as const)(
    '%s: the page has a link for an administrator, and Try again leads on',
    async (_what, outcome, situation) => {
      const { link, read } = await aLink({ resource: RESOURCE })
      const browser = createBrowser()
      const picker = await browser.follow(await browser.open(link))
      const ended = await browser.follow(
        await browser.press(picker, { name: 'outcome', value: outcome }),
      )
      expectTitle(ended, situations[situation].title)
      expect(fieldOn(ended, 'admin-link')).toContain(`/${TENANTS.contoso.id}/v2.0/adminconsent?`)
      const again = await browser.follow(await browser.press(ended, { text: pages.failed.again }))
      const end = await pick(browser, again, USERS.contosoMember.username)
      expect(end.location).toContain('status=connected')
      expect(await read()).toMatchObject(connectedTo(RESOURCE))
    },
  )

  test.each([
    ['a personal account', 'personal'],
    ['an account of another organization', 'fabrikamMember'],
  ] as const)('%s stays on Microsoft’s page, and nothing changes', async (_what, role) => {
    const { link, read } = await aLink({ resource: RESOURCE })
    const before = await read()
    const end = await signIn(createBrowser(), link, USERS[role].username)
    expect(end.url).toContain(service.microsoftUrl)
    expect(end.body).toContain('AADSTS50020')
    expect(await read()).toEqual(before)
  })

  test('a guest is signed in at the organization of the environment', async () => {
    const { link, read } = await aLink({ resource: RESOURCE })
    const guest = USERS.fabrikamGuest
    await signIn(createBrowser(), link, guest.username)
    expect(await read()).toMatchObject({
      ...connectedTo(RESOURCE),
      User: {
        TenantId: TENANTS.contoso.id,
        ObjectId: guest.objectIds[TENANTS.contoso.id],
        Username: guest.username,
      },
    })
  })

  test('an account without a role is told so; another one of the same person succeeds', async () => {
    const { link, read } = await aLink({ resource: RESOURCE })
    const browser = createBrowser()
    const failed = await signIn(browser, link, USERS.contosoWithoutRole.username)
    expectTitle(failed, situations.no_dataverse_role.title)
    expect(await read()).toMatchObject({ Status: 'pending', User: null, Reason: null })
    const next = await browser.press(failed, { text: pages.failed.other_account })
    await pick(browser, await browser.follow(next), USERS.contosoMember.username)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })
})

describe('a reconnect', () => {
  const { contosoMember: member, contosoAdmin: other } = USERS

  async function aConnection(options: Partial<SignInLinkOptions> = {}) {
    const made = await aLink({ resource: RESOURCE, ...options })
    await signIn(createBrowser(), made.link, member.username)
    expect(await made.read()).toMatchObject(connectedTo(RESOURCE))
    return made
  }

  test('after a refusal, by the same account, connects again', async () => {
    const { read, refresh, again } = await aConnection()
    await fault({ endpoint: 'token', grantType: 'refresh_token', code: 50173, times: 1 })
    expect((await refresh()).status).toBe(409)
    expect(await read()).toMatchObject({ Status: 'reauthorization_required' })
    const { link } = await again()
    const start = await createBrowser().open(link)
    expect(new URL(start.location ?? '').searchParams.has('login_hint')).toBe(true)
    await signIn(createBrowser(), link, member.username)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  test('passes Microsoft’s claims challenge on, once', async () => {
    const { read, refresh, again } = await aConnection()
    await fault({ endpoint: 'token', grantType: 'refresh_token', code: 53003, times: 1 })
    await refresh()
    expect(await read()).toMatchObject({ Status: 'connected', Reason: { Code: 'AADSTS53003' } })
    const claimsOf = async () => {
      const start = await createBrowser().open((await again()).link)
      return new URL(start.location ?? '').searchParams.get('claims')
    }
    expect(JSON.parse((await claimsOf()) ?? '')).toMatchObject({
      access_token: { capolids: { essential: true } },
    })
    await signIn(createBrowser(), (await again()).link, member.username)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
    expect(await claimsOf()).toBeNull()
  })

  test('by another account is refused, and changes nothing', async () => {
    const { read, again } = await aConnection()
    const before = await read()
    const end = await signIn(createBrowser(), (await again()).link, other.username)
    expectTitle(end, situations.wrong_user.title)
    expect(await read()).toEqual(before)
  })

  test('by another account is fine where the partner allows it', async () => {
    const { read, again } = await aConnection()
    const { link } = await again({ AllowUserChange: true })
    const start = await createBrowser().open(link)
    expect(new URL(start.location ?? '').searchParams.get('prompt')).toBe('select_account')
    await signIn(createBrowser(), link, other.username)
    expect(await read()).toMatchObject({
      ...connectedTo(RESOURCE),
      User: { Username: other.username },
    })
  })
})

describe('what the partner asks for with a link', () => {
  const { contosoMember: member, contosoAdmin: other } = USERS
  const TenantId = TENANTS.contoso.id
  const UserObjectId = member.objectIds[TenantId]

  test('one person: another is refused, that one connects', async () => {
    const { link, read } = await aLink({ resource: RESOURCE, terms: { TenantId, UserObjectId } })
    const refused = await signIn(createBrowser(), link, other.username)
    expectTitle(refused, situations.unexpected_user.title)
    expect(await read()).toMatchObject({ Status: 'pending' })
    await signIn(createBrowser(), link, member.username)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  test('one organization: an environment of another leads nowhere', async () => {
    const terms = { TenantId: TENANTS.fabrikam.id }
    const { link } = await aLink({ resource: RESOURCE, terms })
    const end = await createBrowser().open(link)
    expect(end.status).toBe(409)
    expectTitle(end, pages.environment_of_other_organization.title)
  })

  test('one organization: an environment is looked for there', async () => {
    const { link, read } = await aLink({ terms: { TenantId } })
    const browser = createBrowser()
    const picker = await toFind(browser, link)
    expect(picker.url).toContain(`/${TenantId}/oauth2/v2.0/authorize?`)
    const list = await pick(browser, picker, USERS.fabrikamGuest.username)
    expect(list.body.match(/type="radio"/g)).toHaveLength(2)
    await browser.press(list, { text: pages.choose.button, fields: { environment: RESOURCE } })
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  test('confirmation: the sign-in waits for the partner’s backend, once and for this connection', async () => {
    const asked = { resource: RESOURCE, terms: { ConfirmationRequired: true } }
    const { link, read, complete } = await aLink(asked)
    const end = await signIn(createBrowser(), link, member.username)
    const parameters = new URL(end.location ?? '').searchParams
    expect(parameters.get('status')).toBe('confirmation_required')
    const completionId = parameters.get('completionId') ?? ''
    expect(await read()).toMatchObject({ Status: 'pending', User: null })

    const foreign = await aLink(asked)
    expect((await foreign.complete(completionId)).status).toBe(404)
    expect((await complete(completionId, foreign.account)).status).toBe(404)
    expect((await complete('A'.repeat(43))).status).toBe(404)
    expect(await read()).toMatchObject({ Status: 'pending' })

    const completed = await complete(completionId)
    expect(completed).toMatchObject({ status: 200, json: { Status: 'connected' } })
    const once = await read()
    expect(await complete(completionId)).toMatchObject({ status: 200 })
    expect(await read()).toEqual(once)
  })

  test('confirmation: it can come too late', async () => {
    const { link, read, complete } = await aLink({
      resource: RESOURCE,
      terms: { ConfirmationRequired: true },
    })
    const end = await signIn(createBrowser(), link, member.username)
    const completionId = new URL(end.location ?? '').searchParams.get('completionId') ?? ''
    await tables.expireParked(digestOf(completionId))
    expect(await complete(completionId)).toMatchObject({
      status: 404,
      json: { Code: 'completion_unknown' },
    })
    expect(await read()).toMatchObject({ Status: 'pending', User: null })
  })

  test('confirmation: what does not fit the connection any more is refused', async () => {
    const { link, read, complete, account, connectionId } = await aLink({
      resource: RESOURCE,
      terms: { ConfirmationRequired: true },
    })
    const end = await signIn(createBrowser(), link, member.username)
    const completionId = new URL(end.location ?? '').searchParams.get('completionId') ?? ''
    // Meanwhile somebody else connects it.
    const meanwhile = await partner.signInLink({ account, connectionId })
    await signIn(createBrowser(), meanwhile.link, other.username)
    const before = await read()
    const refused = await complete(completionId)
    expect(refused).toMatchObject({ status: 409, json: { Code: 'completion_refused' } })
    expect(await read()).toEqual(before)
  })
})

describe('an origin of the settings', () => {
  const ORIGIN = 'https://app.example'
  const link = { resource: RESOURCE, targetOrigin: `${ORIGIN}/done` }
  afterEach(() => tables.allowOrigins([]))

  test('is one that a sign-in returns to, from the next link on', async () => {
    const before = await aLink(link)
    const refused = await createBrowser().open(before.link)
    expect(refused.status).toBe(400)
    expectTitle(refused, pages.target_not_allowed.title)

    await tables.allowOrigins([ORIGIN])
    const browser = createBrowser()
    const { connectionId, link: allowed, read } = await aLink(link)
    const end = await pick(
      browser,
      await browser.follow(await browser.open(allowed)),
      USERS.contosoMember.username,
    )
    expect(end.location).toBe(`${ORIGIN}/done?connectionId=${connectionId}&status=connected`)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  test('is refused again once it is taken away', async () => {
    await tables.allowOrigins([ORIGIN])
    const { link: url } = await aLink(link)
    expect((await createBrowser().open(url)).status).toBe(303)
    await tables.allowOrigins(['https://another.example'])
    const refused = await createBrowser().open(url)
    expect([refused.status, refused.location]).toEqual([400, undefined])
    expectTitle(refused, pages.target_not_allowed.title)
  })

  test('stands beside those of the deployment, and the service itself', async () => {
    await tables.allowOrigins([ORIGIN])
    for (const origin of [ORIGIN, DEPLOYED_ORIGIN, service.url]) {
      const { link: url } = await aLink({ ...link, targetOrigin: `${origin}/done` })
      expect((await createBrowser().open(url)).status).toBe(303)
    }
  })
})

describe('a link that is mailed', () => {
  const mailed = { resource: RESOURCE, terms: { LifetimeMinutes: 60 * 24 } }

  test('opens a page that names the environment, and goes on from there', async () => {
    const { link, read } = await aLink(mailed)
    const browser = createBrowser()
    const page = await browser.open(link)
    expect(page.location).toBeUndefined()
    expect(page.body).toContain('<bdi>example.crm.dynamics.com</bdi>')
    const picker = await browser.follow(await browser.press(page, { text: pages.welcome.button }))
    await pick(browser, picker, USERS.contosoMember.username)
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  test.each([
    ['with its environment', mailed],
    ['without one', { terms: mailed.terms }],
  ])('%s survives a scanner that opens and presses everything', async (_what, options) => {
    const { link, read } = await aLink(options)
    const scanner = createBrowser()
    await fetch(link, { method: 'HEAD', redirect: 'manual' })
    await fetch(link, { method: 'POST', redirect: 'manual' })
    await scan(scanner, await scanner.open(link), new Set())
    expect(await read()).toMatchObject({ Status: 'pending', Reason: null })
    const browser = createBrowser()
    const page = await browser.open(link)
    const knows = page.body.includes('<bdi>example.crm.dynamics.com</bdi>')
    const button = knows
      ? { text: pages.welcome.button }
      : { text: pages.environment.button, fields: { address: RESOURCE } }
    const picker = await browser.follow(await browser.press(page, button))
    const end = await pick(browser, picker, USERS.contosoMember.username)
    expect(end.location).toContain('status=connected')
    expect(await read()).toMatchObject(connectedTo(RESOURCE))
  })

  /** Presses every button of every page of ours that it comes to, by GET and HEAD what it is led to. */
  async function scan(scanner: Browser, page: Visit, seen: Set<string>): Promise<void> {
    for (const button of buttonsOf(page)) {
      if (seen.has(String(button.text))) continue
      seen.add(String(button.text))
      const next = await scanner.press(page, button)
      if (next.location !== undefined) await fetch(next.location, { method: 'HEAD' })
      await scan(scanner, next, seen)
    }
    expect(seen.size).toBeGreaterThan(0)
  }
})

describe('the language', () => {
  test('of the link is kept through every page, up to the last', async () => {
    const { link } = await aLink({ lang: 'de', resource: undefined })
    const browser = createBrowser()
    const page = await browser.open(link)
    expect(page.body).toContain('<html lang="de"')
    const forward = await browser.press(page, { text: german.pages.environment.find_button })
    expect(forward.body).toContain('<html lang="de"')
    const end = await pick(
      browser,
      await browser.follow(forward),
      USERS.contosoWithoutRole.username,
    )
    expect(end.body).toContain('<html lang="de"')
    expectTitle(end, german.situations.no_environments_found.title)
    const again = await browser.press(end, { text: german.pages.failed.again })
    expect(again.body).toContain('<html lang="de"')
  })

  test('of the help is that of its address, else English', async () => {
    const help = (query: string) => createBrowser().open(`${service.url}/help/aadsts/65001${query}`)
    expectTitle(await help('?lang=de'), german.situations.needs_admin_consent.title)
    expectTitle(await help(''), situations.needs_admin_consent.title)
  })
})
