import type { Output, Surroundings } from './surroundings.ts'

/** The colours that are used, by what terminals call them. */
const CODES = { red: 31, green: 32, yellow: 33, dim: 2 } as const

export type Colour = keyof typeof CODES

/** Gives a text a colour, where colours are shown. */
export type Paint = (text: string, colour: Colour | undefined) => string

/** Colours on a terminal alone, and not where NO_COLOR asks for none. @see https://no-color.org */
export function paintFor(stream: Output, { env }: Pick<Surroundings, 'env'>): Paint {
  const isColoured = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  if (!isColoured) return (text) => text
  return (text, colour) => (colour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text)
}
