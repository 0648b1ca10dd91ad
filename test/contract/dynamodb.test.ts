import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll } from 'vitest'
import { dynamodbAuthorizationRequests } from '../../functions/adapters/dynamodb-authorization-requests.ts'
import { SETTINGS_KEY } from '../../functions/adapters/dynamodb-connection-item.ts'
import { dynamodbConnections } from '../../functions/adapters/dynamodb-connections.ts'
import { dynamodbDueConnections } from '../../functions/adapters/dynamodb-due-connections.ts'
import { dynamodbRefreshClaims } from '../../functions/adapters/dynamodb-refresh-claims.ts'
import { dynamodbSignInContexts } from '../../functions/adapters/dynamodb-sign-in-contexts.ts'
import { dynamodbSignInTokens } from '../../functions/adapters/dynamodb-sign-in-tokens.ts'
import { dynamodbTokenSets } from '../../functions/adapters/dynamodb-token-sets.ts'
import { at } from '../fakes/hand-clock.ts'
import { startDynamodb, type TestDynamodb } from '../support/dynamodb.ts'
import { authorizationRequestsContract } from './authorization-requests-contract.ts'
import { connectionsContract, type MakeConnectionStore } from './connections-contract.ts'
import { refreshClaimsContract } from './refresh-claims-contract.ts'
import { signInContextsContract } from './sign-in-contexts-contract.ts'
import { signInTokensContract } from './sign-in-tokens-contract.ts'
import { tokenSetsContract } from './token-sets-contract.ts'

let dynamodb: TestDynamodb
beforeAll(async () => {
  dynamodb = await startDynamodb()
  return dynamodb.stop
})

const connectionStore: MakeConnectionStore = async (now, shards) => {
  const { client, connectionsTable: table } = dynamodb
  return {
    connections: dynamodbConnections(client, { table, now }),
    tokenSets: dynamodbTokenSets(client, { table, shards }),
    dueConnections: dynamodbDueConnections(client, { table }),
  }
}

connectionsContract('DynamoDB', connectionStore)
tokenSetsContract('DynamoDB', connectionStore)
refreshClaimsContract('DynamoDB', async () =>
  dynamodbRefreshClaims(dynamodb.client, { table: dynamodb.connectionsTable }),
)
signInTokensContract('DynamoDB', async () =>
  dynamodbSignInTokens(dynamodb.client, { table: dynamodb.signInsTable }),
)
authorizationRequestsContract('DynamoDB', async () =>
  dynamodbAuthorizationRequests(dynamodb.client, { table: dynamodb.signInsTable }),
)
signInContextsContract('DynamoDB', async () => {
  const { client, connectionsTable, signInsTable } = dynamodb
  const settings = { TableName: connectionsTable }
  return {
    store: await connectionStore(() => at(0), 4),
    signInTokens: dynamodbSignInTokens(client, { table: signInsTable }),
    signInContexts: dynamodbSignInContexts(client, { connectionsTable, signInsTable }),
    setClientId: async (clientId) => {
      if (clientId === undefined) {
        await client.send(new DeleteItemCommand({ ...settings, Key: SETTINGS_KEY }))
      } else {
        const item = { ...SETTINGS_KEY, clientId: { S: clientId } }
        await client.send(new PutItemCommand({ ...settings, Item: item }))
      }
    },
  }
})
