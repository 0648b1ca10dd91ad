import { createSecretKey } from 'node:crypto'
import {
  type AttributeValue,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { connectionKey } from '../../../functions/adapters/dynamodb-connection-item.ts'
import { dynamodbConnections } from '../../../functions/adapters/dynamodb-connections.ts'
import { dynamodbTokenSets } from '../../../functions/adapters/dynamodb-token-sets.ts'
import type { Keyring } from '../../../functions/domain/keyring.ts'
import { parseResource } from '../../../functions/domain/resource.ts'
import { sealTokenSet } from '../../../functions/domain/seal-token-set.ts'
import { tokenSealer } from '../../../functions/domain/token-sealer.ts'
import type { Stage } from './stage.ts'

export type Item = Record<string, AttributeValue>

/** A connection of a row, and the tokens that it was given. */
export interface SeededConnection {
  readonly id: number
  readonly accessToken: string
  readonly refreshToken: string
}

export interface SeedOptions {
  /** How long the stored access token is still good. */
  readonly validForMs?: number
  /** When it is due, relative to now; a minute ago unless it says otherwise. */
  readonly dueInMs?: number
  readonly hotForMs?: number
  readonly tenantId?: string
}

export const ACCOUNT = 'acme'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

export const RESOURCE = (() => {
  const parsed = parseResource('https://example.crm.dynamics.com', ['commercial'])
  if (parsed.outcome === 'refused') throw new Error('the resource of the rows is not one')
  return parsed.resource
})()

/** Stores a connection, pending and without tokens. */
export async function pendingConnection({ scene, connectionsTable }: Stage): Promise<number> {
  const options = { table: connectionsTable, now: () => new Date() }
  const connections = dynamodbConnections(scene.dynamodb.client, options)
  const labels = { name: 'Dynamics', description: undefined }
  return (await connections.create({ accountId: ACCOUNT, resource: RESOURCE, ...labels })).id
}

/** Stores a connected connection that is due. */
export async function connectedConnection(
  stage: Stage,
  options: SeedOptions = {},
): Promise<SeededConnection> {
  const { canaries, entra, scene } = stage
  const { tenantId = entra.user.tenantId } = options
  const id = await pendingConnection(stage)
  const at = new Date(Date.now() - 20 * MINUTE)
  const tokens = {
    accessToken: canaries.mint('access token', 96),
    refreshToken: canaries.mint('refresh token', 96),
    accessTokenExpiresAt: new Date(Date.now() + (options.validForMs ?? 40 * MINUTE)),
    obtainedAt: at,
  }
  entra.refreshTokens.add(tokens.refreshToken)
  const sealers = {
    accessTokens: tokenSealer('access', async () => keyringOf(stage, 'access-keyring')),
    refreshTokens: tokenSealer('refresh', async () => keyringOf(stage, 'refresh-keyring')),
  }
  const binding = { connectionId: id, generation: 1 }
  const tokenSets = dynamodbTokenSets(scene.dynamodb.client, { table: stage.connectionsTable })
  await tokenSets.connect({
    connectionId: id,
    expectedGeneration: 0,
    resource: RESOURCE,
    tokenSet: await sealTokenSet(sealers, binding, tokens),
    authority: { loginHost: 'login.microsoftonline.com', tenant: tenantId },
    user: {
      tenantId,
      objectId: entra.user.objectId,
      name: undefined,
      username: undefined,
      loginHint: undefined,
    },
    environment: { organizationId: 'o', userId: 'u', businessUnitId: 'b' },
    bringsResource: false,
    connectedBy: 'authorization-request-of-the-sign-in',
    nextRefreshAt: new Date(Date.now() + (options.dueInMs ?? -MINUTE)),
    hotUntil: new Date(Date.now() + (options.hotForMs ?? DAY)),
    at,
  })
  return { id, ...tokens }
}

function keyringOf({ secrets }: Stage, name: string): Keyring {
  const stored = JSON.parse(secrets[name]?.current ?? '') as {
    readonly active: string
    readonly keys: Record<string, string>
  }
  const keys = Object.entries(stored.keys).map(
    ([keyId, key]) => [keyId, createSecretKey(key, 'base64url')] as const,
  )
  return { active: stored.active, keys: new Map(keys) }
}

/** The item as it is stored. */
export async function itemOf({ scene, connectionsTable }: Stage, id: number): Promise<Item> {
  const get = { TableName: connectionsTable, Key: connectionKey(id), ConsistentRead: true }
  return (await scene.dynamodb.client.send(new GetItemCommand(get))).Item ?? {}
}

/** Writes attributes of an item past every rule of the product. */
export async function rewrite(
  { scene, connectionsTable }: Stage,
  pk: string,
  attributes: Readonly<Record<string, AttributeValue>>,
): Promise<void> {
  const names = Object.keys(attributes)
  const update = new UpdateItemCommand({
    TableName: connectionsTable,
    Key: { pk: { S: pk } },
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      names.map((name) => [`:${name}`, attributes[name] ?? { NULL: true }]),
    ),
  })
  await scene.dynamodb.client.send(update)
}

/** What waits for a time waits no longer: due times, holds, claims and probes are moved to the past. */
export async function letTimePass(stage: Stage): Promise<void> {
  const { scene, connectionsTable } = stage
  const scan = new ScanCommand({ TableName: connectionsTable, ConsistentRead: true })
  const { Items: items = [] } = await scene.dynamodb.client.send(scan)
  const past = { N: String(Date.now() - 1000) }
  await Promise.all(
    items.map(async (item) => {
      const waiting = ['nextRefreshAt', 'heldUntil', 'nextProbeAt'].filter((name) => item[name])
      const pk = item.pk?.S ?? ''
      if (waiting.length === 0) return
      await rewrite(stage, pk, Object.fromEntries(waiting.map((name) => [name, past])))
    }),
  )
}
