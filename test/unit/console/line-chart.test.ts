import { describe, expect, test } from 'vitest'
import { lineChart } from '../../../functions/console/health/line-chart.ts'

const drawn = (values: readonly (number | undefined)[], title = 'Connected') =>
  lineChart({ title, mark: 'connected', values }).text

/** The line, as it is drawn. */
const lineOf = (text: string) => /<path class="connected" d="([^"]*)"/.exec(text)?.[1]

describe('a chart of a line', () => {
  test('goes from the least to the greatest, at equal distances', () => {
    const text = drawn([10, 30, 20])
    expect(text).toContain('viewBox="0 0 2 100"')
    expect(lineOf(text)).toBe('M0 92L1 8L2 50')
  })

  test('is level in the middle when nothing changes, also at zero', () => {
    expect(lineOf(drawn([7, 7]))).toBe('M0 50L1 50')
    expect(lineOf(drawn([0, 0]))).toBe('M0 50L1 50')
  })

  test('has a gap where nobody counted, and a dot where one is alone', () => {
    expect(lineOf(drawn([0, 4, undefined, 2, undefined]))).toBe('M0 92L1 8M3 50h0')
  })

  test('is none without a number', () => {
    expect(lineOf(drawn([undefined, undefined]))).toBe('')
    expect(drawn([])).toContain('viewBox="0 0 1 100"')
  })

  test('is a dot for one number', () => {
    expect(lineOf(drawn([5]))).toBe('M0 50h0')
  })

  test('takes huge numbers', () => {
    expect(lineOf(drawn([0, Number.MAX_SAFE_INTEGER]))).toBe('M0 92L1 8')
  })

  test('escapes its words', () => {
    expect(drawn([1], '"><b>')).toContain('aria-label="&quot;&gt;&lt;b&gt;"')
  })
})
