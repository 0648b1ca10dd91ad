/** How high the plot of a chart is, in units of its own; it is stretched to the room that there is. */
export const PLOT_HEIGHT = 100

/** What became of a refresh, as the style sheet colours it. */
export type OutcomeMark =
  | 'refreshed'
  | 'transient'
  | 'blocked'
  | 'reauthorization'
  | 'credential'
  | 'failed'
  | 'others'

/** How a connection is, as the style sheet colours it. */
export type StateMark = 'connected' | 'attention' | 'pending' | 'disconnected'

/** So that half of it is a whole number too, which is what stands beside the middle of the axis. */
const ROUND = [1, 2, 4, 6, 8, 10] as const

const LEAST_TOP = 2

/** The next round number to the highest value, at which an axis ends. */
export function topOf(highest: number): number {
  const least = Math.max(highest, LEAST_TOP)
  const power = 10 ** Math.floor(Math.log10(least))
  return ROUND.map((factor) => factor * power).find((top) => top >= least) ?? least
}

/** A number of the drawing, without digits that nobody sees. */
export function rounded(length: number): number {
  return Math.round(length * 100) / 100
}
