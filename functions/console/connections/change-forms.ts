import type { Connection } from '../../domain/connection.ts'
import { formWith, textField, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { checkBox } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { type FormState, stateOf } from './form-state.ts'
import { type ConnectionAction, connectionPath } from './paths.ts'

/** The forms that change a connection; one with a mistake stands open. */
export function changeForms(visit: SignedInVisit, connection: Connection, state: FormState): Html {
  return html`${renameForm(visit, connection, state)}
${environmentForm(visit, connection, state)}
${disconnectForm(visit, connection, state)}
${deleteForm(visit, connection, state)}`
}

/** A form behind its name. */
function folded(title: Words, isOpen: boolean, form: Html): Html {
  return html`<details class="part"${isOpen ? html` open` : ''}><summary>${title}</summary>
${form}</details>`
}

function formOf(
  { formToken }: SignedInVisit,
  { id }: Connection,
  form: { readonly action: ConnectionAction; readonly label: Words },
) {
  const { action, label } = form
  const fields = { formToken }
  return { action: connectionPath(id, action), fields, label, rank: 'secondary' } as const
}

function renameForm(visit: SignedInVisit, connection: Connection, state: FormState): Html {
  const { title, name, button } = visit.words.connection.rename
  const field = { name: 'name', label: name, ...stateOf(state, 'name', connection.name) }
  const form = formOf(visit, connection, { action: 'rename', label: button })
  return folded(title, field.error !== undefined, formWith(form, textField(field)))
}

function environmentForm(visit: SignedInVisit, connection: Connection, state: FormState): Html {
  const words = visit.words.connection.set_environment
  const { resource } = connection
  const title = resource === undefined ? words.title : words.change_title
  const address = stateOf(state, 'address', resource)
  const field = { name: 'address', label: words.label, help: words.help, ...address }
  const form = formOf(visit, connection, { action: 'environment', label: words.button })
  const warning = resource === undefined ? '' : html`<p>${words.warning}</p>`
  return folded(
    title,
    address.error !== undefined,
    html`${warning}${formWith(form, textField(field))}`,
  )
}

function disconnectForm(visit: SignedInVisit, connection: Connection, state: FormState): Html {
  if (connection.status === 'pending' || connection.status === 'disconnected') return html``
  const { title, text, confirmed, button } = visit.words.connection.disconnect
  const { error } = stateOf(state, 'confirmed')
  const form = formOf(visit, connection, { action: 'disconnect', label: button })
  const box = checkBox({ name: 'confirmed', label: confirmed, error, isRequired: true })
  return folded(title, error !== undefined, html`<p>${text}</p>${formWith(form, box)}`)
}

function deleteForm(visit: SignedInVisit, connection: Connection, state: FormState): Html {
  const words = visit.words.connection.delete
  const label = fill(words.label, { account: connection.accountId, id: String(connection.id) })
  const field = { name: 'confirmation', label, ...stateOf(state, 'confirmation') }
  const form = formOf(visit, connection, { action: 'delete', label: words.button })
  const isOpen = field.error !== undefined
  return folded(words.title, isOpen, html`<p>${words.text}</p>${formWith(form, textField(field))}`)
}
