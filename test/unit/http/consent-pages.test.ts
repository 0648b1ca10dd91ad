import { describe, expect, test } from 'vitest'
import { consentGrantedPage, consentRefusedPage } from '../../../functions/http/consent-pages.ts'
import { aView } from '../../support/a-view.ts'
import { aReason } from '../../support/builders.ts'
import { answered } from '../support/answered.ts'

describe('what an administrator granted', () => {
  test('is named by the permissions of the response, and by nothing else of it', () => {
    const scope = 'https://contoso.crm.dynamics.com/user_impersonation openid canary <b>canary</b>'
    const { status, text } = answered(consentGrantedPage(aView(), scope))
    const words = aView().texts.pages.consent_granted
    expect(status).toBe(200)
    expect(text).toContain(`<li>${words.user_impersonation}</li><li>${words.openid}</li></ul>`)
    expect(text).not.toContain(words.offline_access)
    expect(text).not.toContain('canary')
  })

  test.each(['', 'unknown', 'user_impersonationx'])('is all that was asked for by %j', (scope) => {
    const { text } = answered(consentGrantedPage(aView(), scope))
    expect(text.match(/<li>to /g)).toHaveLength(3)
  })

  test('comes with what the person who asked does next', () => {
    const { text } = answered(consentGrantedPage(aView(), ''))
    expect(text).toContain(aView().texts.pages.consent_granted.next)
  })
})

test('an administrator who declined reads that nothing was granted', () => {
  const reason = aReason({ code: 'access_denied', situation: 'consent_declined', who: 'user' })
  const { text } = answered(consentRefusedPage(aView(), reason))
  expect(text).toContain('Permission not granted')
  expect(text).toContain('<dd>access_denied</dd>')
  // Those words are for who waits for an administrator.
  expect(text).not.toContain(aView().texts.situations.consent_declined.happened)
})

test('somebody who is no administrator reads who is asked', () => {
  const situation = 'needs_admin_consent'
  const reason = aReason({ code: 'AADSTS90094', situation, who: 'administrator' })
  const { text } = answered(consentRefusedPage(aView(), reason))
  expect(text).toContain(aView().texts.situations.needs_admin_consent.remedy)
  expect(text).toContain(aView().texts.pages.failed.administrator)
})
