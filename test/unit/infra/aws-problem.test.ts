import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { awsProblemOf } from '../../../infra/aws-problem.ts'
import { wordsOf } from '../../../infra/run-command.ts'
import { awsError } from './operate/scripted-client.ts'

describe('an error of AWS', () => {
  test.each([
    [
      awsError('ExpiredTokenException'),
      /^AWS does not accept .* \(ExpiredTokenException\): sign in/,
    ],
    [awsError('CredentialsProviderError'), /set AWS_PROFILE$/],
    [
      awsError('AccessDeniedException', 'not PutItem'),
      /^these AWS .* may not do this: not PutItem$/,
    ],
    [awsError('Error', 'Region is missing'), /set AWS_REGION$/],
    [awsError('ResourceNotFoundException', 'no such secret'), /^no such secret: it is not in this/],
  ])('tells the operator what to do: %s', (error, words) => {
    expect(awsProblemOf(error)).toMatch(words)
  })

  test('is found behind an error of the service', () => {
    const cause = awsError('ExpiredToken')
    const error = new ServiceError('the store did not answer', { code: 'store_unavailable', cause })
    expect(wordsOf(error)).toMatch(/^AWS does not accept/)
  })

  test('that is not known speaks for itself', () => {
    expect(awsProblemOf(awsError('Throttling'))).toBeUndefined()
    expect(wordsOf(awsError('Throttling', 'slow down'))).toBe('slow down')
    expect(wordsOf('words')).toBe('words')
  })
})
