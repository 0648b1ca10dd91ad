import { describe, expect, test } from 'vitest'
import { parseBrand } from '../../../functions/domain/brand.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const SVG = 'data:image/svg+xml;base64,PHN2Zy8+'

describe('a brand', () => {
  test('is a name, a logo and a colour', () => {
    const brand = { name: '  Fabrikam ', logo: SVG, colour: '#0B57A4' }
    expect(parseBrand(brand)).toEqual({ name: 'Fabrikam', logo: SVG, colour: '#0b57a4' })
  })

  test.each([
    undefined,
    null,
    'text',
    7,
    [],
    {},
    { name: '', logo: '', colour: '' },
    { name: ' ' },
  ])('is the default where nothing is set: %j', (value) => {
    expect(parseBrand(value)).toEqual({ name: 'dynamics-connect' })
  })

  test.each([
    ['a long name', { name: 'x'.repeat(60) }],
    ['a name in any script', { name: 'شركة فابريكام & 株式会社' }],
    ['a PNG logo', { name: 'x', logo: PNG }],
    [
      'the largest logo',
      { name: 'x', logo: `data:image/png;base64,${'A'.repeat(32 * 1024 - 22)}` },
    ],
  ])('may have %s', (_, brand) => {
    expect(parseBrand(brand)).toEqual(brand)
  })

  test.each([
    [{ name: 'x'.repeat(61) }, /^name: write at most 60 characters on one line$/],
    [{ name: 'a\nb' }, /^name: /],
    [{ name: 'a\u202eb' }, /^name: /],
    [{ name: 'a\u0000' }, /^name: /],
    [{ logo: 'https://example.com/logo.png' }, /^logo: use a PNG or SVG picture$/],
    [{ logo: 'data:image/gif;base64,R0lGOD==' }, /^logo: use a PNG/],
    [{ logo: 'data:text/html;base64,PGI+' }, /^logo: use a PNG/],
    [{ logo: `${PNG}" onerror="x` }, /^logo: use a PNG/],
    [{ logo: 'data:image/svg+xml,<svg/>' }, /^logo: use a PNG/],
    [{ logo: `data:image/png;base64,${'A'.repeat(32 * 1024)}` }, /^logo: .*at most 24 KB$/],
    [{ colour: 'blue' }, /^colour: write # and six hexadecimal digits, such as "#0b57a4"$/],
    [{ colour: '#fff' }, /^colour: /],
    [{ colour: '#0b57a4;}' }, /^colour: /],
    [{ name: 'a\tb', colour: '1' }, /^name: .*; colour: /],
  ])('is refused with what to write: %j', (value, message) => {
    const refusal = () => parseBrand(value)
    expect(refusal).toThrow(ServiceError)
    expect(refusal).toThrow(message)
  })
})
