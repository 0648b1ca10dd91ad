/** What this process wrote while it was captured. */
export interface CapturedOutput {
  text(): string
  stop(): void
}

type Write = typeof process.stdout.write

/** Keeps what goes to stdout and stderr instead of showing it, since the log is evidence here. */
export function captureOutput(): CapturedOutput {
  const pieces: string[] = []
  const { stdout, stderr } = process
  const before = [stdout, stderr].map((stream) => [stream, stream.write] as const)
  const write = ((piece: string | Uint8Array, ...rest: readonly unknown[]) => {
    pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8'))
    const done = rest.at(-1)
    if (typeof done === 'function') done()
    return true
  }) as Write
  for (const [stream] of before) stream.write = write
  return {
    text: () => pieces.join(''),
    stop: () => {
      for (const [stream, original] of before) stream.write = original
    },
  }
}
