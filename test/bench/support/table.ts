/** One row of the result: what was measured, the figure, and the target where there is one. */
export interface Row {
  readonly what: string
  readonly figure: string
  readonly target?: string
}

/** A Markdown table, aligned for the eye. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['measured', 'figure', 'target'],
    ...rows.map(({ what, figure, target = '' }) => [what, figure, target]),
  ]
  const widths = [0, 1, 2].map((column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = cells
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** The middle one, or the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  const [low = 0, high = low] = Number.isInteger(middle)
    ? [sorted[middle - 1], sorted[middle]]
    : [sorted[Math.floor(middle)]]
  return (low + high) / 2
}
