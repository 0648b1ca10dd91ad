import type { AuthorizationRequest, FailedAuthorization } from '../domain/authorization-request.ts'
import type { Reason, Situation } from '../domain/reason.ts'
import { factsOf } from '../domain/situations.ts'
import {
  button,
  copyField,
  details,
  formButton,
  notice,
  type Rank,
  type Words,
} from './components.ts'
import { timeRow, whereRow, whoRow } from './guidance-rows.ts'
import { portalLinkOf } from './guidance-text.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'
import { partnerMessage, type SignInResult, wayBack } from './partner-message.ts'
import type { HttpResponse } from './responses.ts'
import { AGAIN_PATH, ENVIRONMENT_PATH } from './routes.ts'
import { fill } from './texts.ts'
import type { View } from './view.ts'

/** A sign-in that Microsoft or a check of ours did not let through. */
export interface FailedSignIn {
  readonly request: AuthorizationRequest
  readonly failure: FailedAuthorization
  /** Where an administrator allows the application, where that may be what is missing. */
  readonly adminConsentUrl: string | undefined
  /** Whether other environments of the same sign-in can be picked. */
  readonly offersOthers: boolean
}

/** What happened, who can fix it, and what to do next: try again, ask an administrator, or go back. */
export function failedPage(view: View, failed: FailedSignIn): HttpResponse {
  const { request, failure, adminConsentUrl } = failed
  const { reason } = failure
  const { title, happened, remedy } = view.texts.situations[reason.situation]
  const { connectionId, returnTarget } = request
  const result: SignInResult = { connectionId, status: 'failed', code: reason.code }
  const message = partnerMessage(returnTarget, result)
  const { host } = new URL(returnTarget.targetOrigin)
  return page(view, {
    statusCode: 200,
    title,
    tone: 'bad',
    content: html`<p>${happened}</p>
<p>${remedy}</p>
${adminConsentUrl === undefined ? '' : adminConsent(view, failed, adminConsentUrl)}
<div class="actions">${nextSteps(view, failed)}
${button(fill(view.texts.pages.back, { host }), wayBack(returnTarget, result), 'secondary')}</div>
${facts(view, failure)}
${message?.content ?? ''}`,
    ...(message && { script: message.script, framedBy: message.framedBy }),
  })
}

/** The link for the administrator: to copy, and to send in a mail that is written already. */
function adminConsent(view: View, failed: FailedSignIn, url: string): Html {
  const words = view.texts.pages.admin
  const values = { partner: view.brand.name, link: url }
  const mail = new URLSearchParams({
    subject: plain(words.subject, values),
    body: plain(words.body, values),
  })
  // Mail programs read a plus sign as such, not as a space (RFC 6068 §5).
  const href = `mailto:?${mail}`.replaceAll('+', '%20')
  return html`<section><p>${fill(words.text, { partner: view.brand.name })}</p>
${copyField(view, { name: 'admin-link', label: words.label, value: url })}
${button(words.mail, href, isTheirTurn(failed) ? 'secondary' : 'primary')}
${notice('neutral', words.granted)}</section>`
}

function plain(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder)
}

/** Situations in which the account is what has to change. */
const ANOTHER_ACCOUNT_HELPS: ReadonlySet<Situation> = new Set([
  'account_not_in_tenant',
  'no_environments_found',
  'personal_account',
  'unexpected_tenant',
  'unexpected_user',
  'wrong_tenant',
  'wrong_user',
])

/** What the person can do leads on; where somebody else has to act first, trying again comes second. */
function nextSteps(view: View, failed: FailedSignIn): readonly Html[] {
  const { request, failure, offersOthers } = failed
  const { again, other_account, other_environment } = view.texts.pages.failed
  const fields = { request: request.id }
  const rank: Rank = isTheirTurn(failed) ? 'primary' : 'secondary'
  const anotherEnvironment = { action: ENVIRONMENT_PATH, fields, label: other_environment, rank }
  const onceMore = { action: AGAIN_PATH, fields, label: again, rank }
  const anotherAccount = {
    ...onceMore,
    fields: { ...fields, account: 'other' },
    label: other_account,
  }
  if (ANOTHER_ACCOUNT_HELPS.has(failure.reason.situation) && !offersOthers) {
    return [
      formButton({ ...anotherAccount, rank: 'primary' }),
      formButton({ ...onceMore, rank: 'secondary' }),
    ]
  }
  return [
    formButton(offersOthers ? anotherEnvironment : onceMore),
    formButton({ ...anotherAccount, rank: 'secondary' }),
  ]
}

/** Whether the person can go on without anybody else. */
function isTheirTurn({ failure, offersOthers }: FailedSignIn): boolean {
  const { who } = failure.reason
  return who === 'user' || who === 'nobody' || offersOthers
}

function facts(view: View, { reason, account, correlationId }: FailedAuthorization): Html {
  const words = view.texts.pages.failed
  const rows: readonly (readonly [Words, Words])[] = [
    whoRow(view, reason.who),
    ...whereRow(view, reason.situation),
    ...(account ? [[words.account, html`<bdi>${account}</bdi>`] as const] : []),
    [words.code, reason.code],
    ...(correlationId ? [[words.correlation_id, correlationId] as const] : []),
    timeRow(view, reason.at),
  ]
  const hasLog = portalLinkOf(view.texts, reason.situation) !== undefined && isMicrosofts(reason)
  return html`${details(rows)}${hasLog ? html`<p class="help">${words.log}</p>` : ''}`
}

function isMicrosofts({ code }: Reason): boolean {
  return code.startsWith('AADSTS')
}

/** Whether the way out may be an administrator's consent. */
export function mayNeedAdminConsent({ situation }: Reason): boolean {
  return factsOf(situation).needsAdminConsent ?? false
}
