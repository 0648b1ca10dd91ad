import { type Colour, mix, SHAPE_CONTRAST, standingOut, TEXT_CONTRAST, textOn } from './colour.ts'

/** The colour of a brand that has none. */
const DEFAULT_COLOUR = '#0b57a4'

/** What a page's card is coloured, in its style too. */
export const CARD = { light: '#ffffff', dark: '#1a2029' } as const

/** How far a button that is pointed at moves away from the colour of its text. */
const HOVER_SHARE = 0.14

/**
 * The style sheet of a brand's colour: as it is for buttons, with an edge where it hardly stands out from
 * the card, and as near to it as can be read on the card for accents.
 */
export function brandStyle(colour: Colour = DEFAULT_COLOUR): string {
  return `:root{${declarations(colour, CARD.light)}}
@media (prefers-color-scheme:dark){:root{${declarations(colour, CARD.dark)}}}`
}

function declarations(colour: Colour, card: Colour): string {
  const text = textOn(colour)
  const hover = mix(colour, text === '#ffffff' ? '#000000' : '#ffffff', HOVER_SHARE)
  const edge = standingOut(colour, card, SHAPE_CONTRAST)
  const accent = standingOut(colour, card, TEXT_CONTRAST)
  return `--brand:${colour};--on-brand:${text};--brand-hover:${hover};--brand-edge:${edge};--accent:${accent}`
}
