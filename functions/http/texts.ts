import { join } from 'node:path'
import { Html, html } from './html.ts'
import { textFiles } from './text-files.ts'

/** Every text of the pages; English is the source, and the others have the same keys. */
export type Texts = typeof import('./texts/en.json')

/** The texts in one language; beside this module, and beside a bundle of it. */
export const textsOf = textFiles<Texts>(join(import.meta.dirname, 'texts'))

/**
 * Puts values into a text's `{placeholders}`. Each is escaped, unless it is markup of ours, and isolated by `<bdi>`, so that a name
 * in another script does not turn the sentence around it.
 */
export function fill(text: string, values: Readonly<Record<string, string | Html>>): Html {
  const parts = text.split(/\{(\w+)\}/)
  const markup = parts.map((part, index) => {
    const isPlaceholder = index % 2 === 1
    if (!isPlaceholder) return html`${part}`
    return Object.hasOwn(values, part) ? html`<bdi>${values[part] ?? ''}</bdi>` : html`{${part}}`
  })
  return new Html(markup.map((part) => part.text).join(''))
}
