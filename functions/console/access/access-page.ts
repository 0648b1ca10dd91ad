import { html } from '../../http/html.ts'
import { queryOf } from '../../http/request.ts'
import type { HttpResponse } from '../../http/responses.ts'
import { consolePage } from '../console-page.ts'
import type { ConsoleTexts } from '../texts.ts'
import type { SignedInVisit } from '../visit.ts'
import type { AccessDependencies } from './access-dependencies.ts'
import { type CreateState, clientsSection, type RemoveState } from './clients-section.ts'
import { firstSignInSection } from './first-sign-in-section.ts'
import { type ProviderState, providerSection } from './provider-section.ts'
import { readAccess } from './ways-in.ts'

/** What was filled in and was not right. */
export interface AccessState {
  readonly create?: CreateState
  readonly remove?: RemoveState | undefined
  readonly provider?: ProviderState
  /** What somebody may not do, since nobody could come in any more. */
  readonly isLastWay?: boolean
}

const DONE = ['client_removed', 'first_closed', 'provider_saved', 'provider_removed'] as const

/** `GET /console/clients`. */
export async function showAccess(
  deps: AccessDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const query = queryOf(visit.http)
  const asked = query.get('remove')
  const remove = asked === undefined ? undefined : { clientId: asked }
  return accessPage(deps, visit, { remove })
}

/** Who may use the API and the console, with what was filled in and was not right. */
export async function accessPage(
  deps: AccessDependencies,
  visit: SignedInVisit,
  state: AccessState,
): Promise<HttpResponse> {
  const access = await readAccess(deps, visit.session.user)
  const { create, remove, provider, isLastWay } = state
  const isWrong = create ?? remove?.error ?? provider?.problems ?? isLastWay
  return consolePage(visit, {
    statusCode: isWrong ? 422 : 200,
    title: visit.words.access.title,
    section: 'clients',
    done: doneWords(visit),
    content: html`${isLastWay ? html`<div role="alert"><p class="notice bad">${visit.words.access.last_way}</p></div>` : ''}
${clientsSection(visit, access, { create, remove })}
${providerSection(visit, access, { state: provider, publicUrl: deps.publicUrl })}
${firstSignInSection(visit, access)}`,
  })
}

function doneWords({ http, words }: SignedInVisit): string | undefined {
  const done = DONE.find((word) => word === queryOf(http).get('done'))
  return done && doneText(words.access, done)
}

function doneText(words: ConsoleTexts['access'], done: (typeof DONE)[number]): string {
  return words[`done_${done}`]
}
