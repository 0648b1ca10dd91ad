import { describe, expect, test } from 'vitest'
import {
  type BarChart,
  type BarSeries,
  barChart,
  legend,
} from '../../../functions/console/health/bar-chart.ts'
import { topOf } from '../../../functions/console/health/chart-scale.ts'

const refreshed = (values: readonly number[]): BarSeries => ({
  mark: 'refreshed',
  label: 'Refreshed',
  values,
})
const blocked = (values: readonly number[]): BarSeries => ({
  mark: 'blocked',
  label: 'Blocked',
  values,
})

function drawn(series: readonly BarSeries[], chart: Partial<BarChart> = {}) {
  const names = (series[0]?.values ?? []).map((_, hour) => `${hour}:00`)
  const defaults = { title: 'Refreshes', names, below: ['0:00', '1:00'], language: 'en' }
  return barChart({ ...defaults, series, ...chart }).text
}

/** The parts of the bars, as they are drawn. */
function partsOf(text: string) {
  return [
    ...text.matchAll(
      /<rect class="(\w+)" x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)">/g,
    ),
  ].map(([, mark, x, y, width, height]) => ({
    mark,
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }))
}

/** The numbers beside the axis, from the top down. */
function ticksOf(text: string) {
  const [, ticks = ''] = /<div class="ticks"[^>]*>(.*?)<\/div>/.exec(text) ?? []
  return [...ticks.matchAll(/<span>(.*?)<\/span>/g)].map(([, tick]) => tick)
}

describe('a chart of bars', () => {
  test('stacks the parts of a bar without a gap, and as high as their sum', () => {
    const text = drawn([refreshed([60, 0]), blocked([20, 40])])
    expect(ticksOf(text)).toEqual(['80', '40', '0'])
    expect(partsOf(text)).toEqual([
      { mark: 'refreshed', x: 0.12, y: 25, width: 0.76, height: 75 },
      { mark: 'blocked', x: 0.12, y: 0, width: 0.76, height: 25 },
      { mark: 'blocked', x: 1.12, y: 50, width: 0.76, height: 50 },
    ])
  })

  test('gives each bar the same room, and the drawing as many units as there are bars', () => {
    expect(drawn([refreshed([1, 2, 3])])).toContain('viewBox="0 0 3 100"')
    expect(partsOf(drawn([refreshed([1, 2, 3])])).map(({ x }) => x)).toEqual([0.12, 1.12, 2.12])
  })

  test('draws one bar', () => {
    const [part] = partsOf(drawn([refreshed([10])]))
    expect(part).toEqual({ mark: 'refreshed', x: 0.12, y: 0, width: 0.76, height: 100 })
  })

  test.each([[[]], [[0, 0, 0]]])('draws an empty axis for %j', (values) => {
    const text = drawn([refreshed(values), blocked(values)])
    expect(partsOf(text)).toEqual([])
    expect(ticksOf(text)).toEqual(['2', '1', '0'])
    expect(text).not.toMatch(/NaN|Infinity/)
  })

  test('shows one among a million, and keeps within the axis all the same', () => {
    const parts = partsOf(drawn([refreshed([999_999]), blocked([1])]))
    expect(parts.map(({ mark }) => mark)).toEqual(['refreshed', 'blocked'])
    expect(parts[1]?.height).toBeGreaterThan(1)
    expect(parts.reduce((sum, { height }) => sum + height, 0)).toBeLessThanOrEqual(100.01)
    expect(Math.min(...parts.map(({ y }) => y))).toBeGreaterThanOrEqual(0)
  })

  test('shortens huge numbers beside the axis, and has them whole for whoever points at a bar', () => {
    const text = drawn([refreshed([Number.MAX_SAFE_INTEGER])])
    expect(ticksOf(text)[0]).toBe('10,000T')
    expect(text).toContain('<title>0:00: Refreshed 9,007,199,254,740,991</title>')
    expect(text).not.toMatch(/NaN|Infinity|e\+/)
  })

  test('takes no number below zero, and none for one that is missing', () => {
    const text = drawn([refreshed([4, 4]), blocked([-4])])
    expect(partsOf(text).map(({ height }) => height)).toEqual([100, 100])
  })

  test('has words for whoever cannot see it, and what stands beside it only once', () => {
    const text = drawn([refreshed([1])], { title: 'Refreshes of the day' })
    expect(text).toContain('role="img" aria-label="Refreshes of the day"')
    expect(text).toContain('<div class="below" aria-hidden="true"><span>0:00</span>')
  })

  test('escapes every word', () => {
    const bad = `"><script>alert('1')</script>`
    const series = { ...refreshed([1]), label: bad }
    const text = `${drawn([series], { title: bad, names: [bad], below: [bad] })}${legend([{ ...series, count: bad }]).text}`
    expect(text).not.toContain('<script')
    expect(text.match(/&lt;script&gt;/g)).toHaveLength(6)
  })
})

test('a legend has a word and a number for each colour', () => {
  const { text } = legend([{ mark: 'blocked', label: 'Blocked', count: '7' }])
  expect(text).toContain('<rect class="blocked"')
  expect(text).toMatch(/Blocked <strong>7<\/strong><\/li>/)
})

test.each([
  [0, 2],
  [1, 2],
  [2, 2],
  [3, 4],
  [9, 10],
  [10, 10],
  [11, 20],
  [80, 80],
  [81, 100],
  [100, 100],
  [101, 200],
  [999, 1000],
  [1000, 1000],
  [1001, 2000],
  [123_456, 200_000],
])('an axis for at most %i ends at %i', (highest, top) => {
  expect(topOf(highest)).toBe(top)
})
