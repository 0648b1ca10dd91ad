import { readFileSync } from 'node:fs'

/** How much memory a process holds, as Linux counts it. */
export function residentKilobytes(pid: number): number {
  const [, kilobytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  if (kilobytes === undefined) throw new Error(`process ${pid} tells no memory`)
  return Number(kilobytes)
}
