import type { AddedApiClient } from '../../domain/api-client-store.ts'
import { copyField, notice } from '../../http/components.ts'
import { html } from '../../http/html.ts'
import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { CONSOLE_SIGN_IN_PATH } from '../../http/routes.ts'
import { fill } from '../../http/texts.ts'
import { consolePage } from '../console-page.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import type { AccessDependencies } from './access-dependencies.ts'
import { accessPage } from './access-page.ts'
import { CLIENTS_PATH, type CreateState } from './clients-section.ts'
import { mayRemoveLastClient, readAccess } from './ways-in.ts'

/** Adds an API client; its secret is on this page and never again. */
export async function addClient(
  deps: AccessDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const clientId = visit.form.fields.get('id')?.trim() ?? ''
  const accountId = visit.form.fields.get('account')?.trim() ?? ''
  const wanted = { clientId, ...(accountId !== '' && { accountId }) }
  const added = await deps.apiClients.add(wanted)
  if (added.outcome !== 'added') {
    return accessPage(deps, visit, { create: { clientId, accountId, ...errorsOf(visit, added) } })
  }
  logAction(deps, visit, { reason: 'api_client_added' })
  return addedPage(deps, visit, { clientId, clientSecret: added.clientSecret })
}

/** Takes an API client away, when its id was typed. */
export async function removeClient(
  deps: AccessDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const clientId = visit.form.fields.get('id') ?? ''
  if (visit.form.fields.get('confirm')?.trim() !== clientId) {
    const remove = { clientId, error: visit.words.access.confirm_wrong }
    return accessPage(deps, visit, { remove })
  }
  const { ways } = await readAccess(deps, visit.session.user)
  const mayBeLast = mayRemoveLastClient(ways)
  const { outcome } = await deps.apiClients.remove(clientId, { mayBeLast })
  if (outcome === 'is_last') return accessPage(deps, visit, { isLastWay: true })
  if (outcome === 'removed') logAction(deps, visit, { reason: 'api_client_removed' })
  const { user, digest } = visit.session
  if (user.kind !== 'api_client' || user.name !== clientId) {
    return seeOther(`${CLIENTS_PATH}?done=client_removed`)
  }
  await deps.consoleSessions.end(digest)
  return seeOther(`${CONSOLE_SIGN_IN_PATH}?done=signed_out`, [deps.cookies.session.clear()])
}

function errorsOf(
  { words }: SignedInVisit,
  { outcome }: Exclude<AddedApiClient, { readonly outcome: 'added' }>,
): Pick<CreateState, 'idError' | 'accountError'> {
  return outcome === 'account_id_invalid'
    ? { accountError: words.access.account_id_invalid }
    : { idError: words.access[outcome] }
}

function addedPage(
  { publicUrl }: AccessDependencies,
  visit: SignedInVisit,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): HttpResponse {
  const { view, words } = visit
  const text = words.access
  // Without the secret, which curl asks for, so that it is in no history of a shell.
  const command = `curl --user '${clientId}' --data grant_type=client_credentials \\
  ${publicUrl}/oauth/token`
  return consolePage(visit, {
    title: fill(text.added_title, { id: clientId }),
    section: 'clients',
    content: html`${notice('neutral', text.added_once)}
${copyField(view, { name: 'added-id', label: text.id, value: clientId })}
${copyField(view, { name: 'added-secret', label: text.secret, value: clientSecret })}
<h2>${text.try_title}</h2>
<p>${text.try_text}</p>
<pre><code>${command}</code></pre>
<p><a href="${CLIENTS_PATH}">${text.added_back}</a></p>`,
  })
}
