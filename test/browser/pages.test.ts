import { describe, expect } from 'vitest'
import { MOST_STARTS } from '../../functions/domain/sign-in-token.ts'
import { CALLBACK_PATH } from '../../functions/http/routes.ts'
import { TENANTS, USERS } from '../../infra/local/microsoft/directory.ts'
import { requireAccessible } from './support/accessible.ts'
import { test } from './support/browser-test.ts'
import { screenshot } from './support/screenshot.ts'
import type { Stage } from './support/stage.ts'
import { expectBackAtPartner, expectPage, signInAs, stopAtCallback } from './support/steps.ts'

/** A page that an address alone leads to. */
interface PageAtAddress {
  readonly name: string
  readonly status: number
  readonly heading: string
  readonly address: (stage: Stage) => Promise<string> | string
}

async function changedLink(stage: Stage, change: (query: URLSearchParams) => void) {
  const url = new URL((await stage.aSignInLink()).link)
  change(url.searchParams)
  return url.href
}

const callback = (query: string) => (stage: Stage) => `${stage.serviceUrl}${CALLBACK_PATH}?${query}`

const PAGES: readonly PageAtAddress[] = [
  {
    name: 'link-not-valid',
    status: 403,
    heading: 'This link is not valid',
    address: (stage) => changedLink(stage, (query) => query.set('token', 'another')),
  },
  {
    name: 'link-target-not-allowed',
    status: 400,
    heading: 'This link cannot be used',
    address: (stage) =>
      changedLink(stage, (query) => query.set('targetOrigin', 'https://elsewhere.example/')),
  },
  {
    name: 'link-not-complete',
    status: 400,
    heading: 'This link cannot be used',
    address: (stage) => changedLink(stage, (query) => query.append('id', '1')),
  },
  {
    name: 'link-expired',
    status: 403,
    heading: 'This link has expired',
    address: async (stage) => {
      const { link } = await stage.aSignInLink()
      await stage.clockAhead(60 * 60 * 1000)
      return link
    },
  },
  {
    name: 'link-worn-out',
    status: 403,
    heading: 'This link was opened too often',
    address: async (stage) => {
      const { link } = await stage.aSignInLink()
      for (let start = 0; start < MOST_STARTS; start += 1) {
        await fetch(link, { redirect: 'manual' })
      }
      return link
    },
  },
  {
    name: 'link-for-other-organization',
    status: 409,
    heading: 'The environment belongs to another organization',
    address: async (stage) =>
      (await stage.aSignInLink({ terms: { TenantId: TENANTS.fabrikam.id } })).link,
  },
  {
    name: 'callback-not-complete',
    status: 400,
    heading: 'Please start again',
    address: callback('code=&state='),
  },
  {
    name: 'callback-unknown',
    status: 400,
    heading: 'Please start again',
    address: callback('code=a&state=b'),
  },
  {
    name: 'admin-consent-granted',
    status: 200,
    heading: 'Permission granted',
    address: callback('admin_consent=True&tenant=contoso'),
  },
  {
    name: 'admin-consent-declined',
    status: 200,
    heading: 'Permission not granted',
    address: callback('admin_consent=True&error=access_denied'),
  },
]

/** How long Microsoft and the environment each take to answer: less than they are given. */
const HELD_MS = 4000

describe('every page has a heading that says what is up, and nothing that axe finds', () => {
  test.for(PAGES)('$name', async ({ name, status, heading, address }, { stage, page }) => {
    const answer = await page.goto(await address(stage))
    expect(answer?.status()).toBe(status)
    await expectPage(page, heading)
    await requireAccessible(page)
    await screenshot(page, name)
  })

  test('in-progress', async ({ stage, visitor, page }) => {
    await stage.fault({ endpoint: 'token', delayMs: HELD_MS, times: 1 })
    await stage.fault({ endpoint: 'whoami', authenticated: true, delayMs: HELD_MS, times: 1 })
    const { link } = await stage.aSignInLink()
    await page.goto(link)
    const address = await stopAtCallback(page, stage, USERS.contosoMember)
    const before = stage.redemptions()
    // Not by a second tab: Chromium asks for one address once at a time.
    const first = visitor.context.request.get(address, { maxRedirects: 0 })
    await expect.poll(() => stage.redemptions() - before).toBe(1)
    const answer = await page.goto(address)
    expect(answer?.status()).toBe(202)
    await expectPage(page, 'Signing you in')
    await requireAccessible(page)
    await screenshot(page, 'in-progress')
    expect((await first).status()).toBe(303)
    await page.reload()
    await expectBackAtPartner(page, stage, 'connected')
    expect(stage.redemptions() - before).toBe(1)
  })
})

test('every answer on the way has the security headers', async ({ stage, visitor, page }) => {
  const { origin } = stage.partnerSite
  const { link } = await stage.aSignInLink({ targetOrigin: origin, callbackMessage: 'done' })
  await page.goto(link)
  await signInAs(page, USERS.contosoMember)
  await expectPage(page, 'Connected')
  await page.goto(`${stage.serviceUrl}/nothing/is/here`)
  // What was missing would be among the problems; each of these answers was looked at.
  expect(visitor.watch.problems()).toEqual([])
  const seen = visitor.watch.answers.map(({ status, path }) => `${status} ${path}`)
  expect(seen).toEqual(
    expect.arrayContaining([
      '303 /connectorauth/updateaccountconnectoroauth',
      '200 /connector/callback',
      '404 /nothing/is/here',
    ]),
  )
})
