import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PORTAL_LINKS } from '../../../functions/domain/portal-links.ts'
import { textOf } from '../../../functions/http/guidance-text.ts'
import { helpPage } from '../../../functions/http/help-page.ts'
import { aView } from '../../support/a-view.ts'
import { answered, SECURITY_HEADERS } from '../support/answered.ts'

describe('the help for a code', () => {
  test.each(['65001', 'AADSTS65001', 'aadsts65001', '0065001'])(
    '%s says what it means, who can act, what to do and where',
    (code) => {
      const { status, headers, text } = answered(helpPage(aView(), code))
      const { title, happened, remedy } = textOf('needs_admin_consent')
      expect(status).toBe(200)
      expect(headers).toMatchObject(SECURITY_HEADERS)
      expect(text).toContain(`<h1>${title}</h1>`)
      expect(text).toContain(`<p>${happened}</p>\n<p>${remedy}</p>`)
      expect(text).toContain('<dd>AADSTS65001</dd>')
      expect(text).toContain('<dd>Your Microsoft administrator</dd>')
      expect(text).toContain(`href="${PORTAL_LINKS.enterprise_applications}"`)
    },
  )

  test('leads nowhere where there is no page to act on', () => {
    const { text } = answered(helpPage(aView(), 'AADSTS50196'))
    expect(text).toContain(textOf('throttled').remedy)
    expect(text).not.toContain('href="https:')
  })

  test('says honestly that a number is not known, and who finds out more', () => {
    const { status, text } = answered(helpPage(aView(), 'AADSTS99999999'))
    expect(status).toBe(200)
    expect(text).toContain('not known here')
    expect(text).toContain('<dd>AADSTS99999999</dd>')
    expect(text).toContain(`href="${PORTAL_LINKS.sign_in_log}"`)
  })

  test.each([
    '',
    '650',
    '123456789',
    'AADSTS',
    'AADSTS 65001',
    'AADSTS65001 ',
    '65001\n',
    '-65001',
    '6.5e4',
    '٦٥٠٠١',
    '<script>65001</script>',
    'access_denied',
  ])('is not there for %j', (code) => {
    const { status, headers, text } = answered(helpPage(aView(), code))
    expect(status).toBe(404)
    expect(headers).toMatchObject(SECURITY_HEADERS)
    expect(text).toContain('There is no help under this address')
  })

  test('repeats nothing of what was asked but digits, and has no script', () => {
    const asked = fc.oneof(
      fc.string().map((text) => `canary"'><script>${text}</script>`),
      fc.string().map((text) => `65001<script>canary${text}`),
      fc.integer({ min: 1000, max: 99_999_999 }).map(String),
    )
    const isHarmless = (code: string) => {
      const { text } = answered(helpPage(aView(), code))
      return !text.includes('<script') && !text.includes('canary')
    }
    expect(fc.check(fc.property(asked, isHarmless)).failed).toBe(false)
  })
})
