/** The languages of the pages: each with the name that its readers know it by, and where its lines begin. */
export const LANGUAGES = {
  en: { name: 'English', direction: 'ltr' },
  de: { name: 'Deutsch', direction: 'ltr' },
  fr: { name: 'Français', direction: 'ltr' },
  es: { name: 'Español', direction: 'ltr' },
  pt: { name: 'Português', direction: 'ltr' },
  it: { name: 'Italiano', direction: 'ltr' },
  nl: { name: 'Nederlands', direction: 'ltr' },
  da: { name: 'Dansk', direction: 'ltr' },
  ja: { name: '日本語', direction: 'ltr' },
  'zh-Hans': { name: '简体中文', direction: 'ltr' },
} as const satisfies Readonly<
  Record<string, { readonly name: string; readonly direction: 'ltr' | 'rtl' }>
>

/** A language of the pages, by its tag (BCP 47). */
export type Language = keyof typeof LANGUAGES

/** Every language, in the order in which people choose from them. */
export const ALL_LANGUAGES = Object.keys(LANGUAGES) as readonly Language[]

/** Where nothing else is asked for. */
const DEFAULT_LANGUAGE: Language = 'en'

/** No browser sends more; the rest of a longer header is not read. */
const LONGEST_HEADER = 500

/** `de`, `de-CH`, `zh-Hans-CN` or `*`, and how much it is wanted: `;q=0.8`. */
const LANGUAGE_RANGE =
  /^([a-z]{1,8}(?:-[a-z0-9]{1,8}){0,7}|\*)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i

/** Chinese as it is written in Beijing and Singapore, whether or not the tag says so. */
const SIMPLIFIED_CHINESE = /^zh(?:-hans(?:-.+)?|-cn|-sg)?$/

/**
 * The language to write a page in: the one of `?lang=`, else the one that the browser wants most of
 * those there are, else English.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function languageOf(asked: {
  readonly lang?: string | undefined
  readonly acceptLanguage?: string | undefined
}): Language {
  return languageNamed(asked.lang ?? '') ?? mostWanted(asked.acceptLanguage) ?? DEFAULT_LANGUAGE
}

function mostWanted(acceptLanguage = ''): Language | undefined {
  return acceptLanguage
    .slice(0, LONGEST_HEADER)
    .split(',')
    .map(languageRange)
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ tag }) => (tag === '*' ? DEFAULT_LANGUAGE : languageNamed(tag)))
    .find((language) => language !== undefined)
}

function languageRange(text: string): { readonly tag: string; readonly quality: number } {
  const [, tag = '', quality = '1'] = LANGUAGE_RANGE.exec(text.trim()) ?? []
  return { tag, quality: Number(quality) }
}

/** The language of a tag, else of its primary subtag: `de-CH` is read by whoever reads `de`. */
function languageNamed(tag: string): Language | undefined {
  const lowerCase = tag.toLowerCase()
  if (SIMPLIFIED_CHINESE.test(lowerCase)) return 'zh-Hans'
  const [primary] = lowerCase.split('-')
  return ALL_LANGUAGES.find((language) => language === primary)
}
