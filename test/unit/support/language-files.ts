import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ALL_LANGUAGES, type Language } from '../../../functions/http/language.ts'

/** Texts in all languages, and what there is to know of them. */
export interface LanguageFiles {
  /** Where the files are, from the root of the repository. */
  readonly folder: string
  readonly textsOf: (language: Language) => unknown
  /** The placeholders that somebody fills. */
  readonly placeholders: readonly string[]
  /** Texts that are the same in English and rightly so, by their place. */
  readonly sameAsEnglish: Readonly<Record<Language, readonly string[]>>
  /** Texts in which an address is an example of what to write. */
  readonly withAddress?: readonly string[]
}

/** What texts promise in every language: all are there, are words, and are translated. */
export function languageFilesSuite(files: LanguageFiles): void {
  const { folder, textsOf, withAddress = [] } = files
  const english = placesOf(textsOf('en'))
  const others = ALL_LANGUAGES.filter((language) => language !== 'en')

  test('there is one file for each language', () => {
    const names = globSync(`${folder}/*.json`).map((file) => basename(file, '.json'))
    expect(names.toSorted()).toEqual(ALL_LANGUAGES.toSorted())
  })

  describe.each(ALL_LANGUAGES)('the texts in %s', (language) => {
    const places = placesOf(textsOf(language))

    test('have something in each place', () => {
      expect(places.filter(([, text]) => text.trim() !== text || text === '')).toEqual([])
    })

    test('are words, not markup or addresses', () => {
      const own = places.filter(([place]) => !withAddress.includes(place))
      expect(own.filter(([, text]) => /[<>]|&\w+;|https?:/.test(text))).toEqual([])
    })

    test('have placeholders that are filled, and no others', () => {
      for (const [place, text] of places) {
        expect(files.placeholders).toEqual(expect.arrayContaining([...placeholdersOf(text)]))
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
      expect(same.map(([place]) => place)).toEqual(files.sameAsEnglish[language])
    })
  })
}

/** Every text by its place, such as `pages.failed.title`. */
function placesOf(texts: unknown, place = ''): readonly (readonly [string, string])[] {
  if (typeof texts === 'string') return [[place, texts]]
  return Object.entries(texts ?? {}).flatMap(([key, value]) =>
    placesOf(value, place === '' ? key : `${place}.${key}`),
  )
}

const placeholdersOf = (text: string) => [...new Set(text.match(/\{[^}]*\}/g))].toSorted()
