import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { brandStyle, CARD } from '../../../functions/http/brand-style.ts'
import { contrastOf, standingOut, textOn } from '../../../functions/http/colour.ts'
import { PAGE_STYLE } from '../../../functions/http/page-style.ts'

const anyColour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((number) => `#${number.toString(16).padStart(6, '0')}`)

/** The values of a style sheet's custom properties, first in light and then in dark. */
function propertyOf(style: string, name: string): readonly [light: string, dark: string] {
  const [light = '', dark = ''] = [
    ...style.matchAll(new RegExp(`--${name}:\\s*(#\\w{6})`, 'g')),
  ].map((match) => match[1] ?? '')
  return [light, dark]
}

describe('contrast', () => {
  test.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#0000ff', '#ffffff', 8.59],
    ['#ff0000', '#ffffff', 4],
  ])('of %s and %s is %d to 1, either way', (one, other, contrast) => {
    expect(contrastOf(one, other)).toBeCloseTo(contrast, 1)
    expect(contrastOf(other, one)).toBe(contrastOf(one, other))
  })

  test.each([
    ['#0b57a4', '#ffffff'],
    ['#ffd400', '#000000'],
    ['#757575', '#ffffff'],
    ['#777777', '#000000'],
  ])('makes text on %s %s', (background, text) => {
    expect(textOn(background)).toBe(text)
  })

  test('is kept by a colour that has it', () => {
    expect(standingOut('#0b57a4', '#ffffff', 4.5)).toBe('#0b57a4')
  })

  test('is given to any colour on any ground that leaves room for it', () => {
    const grounds = fc.constantFrom(CARD.light, CARD.dark, '#ffff00', '#000080')
    const stands = fc.property(anyColour, grounds, (colour, ground) => {
      return contrastOf(standingOut(colour, ground, 4.5), ground) >= 4.5
    })
    expect(fc.check(stands).failed).toBe(false)
  })
})

describe("a brand's colour", () => {
  test.each([CARD.light, CARD.dark])('is laid on the card of the page: %s', (card) => {
    expect(propertyOf(PAGE_STYLE, 'card')).toContain(card)
  })

  test('leaves every text on it and every accent of it readable, in light and dark', () => {
    const isReadable = (colour: string) => {
      const style = brandStyle(colour)
      return ([CARD.light, CARD.dark] as const).every((card, mode) => {
        const of = (name: string) => propertyOf(style, name)[mode] ?? ''
        return (
          contrastOf(of('on-brand'), of('brand')) >= 4.5 &&
          contrastOf(of('on-brand'), of('brand-hover')) >= 4.5 &&
          contrastOf(of('accent'), card) >= 4.5 &&
          contrastOf(of('brand-edge'), card) >= 3
        )
      })
    }
    expect(fc.check(fc.property(anyColour, isReadable), { numRuns: 2000 }).failed).toBe(false)
  })

  test.each(['#c2410c', '#ffd400', '#111111', '#ffffff'])('is shown as it is: %s', (colour) => {
    expect(propertyOf(brandStyle(colour), 'brand')).toEqual([colour, colour])
  })
})

describe('the colours of every page', () => {
  const pairs = ['ink', 'soft', 'good', 'bad'].flatMap((ink) =>
    ['card', 'back', 'field'].map((ground) => [ink, ground] as const),
  )
  test.each(pairs)('%s can be read on %s, in light and dark', (ink, ground) => {
    for (const mode of [0, 1] as const) {
      const contrast = contrastOf(
        propertyOf(PAGE_STYLE, ink)[mode],
        propertyOf(PAGE_STYLE, ground)[mode],
      )
      expect(contrast).toBeGreaterThanOrEqual(4.5)
    }
  })

  test('leave the edge of a field visible', () => {
    for (const mode of [0, 1] as const) {
      const edge = propertyOf(PAGE_STYLE, 'edge')[mode]
      const card = propertyOf(PAGE_STYLE, 'card')[mode]
      expect(contrastOf(edge, card)).toBeGreaterThanOrEqual(3)
    }
  })
})

test('the style sheet knows no left and right, and loads nothing', () => {
  expect(PAGE_STYLE).not.toMatch(
    /(?:margin|padding|border|inset)-(?:left|right|top|bottom)|(?:^|[\s{;])(?:left|right|width|height|(?:min|max)-(?:width|height)):(?![^{]*\{)|text-align:\s*(?:left|right)|float|url\(|@import/m,
  )
})
