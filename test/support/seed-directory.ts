import {
  type AttributeValue,
  BatchWriteItemCommand,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb'
import { writeGroup } from '../../functions/adapters/dynamodb-connection-group.ts'
import { connectionKey } from '../../functions/adapters/dynamodb-connection-item.ts'
import { CONNECTION_GROUPS, type ConnectionGroup } from '../../functions/domain/connection-group.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import { aNewConnection, aReason, aSealedTokenSet, aSignedIn } from './builders.ts'
import type { TestDynamodb } from './dynamodb.ts'

export type StoredItem = Readonly<Record<string, AttributeValue>>

/** An item as it is stored. */
export async function storedItem(
  { client, connectionsTable }: TestDynamodb,
  id: number,
): Promise<StoredItem> {
  const command = new GetItemCommand({ TableName: connectionsTable, Key: connectionKey(id) })
  return (await client.send(command)).Item ?? {}
}

/** An item of each group as the service writes it. */
export type Templates = Readonly<Record<ConnectionGroup, StoredItem>>

/** Sealed tokens of the size that real ones have. */
const TOKEN_SET = {
  ...aSealedTokenSet(),
  sealedAccessToken: new Uint8Array(1400),
  sealedRefreshToken: new Uint8Array(1050),
}

/** Takes a connection into each group once, and leaves none. */
export async function templatesOf(
  dynamodb: TestDynamodb,
  { connections, tokenSets }: ConnectionStore,
): Promise<Templates> {
  const template = async (group: ConnectionGroup): Promise<[ConnectionGroup, StoredItem]> => {
    const created = await connections.create(aNewConnection())
    const { id: connectionId } = created
    if (group !== 'pending') await tokenSets.connect(aSignedIn(created, { tokenSet: TOKEN_SET }))
    if (group === 'disconnected') await connections.disconnect(created)
    if (group !== 'pending' && group !== 'connected' && group !== 'disconnected') {
      const reason = aReason({ who: group })
      const required = { connectionId, expectedGeneration: 1, reason, claims: undefined }
      await tokenSets.requireReauthorization(required)
    }
    const item = await storedItem(dynamodb, connectionId)
    await connections.remove(created)
    return [group, item]
  }
  const all = await Promise.all(CONNECTION_GROUPS.map(template))
  return Object.fromEntries(all) as Templates
}

/** The account that has every tenth connection. */
export const LARGE_ACCOUNT = 'customer-large'

/** The most that one BatchWriteItem takes. */
const BATCH = 25

/** Stores connections with the ids after `from` up to `to`. */
export async function seedDirectory(
  { client, connectionsTable }: TestDynamodb,
  templates: Templates,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  for (let last = from; last < to; last += BATCH) {
    const size = Math.min(BATCH, to - last)
    const items = Array.from({ length: size }, (_, at) => itemLike(templates, last + at + 1))
    const requests = items.map((Item) => ({ PutRequest: { Item } }))
    const write = { RequestItems: { [connectionsTable]: requests } }
    await client.send(new BatchWriteItemCommand(write))
  }
}

/** More than half are connected; every account, environment and user begins with "customer". */
function itemLike(templates: Templates, id: number): Record<string, AttributeValue> {
  const group = CONNECTION_GROUPS[Math.floor(id / 2) % 14] ?? 'connected'
  const template = templates[group]
  const accountId = id % 10 === 0 ? LARGE_ACCOUNT : `customer-${id % 2500}`
  return {
    ...template,
    ...connectionKey(id),
    group: writeGroup(id, group),
    connectionId: { N: String(id) },
    accountId: { S: accountId },
    resource: { S: `https://customer-${id % 5000}.crm4.dynamics.com` },
    createdAt: { N: String(at(Math.floor(id / 7) * MINUTE).getTime()) },
    ...(template.userKey && { userKey: { S: `customer-${id}@contoso.example` } }),
  }
}
