import { describe, expect, test } from 'vitest'
import { meaningOf } from '../../../functions/domain/refusal.ts'
import { aRefusal } from '../../support/builders.ts'

type Row = readonly [
  status: number,
  error: string,
  suberror: string | undefined,
  code: number | undefined,
]

const meaning = ([status, error, suberror, code]: Row) =>
  meaningOf(aRefusal({ status, error, suberror, code }))

describe('the grant has ended', () => {
  test.each<Row>([
    [400, 'invalid_grant', undefined, undefined],
    [400, 'invalid_grant', 'bad_token', 50173],
    [400, 'invalid_grant', 'bad_token', 50034],
    [400, 'invalid_grant', 'token_expired', 70043],
    [400, 'invalid_grant', 'basic_action', 50076],
    [400, 'invalid_grant', 'basic_action', 50079],
    [400, 'invalid_grant', 'basic_action', 50158],
    [400, 'invalid_grant', 'additional_action', 53000],
    [400, 'invalid_grant', 'consent_required', 65001],
    [400, 'invalid_grant', 'user_password_expired', 50055],
    [400, 'invalid_grant', undefined, 700082],
    [400, 'invalid_grant', undefined, 70008],
    [400, 'invalid_grant', undefined, 54005],
    [400, 'invalid_grant', undefined, 500341],
    [400, 'interaction_required', undefined, 90072],
    [400, 'invalid_grant', undefined, 12345678],
    [400, 'interaction_required', undefined, 50076],
    [400, 'consent_required', undefined, undefined],
    [400, 'login_required', undefined, 50058],
  ])('%i %s %s %s', (...row) => {
    expect(meaning(row)).toBe('grant_ended')
  })
})

describe("the partner's own credential is not accepted", () => {
  test.each<Row>([
    [401, 'invalid_client', undefined, 7000215],
    [401, 'invalid_client', undefined, 7000222],
    [401, 'invalid_client', undefined, 7000218],
    [401, 'invalid_client', undefined, 700213],
    [401, 'invalid_client', undefined, undefined],
    [401, 'invalid_client', undefined, 12345678],
    [401, 'invalid_client', undefined, 700024],
  ])('%i %s %s %s', (...row) => {
    expect(meaning(row)).toBe('app_rejected')
  })
})

describe('it passes', () => {
  test.each<Row>([
    [400, 'invalid_grant', undefined, 50196],
    [400, 'temporarily_unavailable', undefined, 50196],
    [429, 'invalid_grant', undefined, undefined],
    [429, 'invalid_grant', 'bad_token', 50173],
    [429, 'invalid_client', undefined, 7000222],
    [500, 'invalid_grant', undefined, 700082],
    [503, 'invalid_client', undefined, 7000215],
    [599, 'consent_required', undefined, undefined],
    [400, 'temporarily_unavailable', undefined, 90033],
    [400, 'server_error', undefined, 50000],
    [400, 'invalid_grant', undefined, 90033],
    [401, 'invalid_client', undefined, 650051],
  ])('%i %s %s %s', (...row) => {
    expect(meaning(row)).toBe('passing')
  })
})

describe('somebody must act, though not by signing in again', () => {
  test.each<Row>([
    [400, 'invalid_grant', 'message_only', 53003],
    [400, 'interaction_required', 'message_only', 53003],
    [400, 'invalid_grant', undefined, 53003],
    [400, 'invalid_grant', 'message_only', 50173],
    [400, 'invalid_grant', 'message_only', undefined],
    [401, 'invalid_client', undefined, 7000229],
    [400, 'unauthorized_client', undefined, 700016],
    [400, 'unauthorized_client', undefined, undefined],
    [400, 'invalid_request', undefined, 90002],
    [400, 'invalid_scope', undefined, 70011],
    [400, 'invalid_resource', undefined, 500011],
    [400, 'unsupported_grant_type', undefined, undefined],
    [400, 'a_new_error', undefined, undefined],
    [400, '', undefined, undefined],
  ])('%i %s %s %s', (...row) => {
    expect(meaning(row)).toBe('blocked')
  })
})

describe('an administrator can lift it without the user, so that the grant is kept and asked again', () => {
  test.each<Row>([
    [400, 'invalid_grant', undefined, 50057],
    [400, 'invalid_grant', undefined, 50105],
    [400, 'invalid_grant', undefined, 50131],
    [400, 'interaction_required', undefined, 53002],
    [400, 'invalid_grant', undefined, 53009],
    [400, 'invalid_grant', undefined, 530032],
    [400, 'invalid_grant', undefined, 530035],
    [400, 'invalid_grant', undefined, 53011],
    [400, 'invalid_grant', undefined, 50177],
    [400, 'invalid_grant', undefined, 500014],
    [400, 'invalid_grant', undefined, 700016],
  ])('%i %s %s %s', (...row) => {
    expect(meaning(row)).toBe('blocked')
  })
})

describe("invalid_client that says nothing of the partner's credential, and so opens no breaker for everybody", () => {
  test.each<Row>([
    [401, 'invalid_client', undefined, 65005],
    [401, 'invalid_client', undefined, 650052],
    [401, 'invalid_client', undefined, 650056],
    [401, 'invalid_client', undefined, 650057],
    [401, 'invalid_client', undefined, 650059],
    [401, 'invalid_client', undefined, 900382],
    [401, 'invalid_client', undefined, 1000031],
  ])('%i %s %s %s', (...row) => {
    expect(meaning(row)).toBe('blocked')
  })

  test('while the same numbers as invalid_grant leave to a new sign-in what it can mend', () => {
    expect(meaning([400, 'invalid_grant', 'consent_required', 650056])).toBe('grant_ended')
  })
})

test('message_only makes neither a throttle nor a rejected app into anything else', () => {
  expect(meaning([400, 'invalid_grant', 'message_only', 50196])).toBe('passing')
  expect(meaning([401, 'invalid_client', 'message_only', 7000222])).toBe('app_rejected')
})

test('the number alone never ends a grant', () => {
  for (const code of [50173, 700082, 65001, 50076, 70008]) {
    expect(meaning([400, 'a_new_error', undefined, code])).toBe('blocked')
  }
})
