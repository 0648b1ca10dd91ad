import { join } from 'node:path'
import { textFiles } from '../http/text-files.ts'

/** Every text of the console; English is the source, and the others have the same keys. */
export type ConsoleTexts = typeof import('./words/en.json')

/** The texts in one language; beside this module, and beside a bundle of it. */
export const consoleTextsOf = textFiles<ConsoleTexts>(join(import.meta.dirname, 'words'))
