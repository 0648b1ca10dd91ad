import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { User } from '../domain/connection.ts'
import {
  type Attributes,
  guid,
  type Item,
  map,
  readGuid,
  readOptionalText,
  text,
} from './dynamodb-item.ts'
import { STORED_AS } from './table-schema.ts'

/** The longest key that a search by user compares: an index takes a key of 1 KB, of 3 bytes a character. */
const USER_KEY_LENGTH = 256

export function writeUser(user: User): AttributeValue {
  const { tenantId, objectId, name, username, loginHint } = STORED_AS.user
  return map({
    [tenantId]: guid(user.tenantId),
    [objectId]: guid(user.objectId),
    [name]: text(user.name),
    [username]: text(user.username),
    [loginHint]: text(user.loginHint),
  })
}

/** The attributes of who signed in: the key to be found by stands for the name where it is the same. */
export function signedInUser(user: User): Attributes {
  const userKey = userKeyOf(user.username)
  const username = user.username === userKey ? undefined : user.username
  return { user: writeUser({ ...user, username }), userKey: text(userKey) }
}

/** @param userKey stands for a name that is not stored by itself */
export function readUser(stored: Item, userKey?: string): User {
  const { tenantId, objectId, name, username, loginHint } = STORED_AS.user
  return {
    tenantId: readGuid(stored, tenantId),
    objectId: readGuid(stored, objectId),
    name: readOptionalText(stored, name),
    username: readOptionalText(stored, username) ?? userKey,
    loginHint: readOptionalText(stored, loginHint),
  }
}

/** What a user is found by; `undefined` where there is nothing to find. */
function userKeyOf(username: string | undefined): string | undefined {
  const key = username?.toLowerCase().slice(0, USER_KEY_LENGTH)
  return key === '' ? undefined : key
}
