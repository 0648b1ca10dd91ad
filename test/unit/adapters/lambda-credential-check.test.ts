import { describe, expect, test, vi } from 'vitest'
import { lambdaCredentialCheck } from '../../../functions/adapters/lambda-credential-check.ts'
import { type Answer, send, tinyServer } from '../support/tiny-server.ts'

/** The refresh function behind Lambda's own API, as the SDK finds it. */
async function refreshFunction(answer: Answer) {
  const server = await tinyServer((_, response) => send(response, answer))
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', server.url)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
  return { server, check: lambdaCredentialCheck({ functionName: 'refresh' }) }
}

describe('having the stored credential checked', () => {
  test.each([
    [undefined, { check: 'app-credential' }],
    ['contoso.example', { check: 'app-credential', tenant: 'contoso.example' }],
  ])('asks the refresh function and waits: %s', async (tenant, event) => {
    const { server, check } = await refreshFunction({ body: { verdict: 'accepted' } })
    await check(tenant)
    expect(server.received.map(({ path }) => path)).toEqual([
      '/2015-03-31/functions/refresh/invocations',
    ])
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual(event)
  })

  test.each([
    { verdict: 'accepted' },
    { verdict: 'not_refused' },
    { verdict: 'rejected', cause: 'secret_expired', code: 7000222 },
    { verdict: 'unknown_app', code: 700016 },
    { verdict: 'wrong_tenant', cause: 'not_found', code: 90002 },
    { verdict: 'no_answer', status: 503 },
    { verdict: 'unreadable', cause: 'secret_unreadable' },
  ])('gives its verdict: %j', async (body) => {
    const { check } = await refreshFunction({ body })
    expect(await check(undefined)).toEqual(body)
  })

  test.each<[what: string, answer: Answer]>([
    ['threw', { headers: { 'x-amz-function-error': 'Unhandled' }, body: { verdict: 'accepted' } }],
    ['is not to be reached', { status: 503, body: 'canary' }],
    ['does not know the event', { body: { outcome: 'ignored' } }],
    ['answers something else', { body: { verdict: 'canary' } }],
    ['answers nothing', {}],
  ])('says that it could not be checked when the function %s', async (_, answer) => {
    const { check } = await refreshFunction(answer)
    await expect(check(undefined)).rejects.toMatchObject({
      name: 'ServiceError',
      code: 'refresh_unavailable',
      message: 'the credential could not be checked just now; try again in a moment',
    })
  })
})
