import { describe, expect, test, vi } from 'vitest'
import { lambdaRefreshRequests } from '../../../functions/adapters/lambda-refresh-requests.ts'
import { at } from '../../fakes/hand-clock.ts'
import { aReason } from '../../support/builders.ts'
import { type Answer, type Answerer, send, tinyServer } from '../support/tiny-server.ts'

/** The refresh function behind Lambda's own API, as the SDK finds it. */
async function refreshFunction(answer: Answer | Answerer) {
  const answerer: Answerer =
    typeof answer === 'function' ? answer : (_, response) => send(response, answer)
  const server = await tinyServer(answerer)
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', server.url)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
  return { server, ...lambdaRefreshRequests({ functionName: 'dynamics-connect-refresh' }) }
}

const unavailable = expect.objectContaining({ name: 'ServiceError', code: 'refresh_unavailable' })

describe('asking for a refresh', () => {
  test.each(['now', 7] as const)('invokes the function and waits: %s', async (when) => {
    const { refresh, server } = await refreshFunction({ body: { outcome: 'not_due' } })
    await refresh(42, when)
    const [request] = server.received
    expect(request).toMatchObject({
      method: 'POST',
      path: '/2015-03-31/functions/dynamics-connect-refresh/invocations',
    })
    expect(request?.headers['x-amz-invocation-type'] ?? 'RequestResponse').toBe('RequestResponse')
    expect(JSON.parse(request?.body ?? '')).toEqual({ refresh: { connectionId: 42, when } })
  })

  test.each([
    { outcome: 'refreshed', generation: 3, expiresAt: at(3600) },
    { outcome: 'not_due' },
    { outcome: 'in_progress' },
    { outcome: 'transient', code: 'http_503', retryAt: at(60) },
    { outcome: 'app_credential_rejected', code: 'AADSTS7000222', retryAt: at(60) },
    { outcome: 'reauthorization_required', reason: aReason() },
    { outcome: 'gone', status: 'disconnected' },
  ])('gives what the function answered: $outcome', async (body) => {
    const { refresh } = await refreshFunction({ body })
    expect(await refresh(42, 'now')).toEqual(body)
  })

  test('asks again each time', async () => {
    const { refresh, server } = await refreshFunction({ body: { outcome: 'not_due' } })
    await refresh(42, 1)
    await refresh(42, 2)
    expect(server.received.length).toBe(2)
  })

  test.each<[what: string, answer: Answer | Answerer]>([
    [
      'threw',
      {
        headers: { 'x-amz-function-error': 'Unhandled' },
        body: { errorType: 'Error', errorMessage: 'canary' },
      },
    ],
    [
      'threw something that reads like an outcome',
      { headers: { 'x-amz-function-error': 'Unhandled' }, body: { outcome: 'not_due' } },
    ],
    ['is not there', { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } }],
    ['is throttled', { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException' } }],
    ['is not to be reached', { status: 503, body: 'canary' }],
    ['answers nothing', {}],
    ['answers null', { body: 'null' }],
    ['answers something else', { body: { outcome: 'canary' } }],
    ['answers an HTTP response', { body: { statusCode: 200, body: 'canary' } }],
    ['hangs up', (_, response) => response.socket?.resetAndDestroy()],
  ])('says that it could not be renewed when the function %s', async (_, answer) => {
    const { refresh } = await refreshFunction(answer)
    const error: unknown = await refresh(42, 'now').catch((thrown: unknown) => thrown)
    expect(error).toEqual(unavailable)
    const { message, evidence } = error as { message: string; evidence: unknown }
    expect(JSON.stringify([message, evidence])).not.toContain('canary')
  })
})
