/** The clock and the patience of a client. */
export interface Timing {
  /** Milliseconds since 1970 by this machine, which may be wrong. */
  now(): number
  wait(milliseconds: number): Promise<void>
}

/** Those of the runtime. */
export const runtimeTiming: Timing = {
  now: () => Date.now(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
}
