/** `#rrggbb`. */
export type Colour = string

/** What text has to stand out by, and what the shape of a button has to. */
export const TEXT_CONTRAST = 4.5
export const SHAPE_CONTRAST = 3

const WHITE = '#ffffff'
const BLACK = '#000000'

/** In how many steps a colour is moved towards white or black. */
const STEPS = 20

/**
 * The contrast ratio of two colours, 1 to 21.
 * @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
export function contrastOf(one: Colour, other: Colour): number {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** White where it can be read on the background, else black; one of them always can. */
export function textOn(background: Colour): Colour {
  return contrastOf(WHITE, background) >= TEXT_CONTRAST ? WHITE : BLACK
}

/** The colour itself where it stands out enough, else the nearest tint or shade of it that does. */
export function standingOut(colour: Colour, background: Colour, contrast: number): Colour {
  const towards = luminanceOf(background) > luminanceOf('#767676') ? BLACK : WHITE
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS)
  const candidates = steps.map((share) => mix(colour, towards, share))
  return candidates.find((candidate) => contrastOf(candidate, background) >= contrast) ?? towards
}

/** A colour with a share of another in it, 0 to 1. */
export function mix(colour: Colour, other: Colour, share: number): Colour {
  const others = channelsOf(other)
  const mixed = channelsOf(colour).map((channel, index) =>
    Math.round(channel + ((others[index] ?? 0) - channel) * share),
  )
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminanceOf(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(colour).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Red, green and blue, 0 to 255. */
function channelsOf(colour: Colour): readonly number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16))
}
