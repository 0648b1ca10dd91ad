import { expect, test } from 'vitest'
import { forwardPage } from '../../../functions/http/forward-page.ts'
import { aView } from '../../support/a-view.ts'
import { answered } from '../support/answered.ts'

test('a form leads on to Microsoft by a page that goes there by itself, or by a click', () => {
  const url = 'https://login.microsoftonline.com/t/oauth2/v2.0/authorize?a=1&b=2'
  const { status, headers, cookies, text } = answered(forwardPage(aView(), url, ['a=1; Secure']))
  expect([status, headers.refresh, cookies]).toEqual([200, `0;url=${url}`, ['a=1; Secure']])
  expect(headers).not.toHaveProperty('location')
  expect(text).toContain(`href="${url.replace('&', '&amp;')}"`)
  expect(text).toContain('Continue to Microsoft')
  expect(text).not.toContain('<script')
})
