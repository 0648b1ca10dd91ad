import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createInvokeApi } from '../../../../infra/local/invoke-api.ts'
import { createLambdaRuntime, type LambdaHandler } from '../../../../infra/local/lambda-runtime.ts'
import { listenLocally } from '../../../../infra/local/local-server.ts'

async function lambda(handlers: Readonly<Record<string, LambdaHandler>>): Promise<LambdaClient> {
  const server = await listenLocally(0, createInvokeApi(createLambdaRuntime({ handlers })))
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await server.close()
  })
  return client
}

describe('Invoke', () => {
  test.each([
    ['its name', 'refresh'],
    ['its name and a qualifier', 'refresh:$LATEST'],
    ['its ARN', 'arn:aws:lambda:us-east-1:000000000000:function:refresh'],
  ])('runs a function by %s and gives what it returns', async (_, FunctionName) => {
    const client = await lambda({ refresh: async (event) => ({ got: event }) })
    const answer = await client.send(new InvokeCommand({ FunctionName, Payload: '{"shard":1}' }))
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
    expect(answer.FunctionError).toBeUndefined()
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ got: { shard: 1 } })
  })

  test('says in a header and the payload that the function threw', async () => {
    const client = await lambda({
      refresh: async () => {
        throw new TypeError('no good')
      },
    })
    const answer = await client.send(new InvokeCommand({ FunctionName: 'refresh' }))
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({
      errorType: 'TypeError',
      errorMessage: 'no good',
    })
  })

  test('answers an event at once, before the function is done', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const client = await lambda({ refresh: () => promise })
    const event = { FunctionName: 'refresh', InvocationType: 'Event' as const }
    expect((await client.send(new InvokeCommand(event))).StatusCode).toBe(202)
    resolve()
  })

  test.each(['RequestResponse', 'Event'] as const)(
    'refuses a %s call of a function that is not there',
    async (InvocationType) => {
      const client = await lambda({})
      const call = client.send(new InvokeCommand({ FunctionName: 'constructor', InvocationType }))
      await expect(call).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    },
  )

  test.each([
    ['of any site', { origin: 'https://attacker.example' }],
    ['of a site whose name leads here', { host: 'attacker.example:3002' }],
    ['of a name that only begins like one of ours', { host: 'localhost.attacker.example' }],
  ])('refuses a page %s, and runs nothing', async (_, headers) => {
    const refuse = async () => expect.unreachable('the function ran')
    const handlers = { token: refuse }
    const server = await listenLocally(0, createInvokeApi(createLambdaRuntime({ handlers })))
    onTestFinished(() => server.close())
    const path = '/2015-03-31/functions/token/invocations'
    const sent = request({ host: '127.0.0.1', port: server.port, path, method: 'POST', headers })
    sent.end('{"token":{"accountId":"acme","connectionId":1}}')
    const [answer]: IncomingMessage[] = await once(sent, 'response')
    answer?.resume()
    expect(answer?.statusCode).toBe(403)
  })

  test('refuses a payload that is not JSON', async () => {
    const client = await lambda({ refresh: async () => expect.unreachable('it was called') })
    const call = client.send(new InvokeCommand({ FunctionName: 'refresh', Payload: '{' }))
    await expect(call).rejects.toMatchObject({ name: 'InvalidRequestContentException' })
  })
})
