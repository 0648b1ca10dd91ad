import { admissionProblem } from './people.ts'

/** An OpenID provider that says who signs in to the console, and who of them is let in. */
export interface PeopleProvider {
  /** As the provider writes it itself, e.g. `https://login.example.com/tenant`. */
  readonly issuer: string
  readonly clientId: string
  /** Absent for a public client, which proves itself by PKCE alone. */
  readonly clientSecret?: string
  /** Entries of {@link isAdmitted}; an empty list lets nobody in. */
  readonly people: readonly string[]
}

/** What is wrong with one field of a provider, in words for whoever fills it in. */
export interface PeopleProviderProblem {
  readonly field: 'issuer' | 'clientId' | 'clientSecret' | 'people'
  readonly message: string
}

export type ParsedPeopleProvider =
  | { readonly outcome: 'valid'; readonly provider: PeopleProvider }
  | { readonly outcome: 'invalid'; readonly problems: readonly PeopleProviderProblem[] }

/** What follows an issuer in the address of its metadata, which is often copied in its place. */
const WELL_KNOWN = '/.well-known/openid-configuration'

/** Where plain HTTP leaves no machine. */
const THIS_MACHINE: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

const PRINTABLE = /^[\x20-\x7e]+$/

const LONGEST_TEXT = 2048

/** As many as the secret and a page take; groups serve for more. */
const MOST_PEOPLE = 200

/** A provider as somebody filled it in; every field that is wrong is told at once. An empty secret is none. */
export function parsePeopleProvider(value: unknown): ParsedPeopleProvider {
  const { issuer, clientId, clientSecret, people } = fieldsOf(value)
  const secret = textOf(clientSecret)
  const entries = entriesOf(people)
  const problems = [
    ...told('issuer', issuerProblem(textOf(issuer))),
    ...told('clientId', clientIdProblem(textOf(clientId))),
    ...told('clientSecret', secretProblem(secret)),
    ...peopleProblems(entries).flatMap((message) => told('people', message)),
  ]
  if (problems.length > 0 || entries === undefined) return { outcome: 'invalid', problems }
  return {
    outcome: 'valid',
    provider: {
      issuer: issuerOf(textOf(issuer)),
      clientId: textOf(clientId),
      ...(secret !== '' && { clientSecret: secret }),
      people: entries,
    },
  }
}

/** Without what is often copied along, and else to the letter: a slash at its end counts. */
function issuerOf(text: string): string {
  return text.endsWith(WELL_KNOWN) ? text.slice(0, -WELL_KNOWN.length) : text
}

function issuerProblem(text: string): string | undefined {
  const url = URL.parse(issuerOf(text))
  if (url === null || text.length > LONGEST_TEXT) {
    return 'write the issuer as its provider names it, e.g. https://login.example.com'
  }
  const isOnThisMachine = THIS_MACHINE.includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isOnThisMachine)) {
    return 'write an issuer that begins with https://'
  }
  const isBare = url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  return isBare && !/[?#]/.test(text) ? undefined : 'write the issuer without ?, # or a user name'
}

function clientIdProblem(text: string): string | undefined {
  const isClientId = PRINTABLE.test(text) && text.length <= LONGEST_TEXT
  return isClientId ? undefined : 'write the client id that the provider gave to this console'
}

function secretProblem(text: string): string | undefined {
  const isSecret = text === '' || (PRINTABLE.test(text) && text.length <= LONGEST_TEXT)
  return isSecret
    ? undefined
    : 'write the client secret as the provider showed it, or leave it empty'
}

function peopleProblems(entries: readonly string[] | undefined): readonly string[] {
  if (entries === undefined) return ['write a list of who is let in']
  if (entries.length > MOST_PEOPLE) {
    return [`write at most ${MOST_PEOPLE} entries; a domain or a group lets in many`]
  }
  return entries.map(admissionProblem).filter((problem) => problem !== undefined)
}

function entriesOf(people: unknown): readonly string[] | undefined {
  if (!Array.isArray(people)) return undefined
  const areTexts = people.every((entry) => typeof entry === 'string')
  return areTexts ? people.map((entry) => entry.trim()).filter((entry) => entry !== '') : undefined
}

function told(
  field: PeopleProviderProblem['field'],
  message: string | undefined,
): readonly PeopleProviderProblem[] {
  return message === undefined ? [] : [{ field, message }]
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : ''
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
