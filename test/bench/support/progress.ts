/** Tells whoever waits what is going on. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Rewrites one line as it goes, on a terminal; elsewhere a line for each tenth. */
export function progressOf(what: string, total: number): (done: number) => void {
  let shown = 0
  return (done) => {
    const tenths = Math.floor((done / total) * 10)
    if (tenths === shown || total === 0) return
    shown = tenths
    const line = `${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`
    process.stdout.write(
      process.stdout.isTTY ? `\r${line}${tenths === 10 ? '\n' : ''}` : `${line}\n`,
    )
  }
}
