import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startSweepTimer } from '../../../../infra/local/sweep-timer.ts'

const noLog = (line: string) => expect.unreachable(line)

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('the sweep timer', () => {
  test('sweeps every shard each time the interval has passed', async () => {
    const swept: number[] = []
    const sweep = async (shard: number) => void swept.push(shard)
    const timer = startSweepTimer({ intervalSeconds: 60, shards: 3, sweep, log: noLog })
    await vi.advanceTimersByTimeAsync(59_999)
    expect(swept).toEqual([])
    await vi.advanceTimersByTimeAsync(60_001)
    expect(swept).toEqual([0, 1, 2, 0, 1, 2])
    await timer.stop()
  })

  test('leaves a shard alone that is still being swept', async () => {
    const running = new Map<number, PromiseWithResolvers<void>>()
    const started: number[] = []
    const sweep = (shard: number) => {
      started.push(shard)
      const resolvers = Promise.withResolvers<void>()
      if (shard === 0) running.set(shard, resolvers)
      else resolvers.resolve()
      return resolvers.promise
    }
    const timer = startSweepTimer({ intervalSeconds: 1, shards: 2, sweep, log: noLog })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(started).toEqual([0, 1, 1, 1])
    running.get(0)?.resolve()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(started).toEqual([0, 1, 1, 1, 0, 1])
    running.get(0)?.resolve()
    await timer.stop()
  })

  test('tells a failure in one line and sweeps on', async () => {
    const lines: string[] = []
    const sweep = async () => {
      throw new Error('no table\nand a stack')
    }
    const log = (line: string) => lines.push(line)
    const timer = startSweepTimer({
      intervalSeconds: 1,
      shards: 1,
      sweep,
      log: (line) => void log(line),
    })
    await vi.advanceTimersByTimeAsync(2_000)
    const line = 'the sweep of shard 0 failed: no table'
    expect(lines).toEqual([line, line])
    await timer.stop()
  })

  test('never sweeps at an interval of 0', async () => {
    const sweep = async () => expect.unreachable('it swept')
    const timer = startSweepTimer({ intervalSeconds: 0, shards: 1, sweep, log: noLog })
    await vi.advanceTimersByTimeAsync(3_600_000)
    await timer.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('waits, when it stops, for the sweeps that run', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = startSweepTimer({
      intervalSeconds: 1,
      shards: 1,
      sweep: () => promise,
      log: noLog,
    })
    await vi.advanceTimersByTimeAsync(1_000)
    let stopped = false
    const stop = timer.stop().then(() => {
      stopped = true
    })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(stopped).toBe(false)
    resolve()
    await stop
    expect(stopped).toBe(true)
  })
})
