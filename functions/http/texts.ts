import { Html, html } from './html.ts'
import type { Language } from './language.ts'
import da from './texts/da.json' with { type: 'json' }
import de from './texts/de.json' with { type: 'json' }
import en from './texts/en.json' with { type: 'json' }
import es from './texts/es.json' with { type: 'json' }
import fr from './texts/fr.json' with { type: 'json' }
import it from './texts/it.json' with { type: 'json' }
import ja from './texts/ja.json' with { type: 'json' }
import nl from './texts/nl.json' with { type: 'json' }
import pt from './texts/pt.json' with { type: 'json' }
import zhHans from './texts/zh-Hans.json' with { type: 'json' }

/** Every text of the pages; English is the source, and the others have the same keys. */
export type Texts = typeof en

const TEXTS: Readonly<Record<Language, Texts>> = {
  en,
  de,
  fr,
  es,
  pt,
  it,
  nl,
  da,
  ja,
  'zh-Hans': zhHans,
}

/** The texts in one language. */
export function textsOf(language: Language): Texts {
  return TEXTS[language]
}

/**
 * Puts values into a text's `{placeholders}`. Each is escaped, and isolated by `<bdi>`, so that a name
 * in another script does not turn the sentence around it.
 */
export function fill(text: string, values: Readonly<Record<string, string>>): Html {
  const parts = text.split(/\{(\w+)\}/)
  const markup = parts.map((part, index) => {
    const isPlaceholder = index % 2 === 1
    if (!isPlaceholder) return html`${part}`
    return Object.hasOwn(values, part) ? html`<bdi>${values[part] ?? ''}</bdi>` : html`{${part}}`
  })
  return new Html(markup.map((part) => part.text).join(''))
}
