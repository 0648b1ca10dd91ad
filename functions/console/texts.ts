import type { Language } from '../http/language.ts'
import en from './texts/en.json' with { type: 'json' }

/** Every text of the console; English is the source, and the others have the same keys. */
export type ConsoleTexts = typeof en

const TEXTS: Readonly<Partial<Record<Language, ConsoleTexts>>> = { en }

/** The texts in one language. */
export function consoleTextsOf(language: Language): ConsoleTexts {
  return TEXTS[language] ?? en
}
