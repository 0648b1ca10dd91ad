import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  gatheringItemReader,
  itemReader,
} from '../../../functions/adapters/dynamodb-item-reader.ts'
import { type Received, send, tinyServer } from '../support/tiny-server.ts'

interface Requested {
  readonly Keys: readonly { readonly pk: { readonly S: string } }[]
  readonly ConsistentRead: boolean
}

const SOURCE = { table: 'table', isConsistent: true }
const itemOf = (pk: string) => ({ pk: { S: pk }, text: { S: `of ${pk}` } })
const requestOf = ({ body }: Received): Requested => JSON.parse(body).RequestItems.table
const keysOf = (request: Received) => requestOf(request).Keys.map(({ pk }) => pk.S)
const unavailable = expect.objectContaining({ name: 'ServiceError', code: 'store_unavailable' })

/**
 * A table that has every item but those that are called missing.
 * @param leftUnread what one answer leaves unread of the keys that were asked for
 */
async function aTable(leftUnread: (keys: readonly string[]) => readonly string[] = () => []) {
  const { url, received } = await tinyServer((request, response) => {
    const keys = keysOf(request)
    const unread = leftUnread(keys)
    const read = keys.filter((pk) => !unread.includes(pk) && !pk.startsWith('missing'))
    const Keys = unread.map((pk) => ({ pk: { S: pk } }))
    const body = {
      Responses: { table: read.toReversed().map(itemOf) },
      UnprocessedKeys: unread.length > 0 ? { table: { Keys } } : {},
    }
    return send(response, { body })
  })
  return { client: clientOf(url), received }
}

function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials,
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return client
}

/** A reader that gathers until it is told to read. */
function gathering(client: DynamoDBClient) {
  let read = Promise.withResolvers<void>()
  const readItem = gatheringItemReader(client, { ...SOURCE, gathering: () => read.promise })
  const readNow = () => {
    read.resolve()
    read = Promise.withResolvers()
  }
  return { readItem, readNow }
}

const atOnce = { ...SOURCE, gathering: async () => undefined }

describe('a reader that gathers', () => {
  test('reads in one call what is asked for meanwhile, and gives each its own', async () => {
    const { client, received } = await aTable()
    const { readItem, readNow } = gathering(client)
    const items = Promise.all(['a', 'missing', 'b'].map(readItem))
    readNow()
    expect(await items).toEqual([itemOf('a'), undefined, itemOf('b')])
    expect(received.map(keysOf)).toEqual([['a', 'missing', 'b']])
  })

  test('reads an item once, whoever asks for it', async () => {
    const { client, received } = await aTable()
    const { readItem, readNow } = gathering(client)
    const items = Promise.all(['a', 'b', 'a', 'a'].map(readItem))
    readNow()
    expect(await items).toEqual(['a', 'b', 'a', 'a'].map(itemOf))
    expect(received.map(keysOf)).toEqual([['a', 'b']])
  })

  test('reads anew what is asked for after it began to read', async () => {
    const { client, received } = await aTable()
    const { readItem, readNow } = gathering(client)
    const before = readItem('a')
    readNow()
    await before
    const after = readItem('a')
    readNow()
    expect(await after).toEqual(itemOf('a'))
    expect(received.map(keysOf)).toEqual([['a'], ['a']])
  })

  test.each([true, false])('says whether it has to see every write: %s', async (isConsistent) => {
    const { client, received } = await aTable()
    await gatheringItemReader(client, { ...atOnce, isConsistent })('a')
    expect(received.map((request) => requestOf(request).ConsistentRead)).toEqual([isConsistent])
  })

  test('asks for no more in a call than DynamoDB takes', async () => {
    const { client, received } = await aTable()
    const { readItem, readNow } = gathering(client)
    const names = Array.from({ length: 201 }, (_, n) => `item-${n}`)
    const items = Promise.all(names.map(readItem))
    readNow()
    expect(await items).toEqual(names.map(itemOf))
    expect(received.map((request) => keysOf(request).length).toSorted()).toEqual([1, 100, 100])
  })

  test('asks again for what DynamoDB left unread, and lets nobody else wait for it', async () => {
    let answers = 0
    const { client, received } = await aTable((keys) => {
      answers += 1
      return answers === 1 ? keys.slice(1) : []
    })
    const again = Promise.withResolvers<void>()
    const waits = [Promise.resolve(), again.promise]
    const source = { ...SOURCE, gathering: async () => waits.shift() }
    const readItem = gatheringItemReader(client, source)
    const items = ['a', 'b', 'missing'].map(readItem)
    expect(await items[0]).toEqual(itemOf('a'))
    expect(received).toHaveLength(1)
    again.resolve()
    expect(await Promise.all(items)).toEqual([itemOf('a'), itemOf('b'), undefined])
    expect(received.map(keysOf)).toEqual([
      ['a', 'b', 'missing'],
      ['b', 'missing'],
    ])
  })

  test('gives up what stays unread, and gives the rest', async () => {
    const { client, received } = await aTable((keys) => keys.filter((pk) => pk === 'hot'))
    const readItem = gatheringItemReader(client, atOnce)
    const [cold, hot, missing] = await Promise.allSettled(['cold', 'hot', 'missing'].map(readItem))
    expect(cold).toMatchObject({ value: itemOf('cold') })
    expect(hot).toMatchObject({ reason: unavailable })
    expect(missing).toMatchObject({ value: undefined })
    expect(received).toHaveLength(5)
  })

  test('tells everybody of a call that fails, and reads again afterwards', async () => {
    let isDown = true
    const { url } = await tinyServer((_, response) => {
      const body = { Responses: { table: [itemOf('a')] }, UnprocessedKeys: {} }
      return isDown ? send(response, { status: 500 }) : send(response, { body })
    })
    const readItem = gatheringItemReader(clientOf(url), atOnce)
    const results = await Promise.allSettled(['a', 'b'].map(readItem))
    expect(results).toMatchObject([{ reason: unavailable }, { reason: unavailable }])
    isDown = false
    expect(await readItem('a')).toEqual(itemOf('a'))
  })
})

describe('a reader that does not', () => {
  test('reads each item by itself', async () => {
    const { url, received } = await tinyServer((request, response) => {
      const pk = JSON.parse(request.body).Key.pk.S
      return send(response, { body: pk === 'missing' ? {} : { Item: itemOf(pk) } })
    })
    const readItem = itemReader(clientOf(url), SOURCE)
    expect(await Promise.all(['a', 'missing'].map(readItem))).toEqual([itemOf('a'), undefined])
    expect(received).toHaveLength(2)
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ ConsistentRead: true })
  })

  test('tells of a call that fails', async () => {
    const { url } = await tinyServer((_, response) => send(response, { status: 500 }))
    await expect(itemReader(clientOf(url), SOURCE)('a')).rejects.toEqual(unavailable)
  })
})
