import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  connectionKey,
  signedInTokenSet,
  writeAuthority,
  writeEnvironment,
  writeReason,
} from '../../../functions/adapters/dynamodb-connection-item.ts'
import { itemOf, number, text, time } from '../../../functions/adapters/dynamodb-item.ts'
import { dynamodbToldWrite } from '../../../functions/adapters/dynamodb-told-write.ts'
import { writeUser } from '../../../functions/adapters/dynamodb-user.ts'
import { stateEventJson } from '../../../functions/adapters/state-event-json.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import { stateEventOf } from '../../../functions/domain/event-publisher.ts'
import { SITUATIONS } from '../../../functions/domain/situations.ts'
import { at, SECOND } from '../../fakes/hand-clock.ts'
import { aConnection, aReason } from '../../support/builders.ts'
import { problemsOf } from '../../support/state-event-schema.ts'
import { streamRecord } from '../../support/stream-record.ts'

type StoredItem = Record<string, AttributeValue>

/** Everything that an item can hold, as the service writes it. */
function itemFor(connection: Connection): StoredItem {
  const { user, tokenSet, authority, environment, reason } = connection
  return itemOf({
    ...connectionKey(connection.id),
    connectionId: number(connection.id),
    accountId: text(connection.accountId),
    name: text(connection.name),
    description: text(connection.description),
    resource: text(connection.resource),
    format: number(1),
    status: text(connection.status),
    generation: number(connection.generation),
    createdAt: time(connection.createdAt),
    ...(tokenSet && signedInTokenSet(tokenSet)),
    user: user && writeUser(user),
    authority: authority && writeAuthority(authority, user),
    environment: environment && writeEnvironment(environment),
    connectedBy: text(connection.connectedBy),
    reason: reason && writeReason(reason),
    claims: text(connection.claims),
  })
}

const unreadable = expect.objectContaining({ name: 'ServiceError', code: 'item_malformed' })

describe('a write as the stream tells it', () => {
  const before = itemFor(aConnection({ id: 42, accountId: 'acme', status: 'pending' }))
  const after = itemFor(
    aConnection({
      id: 42,
      accountId: 'acme',
      status: 'reauthorization_required',
      reason: aReason(),
    }),
  )

  test('stands where it stood, to the second', () => {
    const record = streamRecord({ before, after, sequence: 7n, at: at(3 * SECOND) })
    const { eventID: id } = record
    expect(dynamodbToldWrite(record)).toMatchObject({ id, sequence: '7', at: at(3 * SECOND) })
  })

  test('has of a connection what its state is made of, and no more', () => {
    const { write } = dynamodbToldWrite(streamRecord({ before, after }))
    const whose = { id: 42, accountId: 'acme' }
    expect(write).toEqual({
      kind: 'connection',
      before: { ...whose, status: 'pending', reason: undefined },
      after: { ...whose, status: 'reauthorization_required', reason: aReason() },
    })
  })

  test('has nothing before the first, and nothing after the last', () => {
    const first = dynamodbToldWrite(streamRecord({ before: undefined, after })).write
    const last = dynamodbToldWrite(streamRecord({ before, after: undefined })).write
    expect(first).toMatchObject({ before: undefined, after: { id: 42 } })
    expect(last).toMatchObject({ before: { id: 42 }, after: undefined })
  })

  test.each(['claim#42#1', 'brake#tenant#t', 'settings', 'connections#42'])(
    'to %s is about no state',
    (pk) => {
      const item = { ...after, pk: { S: pk } }
      const record = streamRecord({ before: undefined, after: item })
      expect(dynamodbToldWrite(record).write).toBeUndefined()
    },
  )

  test.each<[what: string, changed: StoredItem]>([
    ['a status that this version does not know', { status: { S: 'hibernating' } }],
    ['no account', { accountId: { NULL: true } }],
    ['no reason, though somebody has to act', { reason: { NULL: true } }],
    ['the form of a later version', { format: { N: '2' } }],
  ])('with %s cannot be read', (_, changed) => {
    const record = streamRecord({ before, after: { ...after, ...changed } })
    expect(() => dynamodbToldWrite(record)).toThrow(unreadable)
  })

  test.each<[what: string, record: DynamoDBRecord]>([
    ['an id', { dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1 } }],
    ['a place', { eventID: 'e', dynamodb: { ApproximateCreationDateTime: 1 } }],
    ['a time', { eventID: 'e', dynamodb: { SequenceNumber: '1' } }],
    ['all of them', {}],
  ])('without %s cannot be read', (_, record) => {
    expect(() => dynamodbToldWrite(record)).toThrow(unreadable)
  })
})

const aSecret = fc
  .uint8Array({ minLength: 24, maxLength: 48 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'))

/** What only the service may see, and what is personal: none of it belongs in an event. */
const secrets = fc.record({
  accessToken: aSecret,
  refreshToken: aSecret,
  name: aSecret,
  username: aSecret,
  loginHint: aSecret,
  objectId: aSecret,
  tenantId: aSecret,
  claims: aSecret,
  label: aSecret,
  description: aSecret,
  connectedBy: aSecret,
})

const standings = fc.oneof(
  fc
    .constantFrom('pending' as const, 'connected' as const, 'disconnected' as const)
    .map((status) => ({ status, reason: undefined })),
  fc.record({
    status: fc.constantFrom('connected' as const, 'reauthorization_required' as const),
    reason: fc.record({
      code: fc.stringMatching(/^AADSTS\d{4,8}$/),
      who: fc.constantFrom('user' as const, 'administrator' as const, 'application_owner' as const),
      situation: fc.constantFrom(...(Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[])),
      at: fc.constant(at(0)),
    }),
  }),
)

function withSecrets(
  standing: Pick<Connection, 'status' | 'reason'>,
  secret: Readonly<Record<string, string>>,
): StoredItem {
  const { accessToken = '', refreshToken = '', label = '' } = secret
  const { name, username, loginHint, tenantId = '', objectId = '' } = secret
  return itemFor({
    ...aConnection({ id: 42, accountId: 'acme', ...standing }),
    name: label,
    description: secret.description,
    claims: secret.claims,
    connectedBy: secret.connectedBy,
    user: { tenantId, objectId, name, username, loginHint },
    authority: { loginHost: 'login.microsoftonline.com', tenant: tenantId },
    tokenSet: {
      sealedAccessToken: Buffer.from(accessToken),
      sealedRefreshToken: Buffer.from(refreshToken),
      accessTokenExpiresAt: at(0),
      obtainedAt: at(0),
    },
  })
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  return [secret, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')]
}

test('whatever an item holds, its event is as the schema has it and tells no secret of it', () => {
  let events = 0
  const anItem = fc.option(fc.tuple(standings, secrets), { nil: undefined })
  fc.assert(
    fc.property(anItem, anItem, (was, is) => {
      const record = streamRecord({
        before: was && withSecrets(...was),
        after: is && withSecrets(...is),
      })
      const event = stateEventOf(dynamodbToldWrite(record))
      if (event === undefined) return
      events += 1
      const { detailType, detail } = stateEventJson(event)
      const members = { source: 'dynamics-connect', 'detail-type': detailType }
      expect(problemsOf({ ...members, detail: JSON.parse(detail) })).toEqual([])
      for (const secret of [was, is].flatMap((item) => Object.values(item?.[1] ?? {}))) {
        for (const form of formsOf(secret)) expect(detail).not.toContain(form)
      }
    }),
  )
  expect(events).toBeGreaterThan(10)
})
