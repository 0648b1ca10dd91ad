import type { Connection } from '../../domain/connection.ts'
import { formWith, textField } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { fill } from '../../http/texts.ts'
import { checkBox, selectField } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { type FormState, stateOf } from './form-state.ts'
import { DEFAULT_LIFETIME, isLifetime, LIFETIMES } from './link-lifetimes.ts'
import { connectionPath } from './paths.ts'
import { standingOf } from './standing.ts'

interface LinkForms {
  readonly connection: Connection
  /** Origins that a sign-in may return to, beside the console's own. */
  readonly origins: readonly string[]
  readonly publicUrl: string
  readonly state: FormState
}

/** The two ways to a sign-in: a link for somebody, and the visitor's own. */
export function linkForms(visit: SignedInVisit, shown: LinkForms): Html {
  return html`${linkForm(visit, shown)}\n${nowForm(visit, shown.connection)}`
}

function linkForm(
  visit: SignedInVisit,
  { connection, origins, publicUrl, state }: LinkForms,
): Html {
  const words = visit.words.connection.link
  const { user } = connection
  const username = stateOf(state, 'username', user?.username ?? user?.name)
  const needsSignIn = standingOf(connection).needs === 'sign_in'
  const form = {
    action: connectionPath(connection.id, 'link'),
    fields: { formToken: visit.formToken },
    label: words.button,
    rank: needsSignIn ? 'primary' : 'secondary',
  } as const
  const isOpen = needsSignIn || username.error !== undefined
  return html`<details class="part"${isOpen ? html` open` : ''}><summary><h3>${user ? words.reconnect_title : words.title}</h3></summary>
${formWith(form, [
  textField({ name: 'username', label: words.username, help: words.username_help, ...username }),
  lifetimeField(visit, state),
  originField(visit, { origins, publicUrl, state }),
  ...anotherUser(visit, connection, 'another_user'),
])}</details>`
}

function lifetimeField({ words }: SignedInVisit, state: FormState): Html {
  const { lifetime: label, ...names } = words.connection.link
  const { value } = stateOf(state, 'lifetime', DEFAULT_LIFETIME)
  const options = Object.keys(LIFETIMES)
    .filter(isLifetime)
    .map((each) => ({ value: each, label: names[each] }))
  return selectField({ name: 'lifetime', label, value, options })
}

/** The partner's product first: that is where its customers go on. */
function originField(
  { words }: SignedInVisit,
  { origins, publicUrl, state }: Omit<LinkForms, 'connection'>,
): Html {
  const { origin: label, origin_help: help, this_console } = words.connection.link
  const own = new URL(publicUrl).origin
  const others = origins.filter((origin) => origin !== own)
  const options = [
    ...others.map((origin) => ({ value: origin, label: origin })),
    { value: own, label: fill(this_console, { origin: own }) },
  ]
  const { value } = stateOf(state, 'origin', options[0]?.value)
  return selectField({ name: 'origin', label, value, options, help })
}

/** Whoever signs in again has to be the same person, unless the link lets another one. */
function anotherUser(
  { words }: SignedInVisit,
  { user }: Connection,
  id: 'another_user' | 'now_another_user',
): readonly Html[] {
  const known = user?.username ?? user?.name ?? user?.objectId
  if (known === undefined) return []
  const label = fill(words.connection.link.another_user, { user: known })
  return [checkBox({ id, name: 'another_user', label })]
}

function nowForm(visit: SignedInVisit, connection: Connection): Html {
  const { now_title, now_text, now } = visit.words.connection.link
  const form = {
    action: connectionPath(connection.id, 'link'),
    fields: { formToken: visit.formToken, now: 'yes' },
    label: now,
    rank: 'secondary',
  } as const
  return html`<details class="part"><summary><h3>${now_title}</h3></summary><p>${now_text}</p>
${formWith(form, anotherUser(visit, connection, 'now_another_user'))}</details>`
}
