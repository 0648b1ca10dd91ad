import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALL_LANGUAGES, languageOf } from '../../../functions/http/language.ts'

describe('the language of a page', () => {
  test.each([
    ['de', 'de'],
    ['DE', 'de'],
    ['de-CH', 'de'],
    ['pt-BR', 'pt'],
    ['ja-JP', 'ja'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-SG', 'zh-Hans'],
    ['zh-Hans', 'zh-Hans'],
    ['zh-hans-hk', 'zh-Hans'],
  ] as const)('is the one of ?lang=%s, whatever the browser wants', (lang, language) => {
    expect(languageOf({ lang, acceptLanguage: 'fr' })).toBe(language)
  })

  test.each(['', 'xx', 'zh-TW', 'zh-Hant', 'zh-hansom', 'deu', '<script>', 'de de', '__proto__'])(
    'is what the browser wants when ?lang= is none of them: %j',
    (lang) => {
      expect(languageOf({ lang, acceptLanguage: 'fr' })).toBe('fr')
    },
  )

  test.each([
    ['da', 'da'],
    ['fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5', 'fr'],
    ['en;q=0.5, de;q=0.7', 'de'],
    ['sv, nl;q=0.2', 'nl'],
    ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-Hans'],
    ['zh-TW,en;q=0.8', 'en'],
    ['de;q=0, it;q=0.001', 'it'],
    ['de ; q = 0.3 , es', 'es'],
    ['*;q=0.5, ja;q=0.4', 'en'],
    ['it;q=1.000,de;q=1', 'it'],
  ] as const)('is what the browser wants most: %s', (acceptLanguage, language) => {
    expect(languageOf({ acceptLanguage })).toBe(language)
  })

  test.each([
    undefined,
    '',
    ',,,',
    'sv, fi',
    'de;q=0',
    'de;q=2',
    'de;q=-1',
    'de;q=1.001',
    'de;q=0.1234',
    'de;level=1',
    'd e',
    `${'x'.repeat(500)}, de`,
  ])('is English when the browser wants none of them: %j', (acceptLanguage) => {
    expect(languageOf({ acceptLanguage })).toBe('en')
  })

  test('is one of them, whatever is asked', () => {
    const asked = fc.record({
      lang: fc.option(fc.string(), { nil: undefined }),
      acceptLanguage: fc.string({ maxLength: 2000, unit: fc.constantFrom(...'dezh-*;q=0.1, ') }),
    })
    const isOne = fc.property(asked, (it) => ALL_LANGUAGES.includes(languageOf(it)))
    expect(fc.check(isOne).failed).toBe(false)
  })
})
