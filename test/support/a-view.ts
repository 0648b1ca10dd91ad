import { type Brand, DEFAULT_BRAND } from '../../functions/domain/brand.ts'
import type { Language } from '../../functions/http/language.ts'
import { textsOf } from '../../functions/http/texts.ts'
import type { View } from '../../functions/http/view.ts'

/** A brand with all that a brand can have; the logo is one transparent pixel. */
export const BRAND: Brand = {
  name: 'Fabrikam <Sales>',
  logo: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  colour: '#c2410c',
}

/** A page's view, in English and without a brand unless it says. */
export function aView(language: Language = 'en', brand: Brand = DEFAULT_BRAND): View {
  return { language, texts: textsOf(language), brand }
}
