import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { costOf, MEASURED, PARTS, refreshesOf } from '../../bench/cost.ts'
import { COST_PAGE, withComputedPart } from '../../bench/cost-page.ts'
import { hotIntervalMinutes, idleIntervalMinutes, priceOf } from '../../bench/price.ts'
import { resourcesOf, synthesized } from '../infra/synthesized.ts'

describe('what the service costs', () => {
  test('stands on the page as it is computed', () => {
    const page = readFileSync(COST_PAGE, 'utf8')
    expect(page).toBe(withComputedPart(page))
  })

  test('begins with what the benchmark measured last', () => {
    const readme = readFileSync(new URL('../../bench/README.md', import.meta.url), 'utf8')
    const { writeUnits, readUnits, cpuMs, itemBytes } = MEASURED
    expect(readme).toContain(
      `${writeUnits} WRU, ${readUnits} RRU, ${cpuMs.toFixed(2)} ms of a core`,
    )
    expect(readme).toContain(`${itemBytes} B; `)
  })

  test.each([
    ['hot', 30.4, hotIntervalMinutes()],
    ['idle', 0, idleIntervalMinutes()],
  ] as const)(
    'refreshes a million %s ones at the price that the benchmark gives',
    (use, more, interval) => {
      const bench = priceOf(MEASURED, interval)
      const { writes = 0, logs = 0, egress = 0 } = bench.parts
      const share = refreshesOf(use) / (bench.refreshes / 1e6)
      expect(refreshesOf(use) - bench.refreshes / 1e6).toBeCloseTo(more, 1)
      const { refreshing } = costOf(1_000_000, use).parts
      expect(refreshing).toBeGreaterThan((writes + logs + egress) * share)
      expect(refreshing).toBeLessThan(bench.dollars * share)
    },
  )

  test('grows with what is stored and used, and has a part that is always there', () => {
    const empty = costOf(0, 'hot')
    expect(empty.dollars).toBe(costOf(0, 'idle').dollars)
    expect(empty.dollars).toBeGreaterThan(0)
    const [one, two] = [costOf(1000, 'hot'), costOf(2000, 'hot')]
    expect(two.dollars - one.dollars).toBeCloseTo(one.dollars - empty.dollars, 6)
  })

  test('counts the secrets of the template', () => {
    const secrets = resourcesOf(synthesized(), 'AWS::SecretsManager::Secret')
    expect(secrets.size).toBe(PARTS.secrets)
  })
})
