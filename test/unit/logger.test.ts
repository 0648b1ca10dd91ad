import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../functions/domain/service-error.ts'
import { type EventLog, eventLog } from '../../functions/logger.ts'
import { capturedOutput } from './support/captured-output.ts'

/** The lines that were written, read as JSON. */
function written(write: (log: EventLog) => void): readonly Record<string, unknown>[] {
  const output = capturedOutput()
  write(eventLog('callback'))
  const lines = output.text.split('\n').filter((line) => line !== '')
  return lines.map((line): Record<string, unknown> => JSON.parse(line))
}

describe('an event', () => {
  test('is one line of JSON with its name, its fields and the function', () => {
    const fields = { requestId: 'id', connectionId: 42, outcome: 'connected', reason: undefined }
    const [line, ...others] = written((log) => log.event('authorization_ended', fields))
    expect(others).toEqual([])
    expect(line).toMatchObject({
      level: 'INFO',
      message: 'authorization_ended',
      service: 'callback',
      requestId: 'id',
      connectionId: 42,
      outcome: 'connected',
    })
    expect(line).not.toHaveProperty('reason')
  })

  test('stays one line, whatever its fields hold', () => {
    const lines = written((log) => log.event('event_ignored', { reason: 'a\r\n{"level":"INFO"}' }))
    expect(lines).toMatchObject([{ reason: 'a\r\n{"level":"INFO"}' }])
  })
})

describe('a failure', () => {
  const fields = { requestId: 'id', route: 'GET /x' }

  test('of our own is named with its code, its words and its evidence', () => {
    const error = new ServiceError('put the key back', {
      code: 'token_unsealable',
      evidence: { keyId: 'k1' },
      cause: new Error('canary'),
    })
    const [line] = written((log) => log.failure('request_failed', error, fields))
    expect(line).toMatchObject({
      level: 'ERROR',
      ...fields,
      error: 'ServiceError',
      code: 'token_unsealable',
      evidence: { keyId: 'k1' },
    })
    expect(JSON.stringify(line)).toContain('request_failed')
    expect(JSON.stringify(line)).toContain('put the key back')
    expect(JSON.stringify(line)).not.toContain('canary')
  })

  test('keeps the name under which failures are searched for', () => {
    const error = new ServiceError('put the key back', { code: 'token_unsealable' })
    const [line] = written((log) => log.failure('request_failed', error, fields))
    expect(line).toHaveProperty('message', 'request_failed')
  })

  test('of somebody else is named with its place, without its words', () => {
    const error = new TypeError('canary in the message', { cause: 'canary in the cause' })
    const [line] = written((log) => log.failure('request_failed', error, fields))
    expect(line).toMatchObject({ message: 'request_failed', ...fields, error: 'TypeError' })
    expect(JSON.stringify(line)).toContain('logger.test.ts')
    expect(JSON.stringify(line)).not.toContain('canary')
  })

  test.each([
    ['of several lines', new Error('first\n    at canary (canary:1:1)\ncanary')],
    ['with members', Object.assign(new Error('x'), { body: 'canary', response: { a: 'canary' } })],
    ['without a stack', Object.assign(new Error('canary'), { stack: undefined })],
  ])('of somebody else keeps its words to itself: %s', (_, error) => {
    const lines = written((log) => log.failure('request_failed', error, fields))
    expect(lines.length).toBe(1)
    expect(JSON.stringify(lines)).not.toContain('canary')
  })

  test.each([
    ['a text', 'canary'],
    ['nothing', undefined],
    ['an object', { a: 'canary' }],
  ])('that is no error is named by its kind: %s', (_, thrown) => {
    const [line] = written((log) => log.failure('request_failed', thrown, fields))
    expect(line).toMatchObject({ message: 'request_failed', error: typeof thrown })
    expect(JSON.stringify(line)).not.toContain('canary')
  })
})
