import { beforeEach, describe, expect, test } from 'vitest'
import type { Connection } from '../../functions/domain/connection.ts'
import { DUE_BUCKETS, dueBucketOf } from '../../functions/domain/due-bucket.ts'
import type {
  DueConnection,
  ReauthorizationRequired,
  Refreshed,
  RefreshPostponed,
} from '../../functions/domain/token-sets.ts'
import { at, DAY, HOUR, MINUTE } from '../fakes/hand-clock.ts'
import type { ConnectionStore } from '../fakes/memory-connection-store.ts'
import {
  aNewConnection,
  anUnknownId,
  aReason,
  aSealedTokenSet,
  aSignedIn,
  aUser,
  OTHER_RESOURCE,
  RESOURCE,
} from '../support/builders.ts'
import type { MakeConnectionStore } from './connections-contract.ts'

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'

type Expected = Pick<Connection, 'id' | 'generation'>

function aRefreshed({ id, generation }: Expected, refreshed: Partial<Refreshed> = {}): Refreshed {
  return {
    connectionId: id,
    expectedGeneration: generation,
    tokenSet: aSealedTokenSet(at(HOUR + 1)),
    nextRefreshAt: at(2 * HOUR + 1),
    hotUntil: at(DAY + 3),
    ...refreshed,
  }
}

function aPostponed(
  { id, generation }: Expected,
  postponed: Partial<RefreshPostponed> = {},
): RefreshPostponed {
  return {
    connectionId: id,
    expectedGeneration: generation,
    failure: { code: 'http_503', at: at(HOUR + 5), count: 3 },
    nextRefreshAt: at(HOUR + 4 * MINUTE + 1),
    reason: undefined,
    claims: undefined,
    ...postponed,
  }
}

function aRequired({ id, generation }: Expected): ReauthorizationRequired {
  return {
    connectionId: id,
    expectedGeneration: generation,
    reason: aReason({ at: at(HOUR + 2) }),
    claims: CLAIMS,
  }
}

/** A refusal that somebody can lift without signing in. */
function aBlocked(connection: Expected): RefreshPostponed {
  const reason = aReason({ code: 'AADSTS53003', who: 'administrator', at: at(HOUR + 5) })
  return aPostponed(connection, { reason, claims: CLAIMS })
}

const NO_TROUBLE = { failure: undefined, reason: undefined, claims: undefined }

/** What every store of token sets promises to whoever signs in and refreshes. */
export function tokenSetsContract(name: string, makeStore: MakeConnectionStore): void {
  describe(`${name}: token sets`, () => {
    let store: ConnectionStore
    beforeEach(async () => {
      store = await makeStore(() => at(0))
    })

    const pending = () => store.connections.create(aNewConnection())
    const stored = async ({ id }: { readonly id: number }) => {
      const found = await store.tokenSets.read(id)
      if (found === undefined) throw new Error(`there is no connection ${id}`)
      return found
    }
    const connected = async () => {
      const created = await pending()
      await store.tokenSets.connect(aSignedIn(created))
      return stored(created)
    }
    const allRefused = async (connection: Expected) => {
      expect(await store.tokenSets.replace(aRefreshed(connection))).toBe(false)
      expect(await store.tokenSets.postpone(aPostponed(connection))).toBe(false)
      expect(await store.tokenSets.requireReauthorization(aRequired(connection))).toBe(false)
    }

    test('an id that was never given reads as undefined', async () => {
      expect(await store.tokenSets.read(anUnknownId())).toBeUndefined()
    })

    test('read gives what the management sees', async () => {
      const connection = await connected()
      expect(await store.connections.read(connection.accountId, connection.id)).toEqual(connection)
    })

    describe('connect, with an environment that was chosen at the sign-in', () => {
      const without = () => store.connections.create(aNewConnection({ resource: undefined }))

      test('gives it to a connection that has none', async () => {
        const created = await without()
        const signedIn = aSignedIn(created, { bringsResource: true })
        expect(await store.tokenSets.connect(signedIn)).toBe(true)
        expect(await stored(created)).toMatchObject({ status: 'connected', resource: RESOURCE })
      })

      test('does not do so unless it was chosen there', async () => {
        const created = await without()
        expect(await store.tokenSets.connect(aSignedIn(created))).toBe(false)
        expect(await stored(created)).toEqual(created)
      })

      test('leaves a connection alone that has another', async () => {
        const created = await pending()
        const resource = OTHER_RESOURCE
        const signedIn = aSignedIn(created, { bringsResource: true, resource })
        expect(await store.tokenSets.connect(signedIn)).toBe(false)
        expect(await stored(created)).toEqual(created)
      })
    })

    describe('connect', () => {
      test('stores every part of the sign-in, byte for byte, as the next generation', async () => {
        const created = await pending()
        const signedIn = aSignedIn(created)
        expect(await store.tokenSets.connect(signedIn)).toBe(true)
        const { tokenSet, authority, user, environment, nextRefreshAt, hotUntil } = signedIn
        expect(await stored(created)).toEqual({
          ...created,
          ...{ tokenSet, authority, user, environment, nextRefreshAt, hotUntil },
          status: 'connected',
          generation: 1,
          connectedAt: signedIn.at,
          connectedBy: signedIn.connectedBy,
        })
      })

      test('sealed tokens come back as bytes, every value of a byte and many of them', async () => {
        const created = await pending()
        const tokenSet = {
          ...aSealedTokenSet(),
          sealedAccessToken: new Uint8Array(64 * 1024).fill(255),
          sealedRefreshToken: Uint8Array.from({ length: 256 }, (_, byte) => byte),
        }
        await store.tokenSets.connect(aSignedIn(created, { tokenSet }))
        const back = (await stored(created)).tokenSet
        expect(back?.sealedAccessToken).toBeInstanceOf(Uint8Array)
        expect(Buffer.from(back?.sealedAccessToken ?? [])).toEqual(
          Buffer.from(tokenSet.sealedAccessToken),
        )
        expect(Buffer.from(back?.sealedRefreshToken ?? [])).toEqual(
          Buffer.from(tokenSet.sealedRefreshToken),
        )
      })

      test.each([
        ['the user’s own tenant', aUser().tenantId],
        ['another tenant', '99999999-1111-4222-8333-444444444444'],
        ['any tenant', 'organizations'],
      ])('an authority of %s comes back as it was', async (_, tenant) => {
        const created = await pending()
        const authority = { loginHost: 'login.microsoftonline.us', tenant }
        await store.tokenSets.connect(aSignedIn(created, { authority }))
        expect((await stored(created)).authority).toEqual(authority)
      })

      test.each([
        ['a digest', 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA'],
        ['any text', 'not base64url: ü#'],
      ])('whose sign-in it was comes back as it was: %s', async (_, connectedBy) => {
        const created = await pending()
        await store.tokenSets.connect(aSignedIn(created, { connectedBy }))
        expect((await stored(created)).connectedBy).toBe(connectedBy)
      })

      test('a user of whom only the ids are known reads back as such', async () => {
        const created = await pending()
        const user = aUser({ name: undefined, username: undefined, loginHint: undefined })
        await store.tokenSets.connect(aSignedIn(created, { user }))
        expect((await stored(created)).user).toEqual(user)
      })

      test('connects a disconnected connection again, at the generation after its last', async () => {
        const before = await connected()
        const disconnected = await store.connections.disconnect(before)
        expect(await store.tokenSets.connect(aSignedIn(before))).toBe(true)
        expect(disconnected?.generation).toBe(1)
        expect(await stored(before)).toMatchObject({ status: 'connected', generation: 2 })
      })

      test('a new sign-in ends the need for one, and the reason with it', async () => {
        const before = await connected()
        await store.tokenSets.requireReauthorization(aRequired(before))
        expect(await store.tokenSets.connect(aSignedIn(before))).toBe(true)
        const after = await stored(before)
        const nothing = { reason: undefined, claims: undefined }
        expect(after).toMatchObject({ status: 'connected', generation: 2, ...nothing })
      })

      test('a new sign-in clears the failures of the grant before', async () => {
        const before = await connected()
        await store.tokenSets.postpone(aBlocked(before))
        expect(await store.tokenSets.connect(aSignedIn(before))).toBe(true)
        expect(await stored(before)).toMatchObject(NO_TROUBLE)
      })

      test('answers false and changes nothing when the generation has moved', async () => {
        const stale = await pending()
        await store.tokenSets.connect(aSignedIn(stale))
        const before = await stored(stale)
        expect(await store.tokenSets.connect(aSignedIn(stale))).toBe(false)
        expect(await stored(stale)).toEqual(before)
      })

      test.each([
        ['another one', OTHER_RESOURCE],
        ['none', undefined],
      ])('answers false when the environment has become %s', async (_, resource) => {
        const created = await pending()
        const changed = await store.connections.setResource(created, resource)
        expect(await store.tokenSets.connect(aSignedIn(created))).toBe(false)
        expect(await stored(created)).toEqual(changed)
      })

      test('of 20 at once, one connects', async () => {
        const created = await pending()
        const answers = await Promise.all(
          Array.from({ length: 20 }, () => store.tokenSets.connect(aSignedIn(created))),
        )
        expect(answers.filter(Boolean)).toHaveLength(1)
        expect((await stored(created)).generation).toBe(1)
      })
    })

    describe('replace', () => {
      test('stores the next generation and leaves who and where as they were', async () => {
        const before = await connected()
        const refreshed = aRefreshed(before)
        expect(await store.tokenSets.replace(refreshed)).toBe(true)
        expect(await stored(before)).toEqual({
          ...before,
          generation: 2,
          tokenSet: refreshed.tokenSet,
          nextRefreshAt: refreshed.nextRefreshAt,
          hotUntil: refreshed.hotUntil,
          refreshedAt: refreshed.tokenSet.obtainedAt,
        })
      })

      test('clears the failures before it, and who had to act', async () => {
        const before = await connected()
        await store.tokenSets.postpone(aBlocked(before))
        await store.tokenSets.replace(aRefreshed(before))
        expect(await stored(before)).toMatchObject(NO_TROUBLE)
      })

      test('never overwrites a newer token set with one obtained from an older', async () => {
        const stale = await connected()
        await store.tokenSets.replace(aRefreshed(stale))
        const newer = await stored(stale)
        expect(await store.tokenSets.replace(aRefreshed(stale))).toBe(false)
        expect(await stored(stale)).toEqual(newer)
      })

      test('of 20 at once, one is stored, whole', async () => {
        const before = await connected()
        const attempts = Array.from({ length: 20 }, () => aRefreshed(before))
        const answers = await Promise.all(attempts.map(store.tokenSets.replace))
        expect(answers.filter(Boolean)).toHaveLength(1)
        const after = await stored(before)
        expect(after.generation).toBe(2)
        expect(after.tokenSet).toEqual(attempts[answers.indexOf(true)]?.tokenSet)
      })

      test('the sign-in wins over a refresh of the old set that comes after it', async () => {
        const before = await connected()
        await store.tokenSets.connect(aSignedIn(before))
        const signedIn = await stored(before)
        expect(await store.tokenSets.replace(aRefreshed(before))).toBe(false)
        expect(await stored(before)).toEqual(signedIn)
      })
    })

    describe('postpone', () => {
      test('notes the failure and when to try again, and leaves the token set', async () => {
        const before = await connected()
        const postponed = aPostponed(before)
        expect(await store.tokenSets.postpone(postponed)).toBe(true)
        const { failure, nextRefreshAt } = postponed
        expect(await stored(before)).toEqual({ ...before, failure, nextRefreshAt })
      })

      test('notes who must act, while the connection stays connected and due', async () => {
        const before = await connected()
        const blocked = aBlocked(before)
        expect(await store.tokenSets.postpone(blocked)).toBe(true)
        const { failure, nextRefreshAt, reason, claims } = blocked
        const noted = { failure, nextRefreshAt, reason, claims }
        expect(await stored(before)).toEqual({ ...before, ...noted })
      })

      test('a later failure that is nobody’s to mend forgets who had to act', async () => {
        const before = await connected()
        await store.tokenSets.postpone(aBlocked(before))
        await store.tokenSets.postpone(aPostponed(before))
        const nothing = { reason: undefined, claims: undefined }
        expect(await stored(before)).toMatchObject({ status: 'connected', ...nothing })
      })
    })

    describe('requireReauthorization', () => {
      test('notes who must act, and leaves the token set', async () => {
        const before = await connected()
        const required = aRequired(before)
        expect(await store.tokenSets.requireReauthorization(required)).toBe(true)
        expect(await stored(before)).toEqual({
          ...before,
          status: 'reauthorization_required',
          reason: required.reason,
          claims: CLAIMS,
          nextRefreshAt: undefined,
          hotUntil: undefined,
        })
      })

      test('clears the failures before it', async () => {
        const before = await connected()
        await store.tokenSets.postpone(aPostponed(before))
        await store.tokenSets.requireReauthorization(aRequired(before))
        expect((await stored(before)).failure).toBeUndefined()
      })
    })

    describe('a late writer', () => {
      test('changes nothing once the generation has moved', async () => {
        const stale = await connected()
        await store.tokenSets.replace(aRefreshed(stale))
        const newer = await stored(stale)
        await allRefused(stale)
        expect(await stored(stale)).toEqual(newer)
      })

      test('changes nothing with a generation that is yet to come', async () => {
        const before = await connected()
        await allRefused({ ...before, generation: 2 })
        expect(await stored(before)).toEqual(before)
      })

      test('changes nothing while nobody has signed in', async () => {
        const created = await pending()
        await allRefused(created)
        expect(await stored(created)).toEqual(created)
      })

      test('does not bring back a disconnected connection', async () => {
        const before = await connected()
        const disconnected = await store.connections.disconnect(before)
        await allRefused(before)
        expect(await stored(before)).toEqual(disconnected)
      })

      test('does not bring back a connection that needs a person', async () => {
        const before = await connected()
        await store.tokenSets.requireReauthorization(aRequired(before))
        const required = await stored(before)
        expect(await store.tokenSets.replace(aRefreshed(before))).toBe(false)
        expect(await store.tokenSets.postpone(aPostponed(before))).toBe(false)
        expect(await stored(before)).toEqual(required)
      })

      test('does not connect a connection to the environment that it had before', async () => {
        const before = await connected()
        const changed = await store.connections.setResource(before, OTHER_RESOURCE)
        await allRefused(before)
        expect(await stored(before)).toEqual(changed)
      })

      test('does not resurrect a removed connection', async () => {
        const before = await connected()
        await store.connections.remove(before)
        await allRefused(before)
        expect(await store.tokenSets.connect(aSignedIn(before))).toBe(false)
        expect(await store.tokenSets.connect(aSignedIn({ ...before, generation: 0 }))).toBe(false)
        expect(await store.tokenSets.read(before.id)).toBeUndefined()
      })
    })

    describe('due connections', () => {
      const FAR = at(100 * DAY)

      /** What the store gives of one bucket, in its order. */
      const bucketOf = async (bucket: number, until: Date) => {
        const due: DueConnection[] = []
        for await (const one of store.dueConnections.due(bucket, until)) due.push(one)
        return due
      }
      /** Which of these are due in the bucket. */
      const dueOf = async (ids: readonly number[], until: Date, bucket: number) =>
        (await bucketOf(bucket, until)).filter(({ connectionId }) => ids.includes(connectionId))
      const isDue = async ({ id }: { readonly id: number }, until = FAR) =>
        (await dueOf([id], until, dueBucketOf(id))).length === 1
      const connectedDue = async (nextRefreshAt: Date) => {
        const created = await pending()
        await store.tokenSets.connect(aSignedIn(created, { nextRefreshAt }))
        return created.id
      }
      /** Several that are in one bucket, due at these minutes. */
      const inOneBucket = async (minutes: readonly number[]) => {
        const wanted = dueBucketOf((await pending()).id)
        const made: { connectionId: number; dueSince: Date }[] = []
        while (made.length < minutes.length) {
          const created = await pending()
          if (dueBucketOf(created.id) !== wanted) continue
          const dueSince = at((minutes[made.length] ?? 0) * MINUTE)
          await store.tokenSets.connect(aSignedIn(created, { nextRefreshAt: dueSince }))
          made.push({ connectionId: created.id, dueSince })
        }
        return { bucket: wanted, made, ids: made.map(({ connectionId }) => connectionId) }
      }

      test('a connected connection is due from its time on, to the millisecond', async () => {
        const connection = await connected()
        const time = connection.nextRefreshAt?.getTime() ?? 0
        expect(await isDue(connection, new Date(time - 1))).toBe(false)
        expect(await isDue(connection, new Date(time))).toBe(true)
        expect(await isDue(connection, new Date(time + 1))).toBe(true)
      })

      test('a connection comes with the time since when it is due', async () => {
        const id = await connectedDue(at(7))
        const due = await dueOf([id], FAR, dueBucketOf(id))
        expect(due).toEqual([{ connectionId: id, dueSince: at(7) }])
      })

      test('a connection is in its own bucket alone', async () => {
        const { id } = await connected()
        const buckets = Array.from({ length: DUE_BUCKETS }, (_, bucket) => bucket)
        const found = await Promise.all(buckets.map((bucket) => dueOf([id], FAR, bucket)))
        const where = buckets.filter((bucket) => found[bucket]?.length)
        expect(where).toEqual([dueBucketOf(id)])
      })

      test('the longest due comes first', async () => {
        const { bucket, made, ids } = await inOneBucket([7, 3, 9, 1])
        const expected = made.toSorted((a, b) => a.dueSince.getTime() - b.dueSince.getTime())
        expect(await dueOf(ids, FAR, bucket)).toEqual(expected)
      })

      test('a reader that stops early has harmed nothing', async () => {
        const { bucket, ids } = await inOneBucket([1, 2, 3])
        for await (const _ of store.dueConnections.due(bucket, FAR)) break
        expect(await dueOf(ids, FAR, bucket)).toHaveLength(3)
      })

      test('what is refreshed while the bucket is read is not listed twice', async () => {
        const { bucket, ids } = await inOneBucket([1, 2, 3])
        const seen: number[] = []
        for await (const { connectionId: id } of store.dueConnections.due(bucket, FAR)) {
          if (!ids.includes(id)) continue
          seen.push(id)
          await store.tokenSets.replace(aRefreshed({ id, generation: 1 }))
        }
        expect(seen).toEqual(ids)
      })

      describe('set aside', () => {
        test('moves the time and touches nothing else', async () => {
          const connection = await connected()
          await store.dueConnections.setAside(connection.id, at(DAY + 1))
          expect(await stored(connection)).toEqual({ ...connection, nextRefreshAt: at(DAY + 1) })
          expect(await isDue(connection, at(DAY))).toBe(false)
          expect(await isDue(connection, at(DAY + 1))).toBe(true)
        })

        test.each<[string, (connection: Connection) => Promise<unknown>]>([
          ['needs a person', (c) => store.tokenSets.requireReauthorization(aRequired(c))],
          ['was disconnected', (c) => store.connections.disconnect(c)],
          ['got another environment', (c) => store.connections.setResource(c, OTHER_RESOURCE)],
        ])('puts no connection on the schedule that %s', async (_, end) => {
          const connection = await connected()
          await end(connection)
          const before = await stored(connection)
          await store.dueConnections.setAside(connection.id, at(DAY))
          expect(await stored(connection)).toEqual(before)
          expect(await isDue(connection)).toBe(false)
        })

        test('makes no connection that was removed, or never was', async () => {
          const connection = await connected()
          await store.connections.remove(connection)
          await store.dueConnections.setAside(connection.id, at(DAY))
          expect(await store.tokenSets.read(connection.id)).toBeUndefined()
          const neverMade = anUnknownId()
          await store.dueConnections.setAside(neverMade, at(DAY))
          expect(await store.tokenSets.read(neverMade)).toBeUndefined()
        })

        test('does not stop a refresh that is under way', async () => {
          const connection = await connected()
          await store.dueConnections.setAside(connection.id, at(DAY))
          expect(await store.tokenSets.replace(aRefreshed(connection))).toBe(true)
        })
      })

      test('a refresh moves the time', async () => {
        const connection = await connected()
        const refreshed = aRefreshed(connection)
        await store.tokenSets.replace(refreshed)
        expect(await isDue(connection, new Date(refreshed.nextRefreshAt.getTime() - 1))).toBe(false)
        expect(await isDue(connection, refreshed.nextRefreshAt)).toBe(true)
      })

      test('a failure moves the time', async () => {
        const connection = await connected()
        const postponed = aPostponed(connection)
        await store.tokenSets.postpone(postponed)
        expect(await isDue(connection, new Date(postponed.nextRefreshAt.getTime() - 1))).toBe(false)
        expect(await isDue(connection, postponed.nextRefreshAt)).toBe(true)
      })

      test('a connection that nobody has signed in to is not due', async () => {
        expect(await isDue(await pending())).toBe(false)
      })

      test.each<[string, (connection: Connection) => Promise<unknown>]>([
        ['needs a person', (c) => store.tokenSets.requireReauthorization(aRequired(c))],
        ['was disconnected', (c) => store.connections.disconnect(c)],
        ['got another environment', (c) => store.connections.setResource(c, OTHER_RESOURCE)],
        ['was removed', (c) => store.connections.remove(c)],
      ])('a connection that %s is not due', async (_, end) => {
        const connection = await connected()
        await end(connection)
        await allRefused(connection)
        expect(await isDue(connection)).toBe(false)
      })

      test('a new sign-in makes it due again', async () => {
        const connection = await connected()
        await store.tokenSets.requireReauthorization(aRequired(connection))
        await store.tokenSets.connect(aSignedIn(connection))
        expect(await isDue(connection)).toBe(true)
      })
    })
  })
}
