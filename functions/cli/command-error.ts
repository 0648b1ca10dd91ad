/** The command was written wrongly, or lacks something. The message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Something on this machine failed, such as a file that cannot be written. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/** Ctrl+C, or the end of what is typed. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'

  constructor() {
    super('interrupted')
  }
}

/** Ends waiting for the work when the signal comes. @throws Interrupted; and whatever the work throws */
export async function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined)
    throw new Interrupted()
  }
  let stop = () => {}
  const interruption = new Promise<never>((_, reject) => {
    stop = () => reject(new Interrupted())
    signal.addEventListener('abort', stop, { once: true })
  })
  return Promise.race([work, interruption]).finally(() => signal.removeEventListener('abort', stop))
}
