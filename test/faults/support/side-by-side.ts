/** Rows that run side by side, so that many slow ones take no longer than one. */
export interface SideBySide<R> {
  /** Waits for the row; the first to ask starts all of them. */
  of(row: R): Promise<void>
  /** Waits for all rows, whatever came of them. */
  all(): Promise<void>
}

/** So few that one row does not make another one late: the product's limits are real time. */
const FAST_AT_A_TIME = 4

/** These wait more than they work. */
const SLOW_AT_A_TIME = 24

/**
 * A row that fails is played once more when the others are done: its limits are real time, and a busy
 * machine may miss them. What is wrong with the product fails again.
 * @param isSlow a row that waits for the product to give up
 */
export function sideBySide<R>(
  rows: readonly R[],
  play: (row: R) => Promise<void>,
  isSlow: (row: R) => boolean,
): SideBySide<R> {
  let started: Map<R, Promise<void>> | undefined
  const start = (): Map<R, Promise<void>> => {
    const fast = limited(FAST_AT_A_TIME)
    const slow = limited(SLOW_AT_A_TIME)
    const alone = limited(1)
    const tries = rows.map((row) => (isSlow(row) ? slow : fast)(() => play(row)))
    const allTried = Promise.allSettled(tries)
    const promises = new Map(
      rows.map((row, at) => {
        const again = () => allTried.then(() => alone(() => play(row)))
        return [row, tries[at]?.catch(again) ?? again()]
      }),
    )
    // Its own test reports a failure; here it must not count as unhandled.
    for (const promise of promises.values()) promise.catch(() => undefined)
    return promises
  }
  return {
    of: async (row) => {
      started ??= start()
      await started.get(row)
    },
    all: async () => {
      started ??= start()
      await Promise.allSettled(started.values())
    },
  }
}

function limited(atATime: number): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (run) => {
    if (running >= atATime) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    try {
      return await run()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}
