import type { ListedApiClient } from '../../domain/api-client-store.ts'
import { formWith, notice, textField, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { CONSOLE_PATH } from '../../http/routes.ts'
import { fill } from '../../http/texts.ts'
import { table, timeText } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import type { Access } from './ways-in.ts'

/** A new client as it was filled in, and what is wrong with it. */
export interface CreateState {
  readonly clientId: string
  readonly accountId: string
  readonly idError?: Words | undefined
  readonly accountError?: Words | undefined
}

/** A client that is to be removed. */
export interface RemoveState {
  readonly clientId: string
  readonly error?: Words
}

export const CLIENTS_PATH = `${CONSOLE_PATH}/clients`

interface ClientForms {
  readonly create: CreateState | undefined
  readonly remove: RemoveState | undefined
}

/** The API clients, with the forms to add one and to remove one. */
export function clientsSection(
  visit: SignedInVisit,
  { clients }: Access,
  { create, remove }: ClientForms,
): Html {
  const text = visit.words.access
  const listed = [...new Map(clients.map((client) => [client.clientId, client])).values()]
  const chosen = listed.find(({ clientId }) => clientId === remove?.clientId)
  const columns = [{ label: text.id }, { label: text.account }, { label: text.made }]
  const rows = listed.map((client) => rowOf(visit, client))
  return html`<h2>${text.clients}</h2>
<p>${text.clients_text}</p>
${listed.length > 0 ? table(text.clients_table, [...columns, { label: text.change }], rows) : html`<p>${text.no_clients}</p>`}
${chosen ? removeForm(visit, chosen, remove?.error) : ''}
${createForm(visit, create)}`
}

function rowOf({ view, words, session }: SignedInVisit, client: ListedApiClient) {
  const { clientId, accountId, createdAt } = client
  const text = words.access
  const isOwn = session.user.kind === 'api_client' && session.user.name === clientId
  const path = `${CLIENTS_PATH}?${new URLSearchParams({ remove: clientId })}#remove`
  return [
    html`<bdi>${clientId}</bdi>${isOwn ? html` <small>${text.own}</small>` : ''}`,
    accountId === undefined ? text.all_accounts : html`<bdi>${accountId}</bdi>`,
    createdAt ? timeText(view, createdAt) : text.made_by_setup,
    html`<a href="${path}" aria-label="${`${text.remove}: ${clientId}`}">${text.remove}</a>`,
  ]
}

function removeForm(
  { words, session, formToken }: SignedInVisit,
  { clientId }: ListedApiClient,
  error: Words | undefined,
): Html {
  const text = words.access
  const isOwn = session.user.kind === 'api_client' && session.user.name === clientId
  const form = {
    action: `${CLIENTS_PATH}/remove`,
    fields: { formToken, id: clientId },
    label: text.remove_button,
    rank: 'danger',
  } as const
  const field = { name: 'confirm', label: text.confirm, help: text.confirm_help, error }
  return html`<section id="remove"><h3>${fill(text.remove_title, { id: clientId })}</h3>
<p>${text.remove_text}</p>
${isOwn ? notice('bad', text.remove_own) : ''}
${formWith(form, textField(field))}
<p><a href="${CLIENTS_PATH}">${text.cancel}</a></p></section>`
}

function createForm({ words, formToken }: SignedInVisit, state?: CreateState): Html {
  const text = words.access
  const form = {
    action: CLIENTS_PATH,
    fields: { formToken },
    label: text.add_button,
    rank: 'secondary',
  } as const
  const { clientId = '', accountId = '', idError, accountError } = state ?? {}
  return html`<h3>${text.add}</h3>
${formWith(form, [
  textField({ name: 'id', label: text.id, value: clientId, help: text.id_help, error: idError }),
  textField({
    name: 'account',
    label: text.account_optional,
    value: accountId,
    help: text.account_help,
    error: accountError,
    isOptional: true,
  }),
])}`
}
