import { type CredentialFault, credentialFaultOf } from '../../domain/credential-check.ts'
import type { RegisteredApp } from '../../domain/partner-settings.ts'
import { notice } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { timeText } from '../components.ts'
import type { SetupScene } from './setup-scene.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** As long before its end as the first alarm comes: time to ask somebody for another one. */
const WARNING_MS = 30 * DAY_MS

/** Whether Microsoft refuses it by now, as far as its end is known. */
export function hasEnded({ endsAt }: RegisteredApp, now: Date): boolean {
  return endsAt !== undefined && endsAt <= now
}

/** What is wrong with the credential or soon will be, whichever step is open. */
export function credentialWarnings(scene: SetupScene): Html {
  return html`${breakerWarning(scene)}${endWarning(scene)}`
}

function endWarning({ visit, words, settings, now }: SetupScene): Html {
  const { endsAt } = settings.app ?? {}
  const left = endsAt === undefined ? Number.POSITIVE_INFINITY : endsAt.getTime() - now.getTime()
  if (endsAt === undefined || left > WARNING_MS) return html``
  const date = new Intl.DateTimeFormat(visit.view.language, { dateStyle: 'long', timeZone: 'UTC' })
  const days = String(Math.ceil(left / DAY_MS))
  const text = left > 0 ? words.end.soon : words.end.past
  return notice('bad', fill(text, { date: date.format(endsAt), days }))
}

/** What the service itself has met, whatever a check says. */
function breakerWarning({ visit, words, appBreaker }: SetupScene): Html {
  if (appBreaker === undefined) return html``
  const { code, openedAt } = appBreaker
  return html`<div class="notice bad"><strong>${words.check.breaker}</strong> ${timeText(visit.view, openedAt)}
<br>${fill(words.verdict.rejected[faultOf(code)], { code })}</div>`
}

function faultOf(code: string): CredentialFault {
  return credentialFaultOf(Number(code.replace('AADSTS', '')))
}
