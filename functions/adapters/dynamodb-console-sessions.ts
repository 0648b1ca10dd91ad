import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { ConsoleSession, ConsoleSessions, ConsoleUser } from '../domain/console-session.ts'
import { answered } from './dynamodb-call.ts'
import {
  type Item,
  itemOf,
  map,
  readMap,
  readOptionalText,
  readText,
  readTime,
  readWord,
  text,
  time,
  timeToLive,
} from './dynamodb-item.ts'

const KINDS = ['api_client', 'first_sign_in', 'person'] as const

export function dynamodbConsoleSessions(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): ConsoleSessions {
  return {
    create: async ({ digest, user, expiresAt }) => {
      const item = itemOf({
        ...keyOf(digest),
        user: writeUser(user),
        validUntil: time(expiresAt),
        expiresAt: timeToLive(expiresAt),
      })
      await answered(client.send(new PutItemCommand({ TableName: table, Item: item })))
    },
    read: async (digest) => {
      const read = { TableName: table, Key: keyOf(digest), ConsistentRead: true }
      const { Item: item } = await answered(client.send(new GetItemCommand(read)))
      return item && sessionFromItem(digest, item)
    },
    end: async (digest) => {
      const deletion = new DeleteItemCommand({ TableName: table, Key: keyOf(digest) })
      await answered(client.send(deletion))
    },
  }
}

function keyOf(digest: string): { readonly pk: AttributeValue } {
  return { pk: text(`console-session#${digest}`) }
}

function sessionFromItem(digest: string, item: Item): ConsoleSession {
  return { digest, user: readMap(item, 'user', readUser), expiresAt: readTime(item, 'validUntil') }
}

function writeUser(user: ConsoleUser): AttributeValue {
  return map({
    kind: text(user.kind),
    name: text(user.name),
    accountId: user.kind === 'api_client' ? text(user.accountId) : undefined,
    issuer: user.kind === 'person' ? text(user.issuer) : undefined,
    admittedBy: user.kind === 'person' ? text(user.admittedBy) : undefined,
  })
}

function readUser(stored: Item): ConsoleUser {
  const kind = readWord(stored, 'kind', KINDS)
  const name = readText(stored, 'name')
  switch (kind) {
    case 'api_client':
      return { kind, name, accountId: readOptionalText(stored, 'accountId') }
    case 'first_sign_in':
      return { kind, name }
    case 'person': {
      const issuer = readText(stored, 'issuer')
      return { kind, name, issuer, admittedBy: readText(stored, 'admittedBy') }
    }
  }
}
