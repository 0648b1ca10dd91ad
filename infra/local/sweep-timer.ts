/** What the timer does, and how often. */
export interface SweepTimerOptions {
  /** 0 never sweeps. */
  readonly intervalSeconds: number
  readonly shards: number
  /** Sweeps one shard; rejects when that fails. */
  readonly sweep: (shard: number) => Promise<void>
  readonly log: (line: string) => void
}

/** A running timer. */
export interface SweepTimer {
  /** Starts no further sweep and waits for those that run. */
  stop(): Promise<void>
}

/**
 * Plays the EventBridge schedule: sweeps every shard each time the interval has passed. A shard that is
 * still being swept is left alone until the next time.
 */
export function startSweepTimer(options: SweepTimerOptions): SweepTimer {
  const running = new Map<number, Promise<void>>()
  const sweepShard = (shard: number): Promise<void> =>
    Promise.resolve(shard)
      .then(options.sweep)
      .catch((error: unknown) => {
        options.log(`the sweep of shard ${shard} failed: ${firstLine(error)}`)
      })
      .finally(() => running.delete(shard))
  const tick = (): void => {
    for (let shard = 0; shard < options.shards; shard += 1) {
      if (!running.has(shard)) running.set(shard, sweepShard(shard))
    }
  }
  const timer =
    options.intervalSeconds > 0 ? setInterval(tick, options.intervalSeconds * 1000) : undefined
  return {
    stop: async () => {
      clearInterval(timer)
      await Promise.all(running.values())
    },
  }
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return line
}
