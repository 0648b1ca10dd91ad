import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { BATCH_LIMIT, batchGetParts } from './dynamodb-batch-get.ts'
import { answered } from './dynamodb-call.ts'
import { type Item, text } from './dynamodb-item.ts'

/**
 * Reads one item by its key; `undefined` when it is not there.
 * @throws ServiceError `store_unavailable`
 */
export type ReadItem = (pk: string) => Promise<Item | undefined>

/** Where items are, and whether a read sees every write before it; one that need not costs half. */
export interface ItemSource {
  readonly table: string
  readonly isConsistent: boolean
}

/** Reads each item by itself. */
export function itemReader(client: DynamoDBClient, { table, isConsistent }: ItemSource): ReadItem {
  return async (pk) => {
    const read = { TableName: table, Key: { pk: text(pk) }, ConsistentRead: isConsistent }
    return (await answered(client.send(new GetItemCommand(read)))).Item
  }
}

/** Whoever waits for an item, by its key. */
type Waiting = Map<string, ReturnType<typeof Promise.withResolvers<Item | undefined>>>

/**
 * Reads what is asked for meanwhile in one call, each item once: a call costs far more than an item.
 * What cannot be read fails only those who asked for it.
 * @param gathering resolves when what was asked for is to be read; also waited for before what DynamoDB
 * left unread is asked for again
 */
export function gatheringItemReader(
  client: DynamoDBClient,
  source: ItemSource & { readonly gathering: () => Promise<unknown> },
): ReadItem {
  let open: Waiting | undefined
  const gather = async (waiting: Waiting): Promise<void> => {
    const isClosed = source.gathering().finally(() => {
      if (open === waiting) open = undefined
    })
    try {
      await isClosed
      await readAll(client, source, waiting)
    } catch (error) {
      for (const { reject } of waiting.values()) reject(error)
    }
  }
  return (pk) => {
    if (open === undefined || open.size === BATCH_LIMIT) {
      open = new Map()
      void gather(open)
    }
    const { promise } = waitFor(open, pk)
    return promise
  }
}

function waitFor(waiting: Waiting, pk: string) {
  const one = waiting.get(pk) ?? Promise.withResolvers<Item | undefined>()
  waiting.set(pk, one)
  return one
}

async function readAll(
  client: DynamoDBClient,
  { table, isConsistent, gathering }: ItemSource & { readonly gathering: () => Promise<unknown> },
  waiting: Waiting,
): Promise<void> {
  const Keys = [...waiting.keys()].map((pk) => ({ pk: text(pk) }))
  const request = { [table]: { Keys, ConsistentRead: isConsistent } }
  for await (const { items, unread } of batchGetParts(client, request)) {
    const found = new Map(items.map((item) => [item.pk?.S, item]))
    const left = new Set(unread.map(({ pk }) => pk?.S))
    for (const [pk, { resolve }] of waiting) {
      if (left.has(pk)) continue
      waiting.delete(pk)
      resolve(found.get(pk))
    }
    if (left.size > 0) await gathering()
  }
}
