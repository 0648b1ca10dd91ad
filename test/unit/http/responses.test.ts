import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { consentGrantedPage } from '../../../functions/http/consent-pages.ts'
import { endedPage } from '../../../functions/http/ended-pages.ts'
import { errorResponse } from '../../../functions/http/error-response.ts'
import { htmlPage, json, seeOther } from '../../../functions/http/responses.ts'
import { errorPage, inProgressPage, startAgainPage } from '../../../functions/http/sign-in-pages.ts'
import { aView } from '../../support/a-view.ts'
import { anAuthorizationRequest } from '../../support/builders.ts'
import { answered, SECURITY_HEADERS } from '../support/answered.ts'

const refused = new ServiceError('there is nothing here', { code: 'not_found' })

describe('the security headers', () => {
  test.each([
    ['JSON', json({})],
    ['JSON with headers of its own', json({}, 200, { 'retry-after': '5' })],
    ['a redirect', seeOther('https://partner.example')],
    ['a page', htmlPage('<p>', 200, {})],
    ['a refusal', errorResponse(refused, 'id')],
    ['a failure', errorResponse(new Error('x'), 'id')],
    ['a failure shown to a person', errorPage(aView(), new Error('x'), 'id')],
    ['a sign-in under way', inProgressPage(aView())],
    ['a sign-in to begin again', startAgainPage(aView(), 'unknown')],
    ['consent', consentGrantedPage(aView(), '')],
  ])('are on %s', (_, response) => {
    const { headers } = answered(response)
    expect(headers).toMatchObject(SECURITY_HEADERS)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).toContain("form-action 'none'")
    expect(policy).not.toContain('unsafe')
  })
})

test('the page that a frame waits for may be framed by that origin alone', () => {
  const { headers } = answered(
    endedPage(aView(), anAuthorizationRequest(), { connectionId: 42, status: 'connected' }),
  )
  const { 'x-frame-options': _, ...others } = SECURITY_HEADERS
  expect(headers).toMatchObject(others)
  expect(headers).not.toHaveProperty('x-frame-options')
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain('frame-ancestors https://partner.example;')
  expect(policy).toContain("default-src 'none'")
})

test('JSON says that it is JSON', () => {
  expect(json({ a: 'é' }, 202)).toMatchObject({
    statusCode: 202,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: '{"a":"é"}',
  })
})

test('a redirect is followed by GET and may set cookies', () => {
  expect(seeOther('https://partner.example/x', ['a=1'])).toMatchObject({
    statusCode: 303,
    headers: { location: 'https://partner.example/x' },
    cookies: ['a=1'],
  })
})

test('a page may load what its policy names and nothing else', () => {
  const scripts = ["'sha256-b'", "'sha256-c'"]
  const policy = { styles: ["'sha256-a'"], images: ['data:'], scripts, hasForm: true }
  const { headers } = answered(htmlPage('<p>', 200, policy))
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'sha256-a'; img-src data:; script-src 'sha256-b' 'sha256-c'",
  )
})
