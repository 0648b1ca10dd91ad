import { EVERY_WHO } from '../../domain/reason.ts'
import { textField } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { selectField } from '../components.ts'
import type { SignedInVisit } from '../visit.ts'
import { fieldsOf, heedsOrder, hrefOf, isFiltered, type ListQuery, STATES } from './list-query.ts'
import { CONNECTIONS_PATH } from './paths.ts'

/** The form above the list: what to look for, and in which order where there is one. */
export function filterForm({ words }: SignedInVisit, query: ListQuery): Html {
  const { search, show, clear } = words.connections
  const unfiltered = { ...query, search: '', state: undefined, who: undefined, after: undefined }
  return html`<form method="get" action="${CONNECTIONS_PATH}" class="filters" role="search">${kept(query)}
${textField({ name: 'search', label: search, value: query.search, isOptional: true })}
${selects(words.connections, query)}
<button class="button secondary">${show}</button>
${isFiltered(query) ? html`<a href="${hrefOf(unfiltered)}">${clear}</a>` : ''}</form>`
}

/** What the form leaves as it is, and has no field for. */
function kept(query: ListQuery): readonly Html[] {
  const { account, order } = fieldsOf(query)
  const unseen = { account, order: heedsOrder(query) ? undefined : order }
  return Object.entries(unseen).flatMap(([name, value]) =>
    value ? [html`<input type="hidden" name="${name}" value="${value}">`] : [],
  )
}

function selects(words: SignedInVisit['words']['connections'], query: ListQuery): Html {
  const every = { value: '', label: words.every }
  const state = {
    name: 'state',
    label: words.state,
    value: query.state ?? '',
    options: [every, ...STATES.map((value) => ({ value, label: words.states[value] }))],
  }
  const who = {
    name: 'who',
    label: words.who,
    value: query.who ?? '',
    options: [every, ...EVERY_WHO.map((value) => ({ value, label: words.whos[value] }))],
  }
  const order = {
    name: 'order',
    label: words.order,
    value: query.order,
    options: [
      { value: 'newest', label: words.newest },
      { value: 'oldest', label: words.oldest },
      { value: 'account', label: words.by_account },
      { value: 'environment', label: words.by_environment },
      { value: 'user', label: words.by_user },
    ],
  }
  return html`${selectField(state)}${selectField(who)}${heedsOrder(query) ? selectField(order) : ''}`
}
