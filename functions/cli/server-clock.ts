import type { Fetch } from '../client/fetch.ts'
import type { Surroundings } from './surroundings.ts'

/** The clock of whoever answers, as the header Date tells it. */
export interface ServerClock {
  /** Looks at the date of every answer. */
  readonly fetch: Fetch
  /** How far this machine's clock is ahead of it, rounded; `undefined` before an answer with a date. */
  aheadSeconds(): number | undefined
}

/** The header leaves out the part of a second: half of it on average. */
const HALF_A_SECOND_MS = 500

export function clockReading({ fetch, now }: Pick<Surroundings, 'fetch' | 'now'>): ServerClock {
  let aheadMs: number | undefined
  return {
    fetch: async (url, request) => {
      const sentAt = now()
      const answer = await fetch(url, request)
      const date = Date.parse(answer.headers.get('date') ?? '')
      const answeredAt = (sentAt + now()) / 2
      if (!Number.isNaN(date)) aheadMs = answeredAt - (date + HALF_A_SECOND_MS)
      return answer
    },
    aheadSeconds: () => (aheadMs === undefined ? undefined : Math.round(aheadMs / 1000)),
  }
}
