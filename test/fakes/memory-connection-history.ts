import {
  type ConnectionHistory,
  KEPT_EVENTS,
  newestFirst,
  type PastAppEvent,
  type PastEvent,
} from '../../functions/domain/connection-history.ts'
import type { StateEvent } from '../../functions/domain/event-publisher.ts'

export interface MemoryConnectionHistory extends ConnectionHistory {
  /** From now on, or no longer, nothing can be kept. */
  breakWith(error: Error | undefined): void
}

export function memoryConnectionHistory(): MemoryConnectionHistory {
  const stored = new Map<number | 'app', ReadonlyMap<string, PastEvent | PastAppEvent>>()
  let broken: Error | undefined
  const read = (of: number | 'app') => [...(stored.get(of)?.values() ?? [])].toSorted(newestFirst)
  const keep = (of: number | 'app', event: PastEvent | PastAppEvent) => {
    const others = read(of).filter(({ sequence }) => sequence !== event.sequence)
    const kept = [event, ...others].toSorted(newestFirst).slice(0, KEPT_EVENTS)
    stored.set(of, new Map(kept.map((one) => [one.sequence, one])))
  }
  return {
    keep: async (events) => {
      if (broken) throw broken
      for (const event of events) {
        const { what } = event
        keep('connection' in what ? what.connection.id : 'app', pastOf(event))
      }
    },
    read: async (connectionId) => read(connectionId).filter((event) => 'reason' in event),
    readApp: async () => read('app').filter((event) => 'code' in event),
    breakWith: (error) => {
      broken = error
    },
  }
}

function pastOf({ what, ...position }: StateEvent): PastEvent | PastAppEvent {
  switch (what.change) {
    case 'app_credential_rejected':
      return { ...position, change: what.change, code: what.code }
    case 'app_credential_restored':
      return { ...position, change: what.change, code: undefined }
    case 'reauthorization_required':
    case 'blocked': {
      const { code, who, situation } = what.reason
      return { ...position, change: what.change, reason: { code, who, situation } }
    }
    case 'connected':
    case 'restored':
    case 'disconnected':
    case 'deleted':
      return { ...position, change: what.change, reason: undefined }
  }
}
