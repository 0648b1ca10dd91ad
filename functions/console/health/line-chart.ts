import { type Html, html } from '../../http/html.ts'
import { PLOT_HEIGHT, rounded, type StateMark } from './chart-scale.ts'

/** What a small chart of one line shows. */
export interface LineChart {
  /** What it shows, for whoever cannot see it. */
  readonly title: string
  readonly mark: StateMark
  /** At equal distances; `undefined` where nobody counted, which leaves a gap. */
  readonly values: readonly (number | undefined)[]
}

/** Above and below the line, so that its ends are seen whole. */
const MARGIN = 8

/** Draws how one number went, between its least and its greatest. */
export function lineChart({ title, mark, values }: LineChart): Html {
  const width = Math.max(values.length - 1, 1)
  return html`<svg class="line" viewBox="0 0 ${width} ${PLOT_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}">
<path class="grid" d="M0 ${PLOT_HEIGHT}H${width}"/><path class="${mark}" d="${pathOf(values)}"/></svg>`
}

function pathOf(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined)
  const [least, greatest] = [Math.min(...known), Math.max(...known)]
  const heightOf = (value: number): number => {
    const share = greatest === least ? 0.5 : (value - least) / (greatest - least)
    return rounded(PLOT_HEIGHT - MARGIN - share * (PLOT_HEIGHT - 2 * MARGIN))
  }
  const steps = values.map((value, index) => {
    if (value === undefined) return ''
    const begins = values[index - 1] === undefined
    const isAlone = begins && values[index + 1] === undefined
    // A line of no length has round ends, which make it a dot.
    return `${begins ? 'M' : 'L'}${index} ${heightOf(value)}${isAlone ? 'h0' : ''}`
  })
  return steps.join('')
}
