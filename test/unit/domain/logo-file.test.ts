import { describe, expect, test } from 'vitest'
import { logoOf } from '../../../functions/domain/logo-file.ts'

describe('a logo file', () => {
  test.each([
    '<svg />',
    '\uFEFF<svg></svg>',
    '<!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY c "d">]>\n<svg>',
    '<!-- one --> <!-- two -->\n<SVG>',
  ])('is SVG when it begins as %j', (text) => {
    expect(logoOf(Buffer.from(text))).toMatch(/^data:image\/svg\+xml;base64,/)
  })

  test.each(['', '<html><svg>', '<svgx>', '<!-- none -->', 'PNG'])(
    'is none when it is %j',
    (text) => {
      expect(logoOf(Buffer.from(text))).toBeUndefined()
    },
  )
})
