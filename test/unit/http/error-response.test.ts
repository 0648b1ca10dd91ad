import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ServiceError, type ServiceErrorCode } from '../../../functions/domain/service-error.ts'
import {
  errorBody,
  errorResponse,
  isTold,
  STATUS_OF,
} from '../../../functions/http/error-response.ts'
import { answered } from '../support/answered.ts'

const REQUEST_ID = 'JKJaXmPLvHcESHA='
const codes = Object.keys(STATUS_OF) as readonly ServiceErrorCode[]

const INTERNAL = {
  Message: 'The service failed. Try again; if it stays, tell its operator the RequestId.',
  Code: 'internal_error',
  RequestId: REQUEST_ID,
}

const answerTo = (error: unknown) => answered(errorResponse(error, REQUEST_ID))

describe('an error of ours', () => {
  test.each<[ServiceErrorCode, number]>([
    ['bearer_token_missing', 401],
    ['bearer_token_invalid', 401],
    ['api_client_rejected', 401],
    ['account_missing', 400],
    ['account_forbidden', 403],
    ['not_found', 404],
    ['request_invalid', 400],
    ['request_too_large', 413],
    ['method_not_allowed', 405],
    ['content_type_unsupported', 415],
    ['property_unknown', 400],
    ['resource_invalid', 400],
    ['name_in_use', 400],
    ['not_connected', 409],
    ['reauthorization_required', 409],
    ['import_refused', 409],
    ['app_credential_rejected', 503],
    ['temporarily_unavailable', 503],
    ['validity_unavailable', 503],
    ['refresh_unavailable', 503],
    ['store_unavailable', 503],
    ['secret_unreadable', 503],
  ])('%s is told with status %i', (code, status) => {
    expect(answerTo(new ServiceError('do this instead', { code }))).toMatchObject({
      status,
      body: { Message: 'Do this instead.', Code: code, RequestId: REQUEST_ID },
    })
  })

  test.each<ServiceErrorCode>(['configuration_invalid', 'item_malformed', 'token_unsealable'])(
    '%s is a failure that is not explained',
    (code) => {
      const error = new ServiceError('canary', { code, evidence: { attribute: 'canary' } })
      expect(answerTo(error)).toMatchObject({ status: 500, body: INTERNAL })
    },
  )

  test.each([
    ['ends as it does', 'Did you mean this?', 'Did you mean this?'],
    ['gets a full stop', 'name is required', 'Name is required.'],
    ['may be empty', '', '.'],
  ])('has a message that %s', (_, message, sentence) => {
    const error = new ServiceError(message, { code: 'request_invalid' })
    expect(answerTo(error).body).toHaveProperty('Message', sentence)
  })

  test('of status 401 asks for a bearer token', () => {
    const error = new ServiceError('send one', { code: 'bearer_token_missing' })
    expect(answerTo(error).headers).toHaveProperty('www-authenticate', 'Bearer')
  })

  test('of status 503 says when to come back', () => {
    const evidence = { retryAfterSeconds: 42 }
    const told = new ServiceError('wait', { code: 'temporarily_unavailable', evidence })
    expect(answerTo(told).headers).toHaveProperty('retry-after', '42')
    expect(answerTo(told).body).not.toHaveProperty('RetryAfterSeconds')
    expect(errorBody(told, REQUEST_ID)).toHaveProperty('RetryAfterSeconds', 42)
    const silent = new ServiceError('wait', { code: 'store_unavailable' })
    expect(answerTo(silent).headers).toHaveProperty('retry-after', '5')
  })

  test.each(codes)('%s shows neither its cause nor its evidence', (code) => {
    const cause = new Error('canary cause')
    const error = new ServiceError('wait', { code, cause, evidence: { secret: 'canary evidence' } })
    const { text, headers } = answerTo(error)
    expect(`${text}${JSON.stringify(headers)}`).not.toContain('canary')
  })
})

describe('anything else that was thrown', () => {
  test.each([
    ['an error', new Error('canary')],
    ['an error with a code', Object.assign(new Error('canary'), { code: 'not_found' })],
    ['a look-alike', { name: 'ServiceError', code: 'not_found', message: 'canary', evidence: {} }],
    ['a text', 'canary'],
    ['nothing', undefined],
    ['null', null],
  ])('is a failure that is not explained: %s', (_, thrown) => {
    expect(answerTo(thrown)).toMatchObject({ status: 500, body: INTERNAL })
    expect(isTold(thrown)).toBe(false)
  })

  test('never makes the answer fail, and is never repeated', () => {
    const secret = fc.string().map((text) => `canary${text}`)
    const thrown = fc.oneof(
      fc.anything({ withNullPrototype: true, withDate: true, withMap: true }),
      secret,
      secret.map((message) => new Error(message)),
      secret.map((message) => new TypeError('x', { cause: message })),
      secret.map((message) => Object.assign(new Error(message), { statusCode: 400 })),
      fc.record({ message: secret, code: fc.constantFrom(...codes), statusCode: fc.nat() }),
    )
    const isUnexplained = (error: unknown) => {
      const { status, text, headers } = answerTo(error)
      return status === 500 && !`${text}${JSON.stringify(headers)}`.includes('canary')
    }
    expect(fc.check(fc.property(thrown, isUnexplained)).failed).toBe(false)
  })
})
