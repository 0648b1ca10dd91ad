import { globSync } from 'node:fs'
import { basename } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALL_LANGUAGES, type Language } from '../../../functions/http/language.ts'
import { fill, textsOf } from '../../../functions/http/texts.ts'

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

/** Every text by its place, such as `pages.failed.title`. */
function placesOf(texts: unknown, place = ''): readonly (readonly [string, string])[] {
  if (typeof texts === 'string') return [[place, texts]]
  return Object.entries(texts ?? {}).flatMap(([key, value]) =>
    placesOf(value, place === '' ? key : `${place}.${key}`),
  )
}

const placeholdersOf = (text: string) => [...new Set(text.match(/\{[^}]*\}/g))].toSorted()

const english = placesOf(textsOf('en'))
const others = ALL_LANGUAGES.filter((language) => language !== 'en')

test('there is one file for each language', () => {
  const files = globSync('functions/http/texts/*.json').map((file) => basename(file, '.json'))
  expect(files.toSorted()).toEqual(ALL_LANGUAGES.toSorted())
})

describe.each(ALL_LANGUAGES)('the texts in %s', (language) => {
  const places = placesOf(textsOf(language))

  test('have something in each place', () => {
    expect(places.filter(([, text]) => text.trim() !== text || text === '')).toEqual([])
  })

  test('are words, not markup, with placeholders that are filled', () => {
    const known = ['{partner}', '{host}', '{cloud}', '{account}', '{link}']
    for (const [place, text] of places) {
      expect([place, text]).not.toEqual([place, expect.stringMatching(/[<>]|&\w+;|https?:/)])
      expect(known).toEqual(expect.arrayContaining([...placeholdersOf(text)]))
      expect([place, text.replaceAll(/\{\w+\}/g, '')]).not.toEqual([
        place,
        expect.stringMatching(/[{}]/),
      ])
    }
  })
})

describe.each(others)('the texts in %s', (language) => {
  const places = new Map(placesOf(textsOf(language)))

  test('are in the places of the English ones, none missing and none more', () => {
    expect([...places.keys()].toSorted()).toEqual(english.map(([place]) => place).toSorted())
  })

  test('have the placeholders of the English ones', () => {
    const wanted = english.map(([place, text]) => [place, placeholdersOf(text)])
    expect(
      wanted.map(([place]) => [place, placeholdersOf(places.get(String(place)) ?? '')]),
    ).toEqual(wanted)
  })

  test('are translated, but for those that are the same word', () => {
    const same = english.filter(([place, text]) => places.get(place) === text)
    expect(same.map(([place]) => place)).toEqual(SAME_AS_ENGLISH[language] ?? [])
  })
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
