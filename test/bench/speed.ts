import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { marshalledItems } from './support/captured-items.ts'
import { runChild, startChild } from './support/child.ts'
import { newKey } from './support/keyring.ts'
import { say } from './support/progress.ts'
import { median } from './support/table.ts'
import type { Measured, Task } from './worker.ts'

type Case = Pick<Task, 'what' | 'redeemer' | 'concurrency'> & { readonly latencyMs: number }

/** One case, as the middle of its rounds. */
export interface Speed extends Case {
  readonly perSecond: number
  /** Of concurrency ÷ latency of the token endpoint; `undefined` where it answers at once. */
  readonly shareOfLimit: number | undefined
  readonly cpuMsPerRefresh: number
  readonly rssMiB: number
}

const MILLISECONDS = 1000
const MOST_REFRESHES = 6400
const REFRESHES_AT_ONCE = 3200
const WARM_UP = 600

/** 32 is what is deployed. */
const CONCURRENCIES = [10, 32, 64]
const LATENCIES_MS = [50, 150, 500]

const PACE: readonly Case[] = CONCURRENCIES.flatMap((concurrency) =>
  LATENCIES_MS.flatMap((latencyMs) =>
    pacedAt(latencyMs).map((what) => ({ what, redeemer: 'ours' as const, concurrency, latencyMs })),
  ),
)

/** Without a store where the processor is the limit, to show what the store takes of it. */
function pacedAt(latencyMs: number) {
  return latencyMs === 50 ? (['sweep', 'storeless', 'wait'] as const) : (['sweep', 'wait'] as const)
}

const EFFORT: readonly Case[] = (['sweep', 'redeem'] as const).flatMap((what) =>
  (['ours', 'msal-shared', 'msal-each'] as const).map((redeemer) => ({
    what,
    redeemer,
    concurrency: 64,
    latencyMs: 0,
  })),
)

/** Every case once in each round, so that what else this machine does meets all of them alike. */
export async function measureSpeed(rounds: number): Promise<readonly Speed[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const key = newKey()
  const items = join(folder, 'items.json')
  await writeFile(items, JSON.stringify(await marshalledItems(key)), { mode: 0o600 })
  const standIns = await startChild<{ entraUrl: string; storeUrl: string }>('stand-ins.ts', items)
  try {
    const cases = [...PACE, ...EFFORT]
    const results = cases.map((one) => ({ one, measured: [] as Measured[] }))
    for (let round = 1; round <= rounds; round += 1) {
      for (const { one, measured } of results) {
        const result = await runChild<Measured>(
          'worker.ts',
          JSON.stringify(taskOf(one, { ...standIns.said, key })),
        )
        measured.push(result)
        say(`round ${round} of ${rounds}: ${describe(speedOf(one, [result]))}`)
      }
    }
    return results.map(({ one, measured }) => speedOf(one, measured))
  } finally {
    standIns.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** How a case and its figures are shown. */
export function describe(speed: Speed): string {
  const share =
    speed.shareOfLimit === undefined ? '' : ` (${percent(speed.shareOfLimit)} of the limit)`
  const pace = `${speed.perSecond.toFixed(0)}/s${share}`
  return `${nameOf(speed)}: ${pace}, ${speed.cpuMsPerRefresh.toFixed(2)} ms CPU each, ${speed.rssMiB.toFixed(0)} MiB`
}

export function nameOf({ what, redeemer, concurrency, latencyMs }: Case): string {
  const comparisons = { wait: 'bare loop, for comparison', storeless: 'sweep without a store' }
  const who =
    what in comparisons ? comparisons[what as keyof typeof comparisons] : `${what} by ${redeemer}`
  return `${who}, ${concurrency} at a time, answers after ${latencyMs} ms`
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function taskOf(
  one: Case,
  at: { readonly entraUrl: string; readonly storeUrl: string; readonly key: string },
): Task {
  return {
    ...one,
    refreshes: refreshesOf(one),
    warmUp: WARM_UP,
    entraBaseUrl: `${at.entraUrl}/${one.latencyMs}`,
    storeUrl: at.storeUrl,
    key: at.key,
  }
}

/** As many as the limit allows in eight seconds, so that how a sweep begins and ends counts little. */
function refreshesOf({ concurrency, latencyMs }: Case): number {
  if (latencyMs === 0) return REFRESHES_AT_ONCE
  const inEightSeconds = (8 * MILLISECONDS * concurrency) / latencyMs
  const whole = Math.floor(Math.min(inEightSeconds, MOST_REFRESHES) / concurrency)
  return whole * concurrency
}

function speedOf(one: Case, measured: readonly Measured[]): Speed {
  const refreshes = refreshesOf(one)
  const perSecond = refreshes / median(measured.map(({ seconds }) => seconds))
  const limit = one.latencyMs === 0 ? undefined : (one.concurrency / one.latencyMs) * MILLISECONDS
  return {
    ...one,
    perSecond,
    shareOfLimit: limit && perSecond / limit,
    cpuMsPerRefresh: median(measured.map(({ cpuMs }) => cpuMs)) / refreshes,
    rssMiB: median(measured.map(({ rssMiB }) => rssMiB)),
  }
}
