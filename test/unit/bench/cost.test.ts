import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MEASURE_PERIOD } from '../../../infra/measure-schedule.ts'
import { COUNT_INTERVAL_MINUTES, costOf, MEASURED, PARTS, refreshesOf } from '../../bench/cost.ts'
import { COST_PAGE, withComputedPart } from '../../bench/cost-page.ts'
import { hotIntervalMinutes, idleIntervalMinutes, priceOf } from '../../bench/price.ts'
import { emittedMetrics } from '../infra/emitted-metrics.ts'
import { resourcesOf, synthesized } from '../infra/synthesized.ts'
import { alarmsOf, metricsOfAlarm } from '../infra/watched.ts'

const template = synthesized()
const countOf = (type: string) => resourcesOf(template, type).size

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

  test('counts what the template has, and what the functions measure', async () => {
    const alarms = [...alarmsOf(template).values()]
    expect({
      alarms: alarms.length,
      metricsOfAlarms: alarms.flatMap(metricsOfAlarm).length,
      metrics: (await emittedMetrics()).size,
      dashboards: countOf('AWS::CloudWatch::Dashboard'),
      secrets: countOf('AWS::SecretsManager::Secret'),
    }).toEqual(PARTS)
  })

  test('counts connections as often as they are counted', () => {
    expect(COUNT_INTERVAL_MINUTES).toBe(MEASURE_PERIOD.toMinutes())
  })
})
