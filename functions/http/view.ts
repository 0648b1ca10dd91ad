import type { Brand } from '../domain/brand.ts'
import type { SettingsForPages } from '../domain/partner-settings.ts'
import { type Language, languageOf } from './language.ts'
import { type HttpRequest, headerOf } from './request.ts'
import { type Texts, textsOf } from './texts.ts'

/** Whom a page is for, and in whose name it speaks. */
export interface View {
  readonly language: Language
  readonly texts: Texts
  readonly brand: Brand
}

/**
 * The view of a request; it never fails.
 * @param chosen the language that the person chose at an earlier step
 */
export type ViewOf = (request: HttpRequest, chosen?: string) => Promise<View>

/** Views in the language of the request and with the partner's brand. */
export function viewsWith(settings: SettingsForPages): ViewOf {
  return async (request, chosen) => {
    const language = languageOf({
      lang: chosen ?? new URLSearchParams(request.rawQueryString).get('lang') ?? undefined,
      acceptLanguage: headerOf(request, 'accept-language'),
    })
    const { brand } = await settings.read()
    return { language, texts: textsOf(language), brand }
  }
}
