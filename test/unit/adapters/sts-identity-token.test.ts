import { describe, expect, test, vi } from 'vitest'
import { stsIdentityToken } from '../../../functions/adapters/sts-identity-token.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { at, handClock, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { type Answer, send, tinyServer } from '../support/tiny-server.ts'

const TOKEN_LIFE = 15 * MINUTE

const issued = (text: string, expiresAt: Date): Answer => ({
  headers: { 'content-type': 'text/xml' },
  body: `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult><WebIdentityToken>${text}</WebIdentityToken><Expiration>${expiresAt.toISOString()}</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`,
})

const refused = (code: string, status = 403): Answer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>canary words of AWS</Message></Error></ErrorResponse>`,
})

/** STS behind its own API, as the SDK finds it, and a function that asks it. */
async function aFunction(first: Answer = issued('token-1', at(TOKEN_LIFE))) {
  let answer = first
  const server = await tinyServer((_, response) => send(response, answer))
  vi.stubEnv('AWS_ENDPOINT_URL_STS', server.url)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  const clock = handClock()
  return {
    server,
    clock,
    answer: (next: Answer) => {
      answer = next
    },
    read: stsIdentityToken({ now: clock.now }),
  }
}

describe('an identity token', () => {
  test('is asked for as Microsoft wants it', async () => {
    const { read, server } = await aFunction()
    expect(await read()).toBe('token-1')
    expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
      Action: 'GetWebIdentityToken',
      Version: '2011-06-15',
      'Audience.member.1': 'api://AzureADTokenExchange',
      SigningAlgorithm: 'RS256',
      DurationSeconds: '900',
    })
  })

  test('is asked for once, however many want it', async () => {
    const { read, server } = await aFunction()
    const tokens = await Promise.all([read(), read(), read({ reread: true })])
    expect(tokens).toEqual(['token-1', 'token-1', 'token-1'])
    expect(server.received).toHaveLength(1)
  })

  test('is used until two minutes before it expires', async () => {
    const { read, server, clock, answer } = await aFunction()
    await read()
    answer(issued('token-2', at(2 * TOKEN_LIFE)))
    clock.advance(TOKEN_LIFE - 2 * MINUTE - SECOND)
    expect(await read()).toBe('token-1')
    clock.advance(SECOND)
    expect(await read()).toBe('token-2')
    expect(server.received).toHaveLength(2)
  })

  test('is asked for anew when it was rejected, but not each millisecond', async () => {
    const { read, clock, answer } = await aFunction()
    await read()
    answer(issued('token-2', at(TOKEN_LIFE)))
    expect(await read({ reread: true })).toBe('token-1')
    clock.advance(SECOND)
    expect(await read({ reread: true })).toBe('token-2')
    expect(await read()).toBe('token-2')
  })

  test('is asked for again after a failure', async () => {
    const { read, answer } = await aFunction(refused('AccessDenied'))
    await expect(read()).rejects.toThrow()
    answer(issued('token-1', at(TOKEN_LIFE)))
    expect(await read()).toBe('token-1')
  })

  test('that is good is used on when no other one comes', async () => {
    const { read, clock, answer } = await aFunction()
    await read()
    answer(refused('AccessDenied'))
    clock.advance(SECOND)
    await expect(read({ reread: true })).rejects.toMatchObject({
      code: 'identity_token_unavailable',
    })
    expect(await read()).toBe('token-1')
  })
})

describe('without an identity token', () => {
  test.each<[string, Answer, string]>([
    [
      'the account vouches for nobody',
      refused('OutboundWebIdentityFederationDisabledException', 400),
      'run "aws iam enable-outbound-web-identity-federation" once in the AWS account of this service',
    ],
    [
      'the function may not ask',
      refused('AccessDenied'),
      'deploy with the setting appCredential "federated"',
    ],
    [
      'STS fails',
      refused('InternalFailure', 400),
      'AWS STS gave no identity token; try again in a moment',
    ],
    [
      'the answer holds none',
      issued('', at(TOKEN_LIFE)),
      'AWS STS gave no identity token; try again in a moment',
    ],
  ])('because %s: it says what to do', async (_why, answer, message) => {
    const { read } = await aFunction(answer)
    const error = await read().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServiceError)
    expect(error).toMatchObject({ code: 'identity_token_unavailable', message })
    const { evidence } = error as ServiceError
    expect(JSON.stringify([message, evidence])).not.toContain('canary')
  })
})
