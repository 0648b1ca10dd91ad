import { expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'

test('carries its code, its cause and the evidence', () => {
  const cause = new Error('what happened')
  const error = new ServiceError('try again', {
    code: 'store_unavailable',
    cause,
    evidence: { name: 'TimeoutError' },
  })
  expect(error).toMatchObject({ code: 'store_unavailable', evidence: { name: 'TimeoutError' } })
  expect(error).toMatchObject({ name: 'ServiceError', message: 'try again', cause })
  expect(error).toBeInstanceOf(Error)
})

test('has no evidence where none is given', () => {
  expect(new ServiceError('gone', { code: 'not_found' }).evidence).toEqual({})
})
