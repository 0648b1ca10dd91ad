import { describe, expect, test } from 'vitest'
import { cachedSecret } from '../../../functions/adapters/cached-secret.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { DAY, handClock, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { holding, SECRET_ARN, type SecretsServer, secretsServer } from './secrets-server.ts'

/** A secret that is any text but `bad…`. */
function secretAt({ client }: SecretsServer) {
  const clock = handClock()
  const parse = (text: string) => (text === '' || text.startsWith('bad') ? undefined : text)
  const expected = 'a text'
  const { now } = clock
  return { clock, read: cachedSecret({ client, secretArn: SECRET_ARN, parse, expected, now }) }
}

async function refusalOf(read: () => Promise<unknown>): Promise<ServiceError> {
  const error = await read().catch((thrown: unknown) => thrown)
  if (error instanceof ServiceError) return error
  throw new Error('it was read', { cause: error })
}

describe('a secret', () => {
  test('is read when it is first asked for, by its ARN', async () => {
    const server = await secretsServer('one')
    const { read } = secretAt(server)
    expect(server.reads).toEqual([])
    expect(await read()).toBe('one')
    expect(server.reads).toMatchObject([
      { headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' } },
    ])
    expect(JSON.parse(server.reads[0]?.body ?? '')).toEqual({
      SecretId: SECRET_ARN,
      VersionStage: 'AWSCURRENT',
    })
  })

  test('is read once for all who ask at the same time', async () => {
    const server = await secretsServer()
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    server.answer(async (request, response) => {
      asked.resolve()
      await answer.promise
      holding('one')(request, response)
    })
    const { read } = secretAt(server)
    const first = read()
    await asked.promise
    const others = [read(), read()]
    answer.resolve()
    expect(await Promise.all([first, ...others])).toEqual(['one', 'one', 'one'])
    expect(server.reads.length).toBe(1)
  })

  test('is used for five minutes, and then read again', async () => {
    const server = await secretsServer('one')
    const { read, clock } = secretAt(server)
    await read()
    server.hold('two')
    clock.advance(5 * MINUTE - 1)
    expect(await read()).toBe('one')
    clock.advance(1)
    expect(await read()).toBe('two')
    clock.advance(5 * MINUTE - 1)
    expect(await read()).toBe('two')
    expect(server.reads.length).toBe(2)
  })

  test.each([
    [
      'Secrets Manager does not know it',
      (server: SecretsServer) => server.fail('ResourceNotFoundException'),
    ],
    ['Secrets Manager fails', (server: SecretsServer) => server.fail('InternalServiceError', 500)],
    ['it may not be read', (server: SecretsServer) => server.fail('AccessDeniedException')],
    ['it is overwritten with something else', (server: SecretsServer) => server.hold('bad')],
    [
      'the connection breaks',
      (server: SecretsServer) => server.answer((_, response) => response.socket?.resetAndDestroy()),
    ],
  ])('is used for a day when %s', async (_, breakIt) => {
    const server = await secretsServer('one')
    const { read, clock } = secretAt(server)
    await read()
    breakIt(server)
    clock.advance(DAY - 1)
    expect(await read()).toBe('one')
    clock.advance(1)
    expect(await refusalOf(read)).toMatchObject({ code: 'secret_unreadable' })
  })

  test('that could not be read is read again as soon as it can be', async () => {
    const server = await secretsServer('one')
    const { read, clock } = secretAt(server)
    server.fail('InternalServiceError', 500)
    await refusalOf(read)
    server.hold('two')
    expect(await read()).toBe('two')
    clock.advance(DAY + 1)
    server.fail('InternalServiceError', 500)
    await refusalOf(read)
    server.hold('three')
    expect(await read()).toBe('three')
  })

  test('that is kept since it could not be read counts its age from when it was read', async () => {
    const server = await secretsServer('one')
    const { read, clock } = secretAt(server)
    await read()
    server.fail('InternalServiceError', 500)
    clock.advance(DAY / 2)
    await read()
    clock.advance(DAY / 2)
    expect(await refusalOf(read)).toMatchObject({ code: 'secret_unreadable' })
  })
})

describe('while Secrets Manager is down', () => {
  test('the old one is served for half a minute at a time without asking', async () => {
    const server = await secretsServer('one')
    const { read, clock } = secretAt(server)
    await read()
    server.fail('AccessDeniedException')
    clock.advance(5 * MINUTE)
    await read()
    const asked = server.reads.length
    clock.advance(30 * SECOND - 1)
    expect(await read()).toBe('one')
    expect(server.reads.length).toBe(asked)
    server.hold('two')
    clock.advance(1)
    expect(await read()).toBe('two')
  })

  test('whoever needs a newer one is told, and the others go on', async () => {
    const server = await secretsServer('one')
    const { read, clock } = secretAt(server)
    await read()
    server.fail('AccessDeniedException')
    clock.advance(2 * SECOND)
    const rereading = refusalOf(() => read({ reread: true }))
    expect(await rereading).toMatchObject({ code: 'secret_unreadable' })
    expect(await read()).toBe('one')
    clock.advance(5 * MINUTE)
    expect(await read()).toBe('one')
  })

  test('whoever needs a newer one shares the read with those who do not', async () => {
    const server = await secretsServer('one')
    const { read, clock } = secretAt(server)
    await read()
    server.fail('AccessDeniedException')
    clock.advance(5 * MINUTE)
    const [served, refused] = await Promise.all([read(), refusalOf(() => read({ reread: true }))])
    expect([served, refused.code]).toEqual(['one', 'secret_unreadable'])
  })
})

describe('a secret that cannot be used', () => {
  test.each(['', 'bad canary'])('because it is %j is named, and never shown', async (secret) => {
    const { read } = secretAt(await secretsServer(secret))
    const error = await refusalOf(read)
    expect(error).toMatchObject({
      code: 'secret_unreadable',
      message: 'fill the secret with a text',
      evidence: { secret: SECRET_ARN },
    })
    expect(JSON.stringify([error.message, error.evidence, error.cause])).not.toContain('canary')
  })

  test('because it holds bytes is one without a text', async () => {
    const server = await secretsServer()
    server.answer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify({ ARN: SECRET_ARN, SecretBinary: 'Y2FuYXJ5' }))
    })
    expect(await refusalOf(secretAt(server).read)).toMatchObject({ code: 'secret_unreadable' })
  })

  test('because AWS says no is named together with what AWS calls it, not with its words', async () => {
    const server = await secretsServer()
    server.fail('AccessDeniedException')
    const error = await refusalOf(secretAt(server).read)
    expect(error).toMatchObject({
      code: 'secret_unreadable',
      evidence: { secret: SECRET_ARN, name: 'AccessDeniedException' },
    })
    expect(JSON.stringify([error.message, error.evidence])).not.toContain('canary')
  })
})
