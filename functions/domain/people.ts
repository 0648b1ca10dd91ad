/** Somebody whom an OpenID provider vouches for. */
export interface Person {
  /** The provider's own id of the person (`sub`), which never changes. */
  readonly subject: string
  readonly email: string | undefined
  /** What the provider says of the address; `undefined` where it says nothing. */
  readonly emailVerified: boolean | undefined
  readonly name: string | undefined
  /** Everything else that it says of the person, by the names of its claims. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** One entry of the list of who is let in. */
type Admission =
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'domain'; readonly domain: string }
  | { readonly kind: 'claim'; readonly claim: string; readonly value: string }

/** No spaces, quotes or second `@`, with which an address could pass for another one's. */
const EMAIL = /^[^\s@"<>(),:;[\]\\]+@([^\s@"<>(),:;[\]\\]+)$/

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/

/** As claims are named, also by a URL. */
const CLAIM = /^[A-Za-z][\w.:/-]{0,199}$/

/** These are admitted by an entry of their own, which also asks whether they were proven. */
const ADDRESS_CLAIMS: ReadonlySet<string> = new Set(['email', 'email_verified'])

const LONGEST_ENTRY = 320

/**
 * Whether one of the entries lets the person in: an address (`ana@example.com`) or a domain (`@example.com`),
 * in any letter case and not where the provider says that the address is not proven; or a claim
 * (`groups=operators`) that is this text, or a list with it, to the letter. An empty list lets nobody in,
 * and neither does an entry that is none of these.
 */
export function isAdmitted(person: Person, people: readonly string[]): boolean {
  return people.some((entry) => {
    const admission = admissionOf(entry)
    return typeof admission === 'object' && admits(admission, person)
  })
}

/** What is wrong with an entry, and what to write; `undefined` when nothing is. */
export function admissionProblem(entry: string): string | undefined {
  const admission = admissionOf(entry)
  return typeof admission === 'string' ? admission : undefined
}

/** The entry, or what is wrong with it. */
function admissionOf(text: string): Admission | string {
  const entry = text.trim()
  if (entry.length > LONGEST_ENTRY) return `write at most ${LONGEST_ENTRY} characters`
  if (entry.startsWith('@')) return domainOf(entry.slice(1).toLowerCase())
  return entry.includes('=') ? claimOf(entry) : emailOf(entry)
}

function domainOf(domain: string): Admission | string {
  if (DOMAIN.test(domain)) return { kind: 'domain', domain }
  return `"@${domain}" is no domain: write it as @example.com`
}

function emailOf(entry: string): Admission | string {
  if (EMAIL.test(entry)) return { kind: 'email', email: entry.toLowerCase() }
  return `"${entry}" is none of ana@example.com, @example.com and groups=operators`
}

function claimOf(entry: string): Admission | string {
  const claim = entry.slice(0, entry.indexOf('=')).trim()
  const value = entry.slice(entry.indexOf('=') + 1).trim()
  if (ADDRESS_CLAIMS.has(claim)) return `"${entry}": write the address alone, or @ and its domain`
  if (!CLAIM.test(claim) || value === '') {
    return `"${entry}" is no claim and its value: write them as groups=operators`
  }
  return { kind: 'claim', claim, value }
}

function admits(admission: Admission, person: Person): boolean {
  switch (admission.kind) {
    case 'email':
      return provenEmailOf(person)?.email === admission.email
    case 'domain':
      return provenEmailOf(person)?.domain === admission.domain
    case 'claim': {
      const { claim, value } = admission
      const told = Object.hasOwn(person.claims, claim) ? person.claims[claim] : undefined
      return Array.isArray(told) ? told.includes(value) : told === value
    }
  }
}

function provenEmailOf({
  email = '',
  emailVerified,
}: Person): { readonly email: string; readonly domain: string } | undefined {
  const domain = EMAIL.exec(email)?.[1]
  if (domain === undefined || emailVerified === false) return undefined
  return { email: email.toLowerCase(), domain: domain.toLowerCase() }
}
