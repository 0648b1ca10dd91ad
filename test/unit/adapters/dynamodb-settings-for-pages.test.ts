import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dynamodbSettingsForPages } from '../../../functions/adapters/dynamodb-settings-for-pages.ts'
import { DEFAULT_BRAND } from '../../../functions/domain/brand.ts'
import { handClock, MINUTE, SECOND } from '../../fakes/hand-clock.ts'
import { type Answerer, send, tinyServer } from '../support/tiny-server.ts'

const ORIGIN = 'https://app.example'
const LOGO = 'data:image/png;base64,iVBORw0KGgo='

const holding =
  (attributes: Readonly<Record<string, string>>): Answerer =>
  (_, response) => {
    const texts = Object.entries(attributes).map(([name, value]) => [name, { S: value }])
    const origins = { allowedOrigins: { L: [{ S: ORIGIN }, { N: '1' }] } }
    send(response, { body: { Item: { ...Object.fromEntries(texts), ...origins } } })
  }

const failing: Answerer = (_, response) =>
  send(response, { status: 500, body: { __type: 'InternalServerError' } })

/** A store of one test, and the settings in it. */
async function settingsAt(first: Answerer) {
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
  const settings = (longestWaitMs?: number) =>
    dynamodbSettingsForPages(client, {
      table: 'connections',
      now: clock.now,
      ...(longestWaitMs === undefined ? {} : { longestWaitMs }),
    })
  return { server, clock, become, settings }
}

const NONE = { brand: DEFAULT_BRAND, allowedOrigins: [] }
const named = (name: string) => ({ brand: { name }, allowedOrigins: [ORIGIN] })

describe('the settings for pages', () => {
  test('are the brand and the allowed origins, by one read of nothing else', async () => {
    const { server, settings } = await settingsAt(
      holding({ brandName: 'Fabrikam', brandLogo: LOGO, brandColour: '#0b57a4' }),
    )
    expect(await settings().read()).toEqual({
      brand: { name: 'Fabrikam', logo: LOGO, colour: '#0b57a4' },
      allowedOrigins: [ORIGIN],
    })
    expect(server.received.map(({ body }) => JSON.parse(body))).toEqual([
      {
        TableName: 'connections',
        Key: { pk: { S: 'settings' } },
        ProjectionExpression: 'brandName, brandLogo, brandColour, allowedOrigins',
      },
    ])
  })

  test('are the default brand and no origin where nothing is set', async () => {
    const { settings } = await settingsAt((_, response) => send(response, { body: {} }))
    expect(await settings().read()).toEqual(NONE)
  })

  test('are remembered for a minute', async () => {
    const { server, clock, become, settings } = await settingsAt(holding({ brandName: 'one' }))
    const { read } = settings()
    await read()
    become(holding({ brandName: 'two' }))
    clock.advance(MINUTE - 1)
    expect(await read()).toEqual(named('one'))
    clock.advance(1)
    expect(await read()).toEqual(named('two'))
    expect(server.received.length).toBe(2)
  })

  test('are read once for all pages that ask at the same time', async () => {
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const { server, settings } = await settingsAt(async (request, response) => {
      asked.resolve()
      await answer.promise
      holding({ brandName: 'one' })(request, response)
    })
    const { read } = settings()
    const first = read()
    await asked.promise
    const others = [read(), read()]
    answer.resolve()
    expect(await Promise.all([first, ...others])).toEqual(Array(3).fill(named('one')))
    expect(server.received.length).toBe(1)
  })

  test('are none when the store fails, and soon asked for again', async () => {
    const { server, clock, become, settings } = await settingsAt(failing)
    const { read } = settings()
    expect(await read()).toEqual(NONE)
    become(holding({ brandName: 'one' }))
    clock.advance(5 * SECOND - 1)
    expect(await read()).toEqual(NONE)
    expect(server.received.length).toBe(1)
    clock.advance(1)
    expect(await read()).toEqual(named('one'))
  })

  test('are the last known ones when the store fails later', async () => {
    const { clock, become, settings } = await settingsAt(holding({ brandName: 'one' }))
    const { read } = settings()
    await read()
    become(failing)
    clock.advance(MINUTE)
    expect(await read()).toEqual(named('one'))
  })

  test('are none when the store does not answer before a page has to', async () => {
    const { settings } = await settingsAt(() => undefined)
    expect(await settings(1).read()).toEqual(NONE)
  })

  test('have the default brand when what is stored is none, and the origins all the same', async () => {
    const { settings } = await settingsAt(holding({ brandName: 'one', brandColour: 'url(x)' }))
    expect(await settings().read()).toEqual({ brand: DEFAULT_BRAND, allowedOrigins: [ORIGIN] })
  })
})
