import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SignInContexts } from '../domain/sign-in-contexts.ts'
import { batchGet } from './dynamodb-batch-get.ts'
import { connectionFromItem, connectionKey, SETTINGS_KEY } from './dynamodb-connection-item.ts'
import { projection } from './dynamodb-connection-list.ts'
import { allowedOriginsFrom, appFrom, SIGN_IN_ATTRIBUTES } from './dynamodb-settings-item.ts'
import { signInTokenFromItem, signInTokenKey } from './dynamodb-sign-in-tokens.ts'

export function dynamodbSignInContexts(
  client: DynamoDBClient,
  tables: { readonly connectionsTable: string; readonly signInsTable: string },
): SignInContexts {
  return {
    read: async (connectionId, signInTokenDigest) => {
      const signInTokenPk = signInTokenKey(signInTokenDigest)
      const connectionPk = connectionKey(connectionId)
      const items = await batchGet(client, {
        [tables.signInsTable]: { Keys: [signInTokenPk], ConsistentRead: true },
        [tables.connectionsTable]: {
          Keys: [connectionPk, SETTINGS_KEY],
          ConsistentRead: true,
          ...withKeyAndSettings(),
        },
      })
      const find = (pk: string | undefined) => items.find((item) => item.pk?.S === pk)
      const signInToken = find(signInTokenPk.pk.S)
      const connection = find(connectionPk.pk.S)
      const settings = find(SETTINGS_KEY.pk.S) ?? {}
      return {
        signInToken: signInToken && signInTokenFromItem(signInToken),
        connection: connection && connectionFromItem(connection),
        clientId: appFrom(settings)?.clientId,
        allowedOrigins: allowedOriginsFrom(settings),
      }
    },
  }
}

function withKeyAndSettings(): ReturnType<typeof projection> {
  const { ProjectionExpression, ExpressionAttributeNames } = projection()
  return {
    ProjectionExpression: ['pk', ...SIGN_IN_ATTRIBUTES, ProjectionExpression].join(', '),
    ExpressionAttributeNames,
  }
}
