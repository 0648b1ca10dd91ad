/** How work is shared out. */
export interface Sharing {
  /** How many are worked on at the same time. */
  readonly concurrency: number
  /** Nothing new is begun after it. */
  readonly stop: AbortSignal
}

/**
 * Works on items as they come, several at the same time. After the first failure nothing new is begun, and what
 * was begun ends.
 * @throws the first failure
 */
export async function inParallel<Item>(
  items: AsyncIterable<Item>,
  { concurrency, stop }: Sharing,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const source = items[Symbol.asyncIterator]()
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    while (failures.length === 0 && !stop.aborted) {
      const step = await source.next()
      if (step.done) return
      await work(step.value)
    }
  }
  const guarded = () => worker().catch((error: unknown) => failures.push(error))
  await Promise.all(Array.from({ length: concurrency }, guarded))
  await source.return?.()
  if (failures.length > 0) throw failures[0]
}
