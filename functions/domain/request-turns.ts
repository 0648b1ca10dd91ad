/** Lets so many requests be on their way at the same time; the others wait, first come first served. */
export interface RequestTurns {
  /** Sends it when its turn comes. @returns `undefined` when all was called off before it was sent. */
  take<T>(send: () => Promise<T>): Promise<T | undefined>
  /** Nothing further is sent; what is on its way is finished. */
  callOff(): void
}

/** @param most how many may be on their way at the same time */
export function requestTurns(most: number): RequestTurns {
  const waiting: (() => void)[] = []
  let free = most
  let isCalledOff = false
  return {
    take: async (send) => {
      if (free === 0) await new Promise<void>((turn) => waiting.push(turn))
      else free -= 1
      try {
        return isCalledOff ? undefined : await send()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free += 1
        await othersFirst()
      }
    },
    callOff: () => {
      isCalledOff = true
    },
  }
}

/**
 * Answers often come together. Each is read and followed by the next request before any of them is sealed
 * and stored, which takes the processor longer and which nobody waits for.
 */
const othersFirst = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
