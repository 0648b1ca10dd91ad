import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { httpHandler } from '../../../functions/http/http-handler.ts'
import { json } from '../../../functions/http/responses.ts'
import { answered, SECURITY_HEADERS } from '../support/answered.ts'
import { httpEvent, lambdaContext } from '../support/http-event.ts'
import { recordingLog } from '../support/recording-log.ts'

const request = httpEvent({ route: 'GET /v1.0/connectors' })
const { requestId } = request.requestContext

describe('a request', () => {
  test('gets the answer, and leaves no line in the log', async () => {
    const log = recordingLog()
    const handler = httpHandler(log, async ({ rawPath }) => json({ rawPath }))
    expect(answered(await handler(request, lambdaContext())).body).toEqual({
      rawPath: '/v1.0/connectors',
    })
    expect(log.lines).toEqual([])
  })

  test('that is refused is answered and noted by its code', async () => {
    const log = recordingLog()
    const handler = httpHandler(log, async () => {
      throw new ServiceError('there is nothing here: canary', { code: 'not_found' })
    })
    const { status, headers } = answered(await handler(request, lambdaContext()))
    expect(status).toBe(404)
    expect(headers).toMatchObject(SECURITY_HEADERS)
    const fields = { requestId, route: 'GET /v1.0/connectors', reason: 'not_found' }
    expect(log.lines).toEqual([{ kind: 'event', name: 'request_refused', fields }])
  })

  test('that meets what AWS does not do is answered by its code, and the log says what AWS called it', async () => {
    const log = recordingLog()
    const evidence = { name: 'AccessDeniedException' }
    const cause = new Error('canary')
    const error = new ServiceError('try again', { code: 'store_unavailable', cause, evidence })
    const handler = httpHandler(log, async () => {
      throw error
    })
    expect(answered(await handler(request, lambdaContext())).status).toBe(503)
    const fields = { requestId, route: 'GET /v1.0/connectors', reason: 'store_unavailable' }
    expect(log.lines).toEqual([{ kind: 'failure', name: 'request_refused', error, fields }])
  })

  test('that fails is answered without an explanation, and the log has the error', async () => {
    const log = recordingLog()
    const error = new Error('canary')
    const handler = httpHandler(log, async () => {
      throw error
    })
    const { status, text, headers } = answered(await handler(request, lambdaContext()))
    expect(status).toBe(500)
    expect(text).not.toContain('canary')
    expect(headers).toMatchObject(SECURITY_HEADERS)
    const fields = { requestId, route: 'GET /v1.0/connectors' }
    expect(log.lines).toEqual([{ kind: 'failure', name: 'request_failed', error, fields }])
  })

  test('that fails is shown as the function shows it', async () => {
    const handler = httpHandler(
      recordingLog(),
      async () => {
        throw new Error('canary')
      },
      async (_error, { requestContext }) => json({ shown: requestContext.requestId }, 418),
    )
    const { status, body } = answered(await handler(request, lambdaContext()))
    expect([status, body]).toEqual([418, { shown: requestId }])
  })

  test('that hangs is answered a second before Lambda ends the function, and what hangs is told', {
    timeout: 500,
  }, async () => {
    const log = recordingLog()
    const aborted = Promise.withResolvers<void>()
    const handler = httpHandler(log, (_request, signal) => {
      signal.addEventListener('abort', () => aborted.resolve())
      return new Promise(() => undefined)
    })
    const { status, body, headers } = answered(await handler(request, lambdaContext(1001)))
    await aborted.promise
    expect([status, body]).toMatchObject([503, { Code: 'temporarily_unavailable' }])
    expect(headers).toHaveProperty('retry-after')
    expect(log.lines).toMatchObject([{ name: 'request_refused' }])
  })
})
