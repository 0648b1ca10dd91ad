import { describe, expect, test } from 'vitest'
import { type ConnectionHistory, KEPT_EVENTS } from '../../functions/domain/connection-history.ts'
import type { StateEvent } from '../../functions/domain/event-publisher.ts'
import type { StateChange } from '../../functions/domain/state-change.ts'
import { at, MINUTE } from '../fakes/hand-clock.ts'
import { anAccountId, anUnknownId, aReason } from '../support/builders.ts'

let sequence = 0

/** An event after all others of this file, at the time of its sequence number unless one is given. */
function anEvent(what: StateChange, time?: Date): StateEvent {
  sequence += 1
  return { id: `id-${sequence}`, sequence: String(sequence), at: time ?? at(sequence), what }
}

function aConnection(id: number) {
  return { id, accountId: anAccountId(), status: 'connected', reason: undefined } as const
}

const connects = (id: number, time?: Date) =>
  anEvent({ change: 'connected', connection: aConnection(id) }, time)
const isDisconnected = (id: number) =>
  anEvent({ change: 'disconnected', connection: aConnection(id) })
const isBlocked = (id: number) =>
  anEvent({ change: 'blocked', connection: aConnection(id), reason: aReason() })

/** As it is read again, without its reason. */
const past = ({ what: { change }, ...position }: StateEvent) => ({
  ...position,
  change,
  reason: undefined,
})

/** What every history of connections promises. */
export function connectionHistoryContract(
  name: string,
  makeHistory: () => Promise<ConnectionHistory>,
): void {
  describe(`${name}: the history of connections`, () => {
    test('of a connection that nothing has become of is empty', async () => {
      const history = await makeHistory()
      expect(await history.read(anUnknownId())).toEqual([])
    })

    test('has each of its events, the newest first, with the reason if it had one', async () => {
      const history = await makeHistory()
      const [one, other] = [anUnknownId(), anUnknownId()]
      const events = [connects(one), connects(other), isBlocked(one)] as const
      await history.keep(events.slice(0, 2))
      await history.keep(events.slice(2))
      const { code, who, situation } = aReason()
      expect(await history.read(one)).toEqual([
        { ...past(events[2]), reason: { code, who, situation } },
        past(events[0]),
      ])
      expect(await history.read(other)).toEqual([past(events[1])])
    })

    test('is the same when an event is kept again', async () => {
      const history = await makeHistory()
      const id = anUnknownId()
      const events = [connects(id), isDisconnected(id), connects(id)]
      await history.keep(events)
      const before = await history.read(id)
      await history.keep(events.slice(1))
      await history.keep(events.slice(0, 1))
      expect(await history.read(id)).toEqual(before)
      expect(before).toHaveLength(3)
    })

    test('forgets the oldest beyond what is kept, also when that comes again', async () => {
      const history = await makeHistory()
      const id = anUnknownId()
      const events = Array.from({ length: KEPT_EVENTS + 3 }, () => connects(id))
      await history.keep(events)
      const kept = events.slice(3).toReversed().map(past)
      expect(await history.read(id)).toEqual(kept)
      await history.keep(events.slice(0, 1))
      expect(await history.read(id)).toEqual(kept)
    })

    test('orders by number within a second, and a number is no text', async () => {
      const history = await makeHistory()
      const id = anUnknownId()
      const sameTime = at(0)
      const numbered = (number: string) => ({ ...connects(id, sameTime), sequence: number })
      await history.keep([numbered('99'), numbered('100'), numbered('101')])
      const read = await history.read(id)
      expect(read.map((event) => event.sequence)).toEqual(['101', '100', '99'])
    })

    test('goes on where the numbers begin anew, as those of a restored table do', async () => {
      const history = await makeHistory()
      const id = anUnknownId()
      const before = { ...connects(id, at(0)), sequence: '900000000000000000000001' }
      const after = { ...isDisconnected(id), at: at(MINUTE), sequence: '7' }
      await history.keep([before])
      await history.keep([after])
      expect(await history.read(id)).toEqual([past(after), past(before)])
    })

    test('of the app credential is apart, with the code that rejected it', async () => {
      const history = await makeHistory()
      const rejected = anEvent({ change: 'app_credential_rejected', code: 'AADSTS7000222' })
      const restored = anEvent({ change: 'app_credential_restored' })
      await history.keep([rejected, connects(anUnknownId()), restored])
      const [newest, before] = await history.readApp()
      expect(newest).toMatchObject({ id: restored.id, at: restored.at, code: undefined })
      expect(before).toEqual({
        id: rejected.id,
        sequence: rejected.sequence,
        at: rejected.at,
        change: 'app_credential_rejected',
        code: 'AADSTS7000222',
      })
    })
  })
}
