import type { Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { type OutcomeMark, PLOT_HEIGHT, rounded, topOf } from './chart-scale.ts'

/** One thing that is counted, with a number for each bar. */
export interface BarSeries {
  readonly mark: OutcomeMark
  readonly label: string
  readonly values: readonly number[]
}

/** What a chart of stacked bars shows. */
export interface BarChart {
  /** What it shows, for whoever cannot see it. */
  readonly title: string
  /** Which bar it is, in words, for each. */
  readonly names: readonly string[]
  /** From the bottom up. */
  readonly series: readonly BarSeries[]
  /** What stands below the first, the middle and the last bar. */
  readonly below: readonly Words[]
  readonly language: string
}

/** Of the room that a bar has, what lies on each side of it. */
const GAP = 0.12

/** What is there is seen, also one among thousands. */
const LEAST_HEIGHT = 1.5

/** Draws bars of stacked parts, each with its words and its number for whoever points at it. */
export function barChart({ title, names, series, below, language }: BarChart): Html {
  const sums = names.map((_, bar) => sumOf(series, bar))
  const top = topOf(Math.max(0, ...sums))
  const exact = new Intl.NumberFormat(language)
  const bars = names.map((name, bar) => {
    const parts = partsOf(series, bar, top)
    return html`<g>${parts.map(
      ({ mark, label, value, y, height }) =>
        html`<rect class="${mark}" x="${rounded(bar + GAP)}" y="${y}" width="${rounded(1 - 2 * GAP)}" height="${height}"><title>${`${name}: ${label} ${exact.format(value)}`}</title></rect>`,
    )}</g>\n`
  })
  return plot({ title, width: Math.max(names.length, 1), top, below, language }, html`${bars}`)
}

/** The words of each part beside its colour, and what it comes to. */
export function legend(
  series: readonly (Pick<BarSeries, 'mark' | 'label'> & { readonly count: string })[],
): Html {
  const entries = series.map(
    ({ mark, label, count }) =>
      html`<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="${mark}" width="1" height="1"/></svg>${label} <strong>${count}</strong></li>`,
  )
  return html`<ul class="legend">${entries}</ul>`
}

function sumOf(series: readonly BarSeries[], bar: number): number {
  return series.reduce((sum, { values }) => sum + valueAt(values, bar), 0)
}

function valueAt(values: readonly number[], bar: number): number {
  return Math.max(values[bar] ?? 0, 0)
}

interface Part {
  readonly mark: OutcomeMark
  readonly label: string
  readonly value: number
  readonly y: number
  readonly height: number
}

/** From the bottom up; where the least heights make a bar too high, all its parts shrink alike. */
function partsOf(series: readonly BarSeries[], bar: number, top: number): readonly Part[] {
  const counted = series
    .map(({ mark, label, values }) => ({ mark, label, value: valueAt(values, bar) }))
    .filter(({ value }) => value > 0)
  const heights = counted.map(({ value }) => Math.max((value / top) * PLOT_HEIGHT, LEAST_HEIGHT))
  const shrink = Math.min(1, PLOT_HEIGHT / heights.reduce((sum, height) => sum + height, 0))
  let y = PLOT_HEIGHT
  return counted.map((part, index) => {
    const height = (heights[index] ?? 0) * shrink
    y -= height
    return { ...part, y: rounded(y), height: rounded(height) }
  })
}

interface Plot {
  readonly title: string
  readonly width: number
  readonly top: number
  readonly below: readonly Words[]
  readonly language: string
}

/** The axes are text beside the drawing, so that they stay readable where it is stretched or narrow. */
function plot({ title, width, top, below, language }: Plot, content: Html): Html {
  const short = new Intl.NumberFormat(language, { notation: 'compact' })
  const beside = [top, top / 2, 0].map((tick) => html`<span>${short.format(tick)}</span>`)
  const lines = [0, PLOT_HEIGHT / 2, PLOT_HEIGHT].map(
    (y) => html`<path class="grid" d="M0 ${y}H${width}"/>`,
  )
  return html`<div class="plot"><div class="ticks" aria-hidden="true">${beside}</div>
<svg viewBox="0 0 ${width} ${PLOT_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}">
${lines}
${content}</svg>
<div class="below" aria-hidden="true">${below.map((words) => html`<span>${words}</span>`)}</div></div>`
}
