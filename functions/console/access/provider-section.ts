import type { PeopleProviderProblem } from '../../domain/people-provider.ts'
import { copyField, formButton, formWith, textField, type Words } from '../../http/components.ts'
import { type Html, html } from '../../http/html.ts'
import { CONSOLE_PATH } from '../../http/routes.ts'
import { fill } from '../../http/texts.ts'
import { textArea } from '../components.ts'
import { redirectUriOf } from '../provider-sign-in.ts'
import type { SignedInVisit } from '../visit.ts'
import { type Access, mayRemoveProvider } from './ways-in.ts'

/** A provider as it was filled in, without its secret, and what is wrong with it. */
export interface ProviderState {
  readonly issuer: string
  readonly clientId: string
  readonly people: string
  readonly problems: readonly PeopleProviderProblem[]
  /** What the issuer itself is found to be, when it was asked. */
  readonly issuerProblem?: Words
}

export const PROVIDER_PATH = `${CONSOLE_PATH}/provider`

interface ProviderParts {
  readonly state: ProviderState | undefined
  readonly publicUrl: string
}

/** The partner's OpenID provider, by which its people sign in. */
export function providerSection(
  visit: SignedInVisit,
  { console, ways }: Access,
  { state, publicUrl }: ProviderParts,
): Html {
  const { view, words } = visit
  const text = words.access
  const { provider } = console
  const value = redirectUriOf({ publicUrl })
  const stored = provider && { ...provider, people: provider.people.join('\n'), problems: [] }
  return html`<h2>${text.provider}</h2>
<p>${text.provider_text}</p>
${copyField(view, { name: 'redirect-uri', label: text.redirect_uri, value })}
${providerForm(visit, state ?? stored, provider?.clientSecret !== undefined)}
${provider && mayRemoveProvider(ways) ? removeForm(visit, provider.issuer) : ''}`
}

function providerForm(
  { words, formToken }: SignedInVisit,
  state: ProviderState | undefined,
  hasSecret: boolean,
): Html {
  const text = words.access
  const { issuer = '', clientId = '', people = '', problems = [], issuerProblem } = state ?? {}
  const errorOf = (field: PeopleProviderProblem['field']) => wordsOf(problems, field)
  const form = {
    action: PROVIDER_PATH,
    fields: { formToken },
    label: text.provider_save,
    rank: 'secondary',
  } as const
  return formWith(form, [
    textField({
      name: 'issuer',
      label: text.issuer,
      type: 'url',
      value: issuer,
      help: text.issuer_help,
      error: errorOf('issuer') ?? issuerProblem,
    }),
    textField({
      name: 'client-id',
      label: text.client_id,
      value: clientId,
      error: errorOf('clientId'),
    }),
    textField({
      name: 'client-secret',
      label: text.client_secret,
      type: 'password',
      help: hasSecret ? text.client_secret_kept : text.client_secret_help,
      error: errorOf('clientSecret'),
      isOptional: true,
    }),
    textArea({
      name: 'people',
      label: text.people,
      value: people,
      help: text.people_help,
      error: errorOf('people'),
    }),
  ])
}

/** What is wrong with a field, in the words that the domain has for it, which are English. */
function wordsOf(
  problems: readonly PeopleProviderProblem[],
  field: PeopleProviderProblem['field'],
): Html | undefined {
  const told = problems.filter((problem) => problem.field === field)
  if (told.length === 0) return undefined
  const sentences = told.map(({ message }) => {
    return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
  })
  return html`<bdi lang="en">${sentences.join(' ')}</bdi>`
}

function removeForm({ words, formToken }: SignedInVisit, issuer: string): Html {
  const text = words.access
  const form = {
    action: `${PROVIDER_PATH}/remove`,
    fields: { formToken },
    label: text.provider_remove,
    rank: 'danger',
  } as const
  return html`<p>${fill(text.provider_remove_text, { issuer })}</p>
${formButton(form)}`
}
