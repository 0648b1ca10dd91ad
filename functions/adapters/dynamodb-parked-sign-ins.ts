import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { ParkedSignIn, ParkedSignIns } from '../domain/parked-sign-in.ts'
import type { Resource } from '../domain/resource.ts'
import { answered, answeredIf } from './dynamodb-call.ts'
import {
  readAuthority,
  readEnvironment,
  readTokenSet,
  signedInTokenSet,
  writeAuthority,
  writeEnvironment,
} from './dynamodb-connection-item.ts'
import {
  flag,
  type Item,
  itemOf,
  number,
  readFlag,
  readMap,
  readNumber,
  readOptionalMap,
  readText,
  readTime,
  text,
  time,
  timeToLive,
} from './dynamodb-item.ts'
import { readUser, writeUser } from './dynamodb-user.ts'

const isStillThere = 'attribute_exists(pk)'

export function dynamodbParkedSignIns(
  client: DynamoDBClient,
  { table }: { readonly table: string },
): ParkedSignIns {
  return {
    park: async (signIn) => {
      const put = new PutItemCommand({ TableName: table, Item: toItem(signIn) })
      await answered(client.send(put))
    },

    find: async (id) => {
      const get = new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true })
      const { Item: item } = await answered(client.send(get))
      return item && fromItem(item)
    },

    settle: async (id) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(id),
        UpdateExpression: 'REMOVE tokenSet',
        ConditionExpression: isStillThere,
      })
      await answeredIf(client.send(command))
    },
  }
}

function keyOf(id: string): { readonly pk: AttributeValue } {
  return { pk: text(`parked-sign-in#${id}`) }
}

function toItem(signIn: ParkedSignIn): Record<string, AttributeValue> {
  return itemOf({
    ...keyOf(signIn.id),
    id: text(signIn.id),
    requestId: text(signIn.requestId),
    connectionId: number(signIn.connectionId),
    signInTokenDigest: text(signIn.signInTokenDigest),
    resource: text(signIn.resource),
    bringsResource: flag(signIn.bringsResource),
    allowsUserChange: flag(signIn.allowsUserChange),
    authority: writeAuthority(signIn.authority),
    ...(signIn.tokenSet && signedInTokenSet(signIn.tokenSet)),
    user: writeUser(signIn.user),
    environment: writeEnvironment(signIn.environment),
    validUntil: time(signIn.expiresAt),
    expiresAt: timeToLive(signIn.expiresAt),
  })
}

function fromItem(item: Item): ParkedSignIn {
  return {
    id: readText(item, 'id'),
    requestId: readText(item, 'requestId'),
    connectionId: readNumber(item, 'connectionId'),
    signInTokenDigest: readText(item, 'signInTokenDigest'),
    // Only what `parseResource` accepted is ever stored.
    resource: readText(item, 'resource') as Resource,
    bringsResource: readFlag(item, 'bringsResource'),
    allowsUserChange: readFlag(item, 'allowsUserChange'),
    authority: readMap(item, 'authority', (map) => readAuthority(map)),
    tokenSet: readOptionalMap(item, 'tokenSet', (map) => readTokenSet(map, item)),
    user: readMap(item, 'user', readUser),
    environment: readMap(item, 'environment', readEnvironment),
    expiresAt: readTime(item, 'validUntil'),
  }
}
