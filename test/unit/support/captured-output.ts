import { onTestFinished } from 'vitest'

/** Keeps what the process writes, in place of writing it, until the test is over. */
export function capturedOutput(): { readonly text: string } {
  const written: string[] = []
  for (const stream of [process.stdout, process.stderr]) {
    const { write } = stream
    stream.write = (chunk: string | Uint8Array) => {
      written.push(chunk.toString())
      return true
    }
    onTestFinished(() => {
      stream.write = write
    })
  }
  return {
    get text() {
      return written.join('')
    },
  }
}
