import type { Colour, Paint } from './paint.ts'
import { plain } from './plain.ts'

/** What stands in a table; `undefined` shows as a dash. */
export type Cell = string | number | undefined | { readonly text: string; readonly colour: Colour }

/** Rows below their heads, each column as wide as its widest cell, two spaces between. */
export function table(
  paint: Paint,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const texts = rows.map((row) => row.map(textOf))
  const widths = heads.map((head, column) =>
    texts.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), head.length),
  )
  const line = (cells: readonly string[], colours: readonly (Colour | undefined)[]) =>
    cells
      .map((cell, column) => {
        const isLast = column === cells.length - 1
        const space = isLast ? '' : ' '.repeat((widths[column] ?? 0) - widthOf(cell))
        return `${paint(cell, colours[column])}${space}`
      })
      .join('  ')
  const head = line(
    heads,
    heads.map(() => 'dim'),
  )
  return [head, ...rows.map((row, at) => line(texts[at] ?? [], row.map(colourOf)))].join('\n')
}

/** Names with their values, one a line; those that are undefined are left out. */
export function facts(paint: Paint, entries: readonly (readonly [string, Cell])[]): string {
  const shown = entries.filter(([, value]) => value !== undefined)
  const width = shown.reduce((most, [name]) => Math.max(most, name.length), 0)
  return shown
    .map(
      ([name, value]) =>
        `${paint(name.padEnd(width), 'dim')}  ${paint(textOf(value), colourOf(value))}`,
    )
    .join('\n')
}

function textOf(cell: Cell): string {
  if (cell === undefined) return '-'
  return plain(typeof cell === 'object' ? cell.text : String(cell)) || '-'
}

function colourOf(cell: Cell): Colour | undefined {
  return typeof cell === 'object' ? cell.colour : undefined
}

/** What terminals show two columns wide: the scripts of East Asia, and most emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

function widthOf(text: string): number {
  let width = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) width += WIDE.test(segment) ? 2 : 1
  return width
}
