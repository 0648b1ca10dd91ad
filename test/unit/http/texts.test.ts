import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Language } from '../../../functions/http/language.ts'
import { fill, textsOf } from '../../../functions/http/texts.ts'
import { languageFilesSuite } from '../support/language-files.ts'

/** Texts that are the same in English and rightly so, by their place. */
const TEAMS = 'pages.choose.teams'
const CHINA = 'pages.clouds.china'
const CODE = 'pages.failed.code'
const GOVERNMENT = ['pages.clouds.usgov-high', 'pages.clouds.usgov-dod']
const SANDBOX = 'pages.choose.sandbox'

const SAME_AS_ENGLISH: Readonly<Record<Language, readonly string[]>> = {
  en: [],
  de: [...GOVERNMENT, CHINA, SANDBOX, TEAMS, CODE],
  nl: [...GOVERNMENT, CHINA, SANDBOX, TEAMS, CODE],
  fr: ['pages.clouds.commercial', ...GOVERNMENT, 'pages.choose.production', TEAMS, CODE],
  es: [CHINA, TEAMS],
  pt: [CHINA, TEAMS],
  it: [SANDBOX, TEAMS],
  da: [...GOVERNMENT, TEAMS],
  ja: [TEAMS],
  'zh-Hans': [TEAMS],
}

languageFilesSuite({
  folder: 'functions/http/texts',
  textsOf,
  placeholders: ['{partner}', '{host}', '{cloud}', '{account}', '{link}'],
  sameAsEnglish: SAME_AS_ENGLISH,
})

describe('filling a text', () => {
  test('puts each value in its place, apart from the writing around it', () => {
    const filled = fill('{host} and {partner}: {host}.', { host: 'a.example', partner: 'شركة' })
    expect(filled.text).toBe('<bdi>a.example</bdi> and <bdi>شركة</bdi>: <bdi>a.example</bdi>.')
  })

  test('escapes text and values, and fills nothing in a value', () => {
    const filled = fill('1 < 2: {partner}', { partner: '<b>{host}', host: 'x' })
    expect(filled.text).toBe('1 &lt; 2: <bdi>&lt;b&gt;{host}</bdi>')
  })

  test.each(['{host}', '{constructor}', '{__proto__}'])(
    'leaves %s for which there is no value',
    (text) => {
      expect(fill(text, { partner: 'x' }).text).toBe(text)
    },
  )

  test('makes no markup but <bdi>, whatever the value', () => {
    const isText = (partner: string) =>
      !/[<>"']/.test(fill('{partner}', { partner }).text.replace(/^<bdi>|<\/bdi>$/g, ''))
    expect(fc.check(fc.property(fc.string(), isText)).failed).toBe(false)
  })
})
