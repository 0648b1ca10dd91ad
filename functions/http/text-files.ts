import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Language } from './language.ts'

/**
 * Texts of which each language has a file of its own in one folder, read when they are first asked for:
 * most starts need one language or none. Tests hold the files to the keys of the English one.
 */
export function textFiles<T>(folder: string): (language: Language) => T {
  const read = new Map<Language, T>()
  return (language) => {
    const known = read.get(language)
    if (known !== undefined) return known
    const texts: T = JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8'))
    read.set(language, texts)
    return texts
  }
}
