import type { Clock } from './clock.ts'
import type { Wait } from './wait.ts'

/**
 * Spaces starts out evenly: each call waits for its turn.
 * @param startsPerSecond at most so many; `Infinity` for no limit
 */
export function startPacer(
  deps: { readonly now: Clock; readonly wait: Wait },
  startsPerSecond: number,
): () => Promise<void> {
  const interval = 1000 / startsPerSecond
  let nextStart = deps.now().getTime()
  return async () => {
    const now = deps.now().getTime()
    const start = Math.max(now, nextStart)
    nextStart = start + interval
    if (start > now) await deps.wait(start - now)
  }
}
