import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FailedAuthorization } from '../../../functions/domain/authorization-request.ts'
import { PORTAL_LINKS } from '../../../functions/domain/portal-links.ts'
import { type FailedSignIn, failedPage } from '../../../functions/http/failed-page.ts'
import { aView } from '../../support/a-view.ts'
import { anAuthorizationRequest, aReason, aReturnTarget } from '../../support/builders.ts'
import { answered } from '../support/answered.ts'
import { attribute, attributes, dataOf, formsOf, scriptOf } from '../support/markup.ts'

const ORIGIN = 'https://partner.example'
const CONSENT_URL = 'https://login.example/t/v2.0/adminconsent?client_id=1&scope=a+b'

function aFailure(failure: Partial<FailedAuthorization> = {}): FailedAuthorization {
  return { outcome: 'failed', reason: aReason(), ...failure }
}

/** The page of a sign-in to connection 42 that goes back to the partner. */
function shown(
  failed: Partial<FailedSignIn> = {},
  target: Parameters<typeof aReturnTarget>[0] = {},
): string {
  const returnTarget = aReturnTarget({ targetOrigin: `${ORIGIN}/back?a=1&b=2`, ...target })
  const page = failedPage(aView(), {
    request: anAuthorizationRequest({ id: 'the-request', connectionId: 42, returnTarget }),
    failure: aFailure(),
    adminConsentUrl: undefined,
    offersOthers: false,
    ...failed,
  })
  return answered(page).text
}

describe('a sign-in that failed', () => {
  test('says what happened, who can fix it, and where', () => {
    const reason = aReason({ who: 'administrator', situation: 'blocked_by_policy_location' })
    const text = shown({ failure: aFailure({ reason }) })
    const { title, happened, remedy } = aView().texts.situations.blocked_by_policy_location
    expect(text).toContain(`<h1>${title}</h1>`)
    expect(text).toContain(`<p>${happened}</p>\n<p>${remedy}</p>`)
    expect(text).toContain('<dd>Your Microsoft administrator</dd>')
    expect(text).toContain('<dd>AADSTS50173</dd>')
    expect(attributes(text, 'href')).toContain(PORTAL_LINKS.conditional_access)
  })

  test('names the partner where its own application has to be mended', () => {
    const reason = aReason({ who: 'application_owner', situation: 'app_credential_expired' })
    expect(shown({ failure: aFailure({ reason }) })).toContain(`<dd>${aView().brand.name}</dd>`)
  })

  test('says which account it was and how an administrator finds the attempt', () => {
    const correlationId = '0f0f0f0f-0000-4000-8000-000000000001'
    const text = shown({ failure: aFailure({ account: 'ada@contoso.example', correlationId }) })
    expect(text).toContain('<bdi>ada@contoso.example</bdi>')
    expect(text).toContain(`<dd>${correlationId}</dd>`)
    expect(text).toContain('<time datetime=')
  })

  test('leads back with connection and status', () => {
    expect(attributes(shown(), 'href')).toContain(
      `${ORIGIN}/back?a=1&b=2&connectionId=42&status=failed`,
    )
  })

  test.each([
    'https:partner.example/back',
    'https:\\\\partner.example/back',
    'https:/partner.example/back',
  ])('leads back to the address that was allowed, however it was written: %s', (targetOrigin) => {
    expect(attributes(shown({}, { targetOrigin }), 'href')).toContain(
      `${ORIGIN}/back?connectionId=42&status=failed`,
    )
  })

  test('can be tried again, and with another account', () => {
    expect(formsOf(shown())).toEqual([
      { action: '/connector/again', fields: { request: 'the-request' } },
      { action: '/connector/again', fields: { request: 'the-request', account: 'other' } },
    ])
  })

  test('where the account is wrong, another one comes first', () => {
    const reason = aReason({ situation: 'wrong_user', who: 'user' })
    const [first, second] = formsOf(shown({ failure: aFailure({ reason }) }))
    expect(first?.fields.account).toBe('other')
    expect(second?.fields.account).toBeUndefined()
  })

  test('offers the other environments of the same sign-in where there are some', () => {
    const [first] = formsOf(shown({ offersOthers: true }))
    expect(first).toEqual({ action: '/connector/environment', fields: { request: 'the-request' } })
  })
})

describe('a sign-in that an administrator has to allow', () => {
  const text = shown({ adminConsentUrl: CONSENT_URL })

  test('gives the link for the administrator to copy', () => {
    expect(attributes(text, 'value')).toContain(CONSENT_URL)
    expect(text).toContain(' data-copy=')
  })

  test('gives a mail that is written already, with the link in it', () => {
    const href = attributes(text, 'href').find((link) => link.startsWith('mailto:')) ?? ''
    expect(href).not.toContain('+')
    const mail = new URLSearchParams(href.slice('mailto:?'.length))
    expect(mail.get('subject')).toContain(aView().brand.name)
    expect(mail.get('body')).toContain(CONSENT_URL)
    expect(mail.get('body')).not.toMatch(/[{}]/)
  })

  test.each(['administrator', 'user'] as const)('has one primary button: %s', (who) => {
    const failure = aFailure({ reason: aReason({ situation: 'needs_admin_consent', who }) })
    const page = shown({ adminConsentUrl: CONSENT_URL, failure })
    const primary = page.match(/class="button primary"/g)
    expect(primary).toHaveLength(1)
  })

  test('does so only where that may be what is missing', () => {
    expect(shown()).not.toContain('mailto:')
  })
})

describe('the partner’s window', () => {
  const message = {
    source: 'dynamics-connect',
    connectionId: 42,
    status: 'failed',
    code: 'AADSTS50173',
  }

  test('is told when it waits for messages, and the page stays', () => {
    const text = shown({}, { targetOrigin: ORIGIN, mode: 'message' })
    expect(dataOf(text)).toEqual({ origin: ORIGIN, message, closes: false })
    expect(attributes(text, 'href')).toContain(ORIGIN)
  })

  test('gets no words of its own for a failure', () => {
    const text = shown({}, { targetOrigin: ORIGIN, callbackMessage: 'done' })
    expect(dataOf(text)).toBeUndefined()
    expect(scriptOf(text)).toBe('')
  })
})

test('whatever the code, the account and the address, nothing but our own script is in the page', () => {
  const nasty = fc.string().map((text) => `"'><script>${text}</script>`)
  const isHarmless = (code: string, account: string, path: string) => {
    const failure = aFailure({ reason: aReason({ code }), account })
    const text = shown(
      { failure, adminConsentUrl: `https://x/?${account}` },
      {
        targetOrigin: `${ORIGIN}/${path}`,
      },
    )
    return text.split('<script').length === 2 && !text.includes('"\'>')
  }
  expect(fc.check(fc.property(nasty, nasty, nasty, isHarmless)).failed).toBe(false)
})

test('the first way on is to try again', () => {
  expect(attribute(shown(), 'action')).toBe('/connector/again')
})
