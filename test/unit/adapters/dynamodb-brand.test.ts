import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dynamodbBrands } from '../../../functions/adapters/dynamodb-brand.ts'
import { DEFAULT_BRAND } from '../../../functions/domain/brand.ts'
import { handClock, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { type Answerer, send, tinyServer } from '../support/tiny-server.ts'

const LOGO = 'data:image/png;base64,iVBORw0KGgo='

const holding =
  (attributes: Readonly<Record<string, string>>): Answerer =>
  (_, response) => {
    const texts = Object.entries(attributes).map(([name, value]) => [name, { S: value }])
    send(response, { body: { Item: Object.fromEntries(texts) } })
  }

const failing: Answerer = (_, response) =>
  send(response, { status: 500, body: { __type: 'InternalServerError' } })

/** A store of one test, and the brands in it. */
async function brandsAt(first: Answerer) {
  let answer = first
  const server = await tinyServer((request, response) => answer(request, response))
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  const clock = handClock()
  const become = (changed: Answerer) => {
    answer = changed
  }
  const brands = (longestWaitMs?: number) =>
    dynamodbBrands(client, {
      table: 'connections',
      now: clock.now,
      ...(longestWaitMs === undefined ? {} : { longestWaitMs }),
    })
  return { server, clock, become, brands }
}

describe("the partner's brand", () => {
  test('is read from the settings, and nothing else of them', async () => {
    const { server, brands } = await brandsAt(
      holding({ brandName: 'Fabrikam', brandLogo: LOGO, brandColour: '#0b57a4' }),
    )
    expect(await brands().read()).toEqual({ name: 'Fabrikam', logo: LOGO, colour: '#0b57a4' })
    expect(server.received.map(({ body }) => JSON.parse(body))).toEqual([
      {
        TableName: 'connections',
        Key: { pk: { S: 'settings' } },
        ProjectionExpression: 'brandName, brandLogo, brandColour',
      },
    ])
  })

  test('is the default where none is set', async () => {
    const { brands } = await brandsAt((_, response) => send(response, { body: {} }))
    expect(await brands().read()).toEqual(DEFAULT_BRAND)
  })

  test('is remembered for a minute', async () => {
    const { server, clock, become, brands } = await brandsAt(holding({ brandName: 'one' }))
    const { read } = brands()
    await read()
    become(holding({ brandName: 'two' }))
    clock.advance(MINUTE - 1)
    expect(await read()).toEqual({ name: 'one' })
    clock.advance(1)
    expect(await read()).toEqual({ name: 'two' })
    expect(server.received.length).toBe(2)
  })

  test('is read once for all pages that ask at the same time', async () => {
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const { server, brands } = await brandsAt(async (request, response) => {
      asked.resolve()
      await answer.promise
      holding({ brandName: 'one' })(request, response)
    })
    const { read } = brands()
    const first = read()
    await asked.promise
    const others = [read(), read()]
    answer.resolve()
    expect(await Promise.all([first, ...others])).toEqual(Array(3).fill({ name: 'one' }))
    expect(server.received.length).toBe(1)
  })

  test('is the default when the store fails, and soon asked for again', async () => {
    const { server, clock, become, brands } = await brandsAt(failing)
    const { read } = brands()
    expect(await read()).toEqual(DEFAULT_BRAND)
    become(holding({ brandName: 'one' }))
    clock.advance(5 * SECOND - 1)
    expect(await read()).toEqual(DEFAULT_BRAND)
    expect(server.received.length).toBe(1)
    clock.advance(1)
    expect(await read()).toEqual({ name: 'one' })
  })

  test('is the last known one when the store fails later', async () => {
    const { clock, become, brands } = await brandsAt(holding({ brandName: 'one' }))
    const { read } = brands()
    await read()
    become(failing)
    clock.advance(MINUTE)
    expect(await read()).toEqual({ name: 'one' })
  })

  test('is the default when the store does not answer before a page has to', async () => {
    const { brands } = await brandsAt(() => undefined)
    expect(await brands(1).read()).toEqual(DEFAULT_BRAND)
  })

  test('is the default when what is stored is no brand', async () => {
    const { brands } = await brandsAt(holding({ brandName: 'one', brandColour: 'url(x)' }))
    expect(await brands().read()).toEqual(DEFAULT_BRAND)
  })
})
