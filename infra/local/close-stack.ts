type Close = () => void | Promise<void>

/** What was started so far, to be closed in the reverse order. */
export interface CloseStack {
  add(close: Close): void
  /** Closes everything once, also when something fails to close. */
  close(): Promise<void>
}

/** An empty stack. */
export function createCloseStack(): CloseStack {
  const stack: Close[] = []
  const unwind = async (): Promise<void> => {
    for (let close = stack.pop(); close !== undefined; close = stack.pop()) {
      await close()
    }
  }
  const close = async (): Promise<void> => {
    try {
      await unwind()
    } finally {
      if (stack.length > 0) await close()
    }
  }
  return { add: (close) => void stack.push(close), close }
}
