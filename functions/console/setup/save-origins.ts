import { MOST_ALLOWED_ORIGINS, originOf } from '../../domain/allowed-origin.ts'
import type { Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { fill } from '../../http/texts.ts'
import { logAction } from '../log-action.ts'
import type { ConsoleTexts } from '../texts.ts'
import type { SignedInVisit } from '../visit.ts'
import type { SetupDependencies } from './dependencies.ts'
import { type Done, setupPage } from './setup-page.ts'
import { setupScene } from './setup-scene.ts'

/** More mistakes than these are found when these are mended. */
const MOST_TOLD = 5

/** More of a line than this says nothing. */
const LONGEST_QUOTE = 100

const UNPROCESSABLE = 422

/** Takes the origins that a sign-in may return to, in place of those before. */
export async function saveOrigins(
  deps: SetupDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const typed = visit.form.fields.get('origins') ?? ''
  const read = originsIn(visit.words.setup, typed)
  if ('error' in read) {
    const returned = { step: 'origins', typed: new Map([['origins', typed]]) } as const
    const errors = { origins: read.error }
    return setupPage(await setupScene(deps, visit, { ...returned, errors }), UNPROCESSABLE)
  }
  await deps.partnerSettings.saveAllowedOrigins(read.origins)
  logAction(deps, visit, { reason: 'allowed_origins' })
  const done: Done = 'origins_saved'
  return seeOther(`/console/setup?done=${done}`)
}

function originsIn(
  { origins: words }: ConsoleTexts['setup'],
  typed: string,
): { readonly origins: readonly string[] } | { readonly error: Words } {
  const lines = typed
    .split('\n')
    .map((text, index) => ({ text: text.trim(), line: String(index + 1) }))
    .filter(({ text }) => text !== '')
    .map((line) => ({ ...line, origin: originOf(line.text) }))
  const wrong = lines.filter(({ origin }) => origin === undefined)
  if (wrong.length > 0) return { error: wrongLines(words, wrong) }
  const origins = [...new Set(lines.flatMap(({ origin }) => origin ?? []))]
  if (origins.length <= MOST_ALLOWED_ORIGINS) return { origins }
  return { error: fill(words.too_many, { most: String(MOST_ALLOWED_ORIGINS) }) }
}

function wrongLines(
  words: ConsoleTexts['setup']['origins'],
  wrong: readonly { readonly text: string; readonly line: string }[],
): Html {
  const told = wrong.slice(0, MOST_TOLD).map(({ text, line }) => {
    const quote = text.slice(0, LONGEST_QUOTE)
    return html`${fill(words.wrong_line, { line, text: quote })}<br>`
  })
  return html`${told}${words.what_to_write}`
}
