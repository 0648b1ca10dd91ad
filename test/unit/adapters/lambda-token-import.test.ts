import { describe, expect, test, vi } from 'vitest'
import { lambdaTokenImport } from '../../../functions/adapters/lambda-token-import.ts'
import { at } from '../../fakes/hand-clock.ts'
import { aReason } from '../../support/builders.ts'
import { type Answer, send, tinyServer } from '../support/tiny-server.ts'

const REFRESH_TOKEN = 'canary-refresh-token'

/** The refresh function behind Lambda's own API, as the SDK finds it. */
async function refreshFunction(answer: Answer) {
  const server = await tinyServer((_, response) => send(response, answer))
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', server.url)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
  return { server, importTokens: lambdaTokenImport({ functionName: 'refresh' }) }
}

describe('having tokens imported', () => {
  test('hands the refresh token to the refresh function alone, and waits', async () => {
    const { server, importTokens } = await refreshFunction({ body: { outcome: 'imported' } })
    await importTokens(42, REFRESH_TOKEN)
    const [request] = server.received
    expect(request?.path).toBe('/2015-03-31/functions/refresh/invocations')
    expect(request?.headers['x-amz-invocation-type'] ?? 'RequestResponse').toBe('RequestResponse')
    const event = { import: { connectionId: 42, refreshToken: REFRESH_TOKEN } }
    expect(JSON.parse(request?.body ?? '')).toEqual(event)
    expect(JSON.stringify([request?.path, request?.headers])).not.toContain('canary')
  })

  test.each([
    { outcome: 'imported' },
    { outcome: 'refused', reason: aReason(), trace: { traceId: 'a', correlationId: 'b' } },
    { outcome: 'transient', code: 'http_503', retryAt: at(60) },
    { outcome: 'app_credential_rejected', code: 'AADSTS7000222', retryAt: at(60) },
    { outcome: 'no_environment' },
    { outcome: 'unknown' },
  ])('gives what the function answered: $outcome', async (body) => {
    const { importTokens } = await refreshFunction({ body })
    expect(await importTokens(42, REFRESH_TOKEN)).toEqual(body)
  })

  test.each<[what: string, answer: Answer]>([
    ['threw', { headers: { 'x-amz-function-error': 'Unhandled' }, body: { outcome: 'imported' } }],
    ['is not to be reached', { status: 503, body: REFRESH_TOKEN }],
    ['does not know the event', { body: { outcome: 'ignored' } }],
    ['answers something else', { body: { outcome: REFRESH_TOKEN } }],
    ['answers nothing', {}],
  ])('says that it could not be tried when the function %s', async (_, answer) => {
    const { importTokens } = await refreshFunction(answer)
    const error: unknown = await importTokens(42, REFRESH_TOKEN).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'ServiceError', code: 'refresh_unavailable' })
    const { message, evidence } = error as { message: string; evidence: unknown }
    expect(JSON.stringify([message, evidence])).not.toContain('canary')
  })
})
