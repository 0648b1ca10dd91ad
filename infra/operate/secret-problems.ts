import { storedApiAccessOf } from '../../functions/domain/stored-api-access.ts'
import { knownAppCredentialOf } from '../../functions/domain/stored-app-credential.ts'
import { storedKeyringOf } from '../../functions/domain/stored-keyring.ts'
import { clientIdProblem, clientSecretProblem } from '../entra-credential.ts'

/** What a secret is for, and so what it has to hold. */
export type SecretKind = 'keyring' | 'apiAccess' | 'appCredential'

type Json = Readonly<Record<string, unknown>>

/** What stands in a value that was meant to be replaced. */
const PLACEHOLDER = /^(placeholder|changeme|todo|xxx+|\.\.\.|…|<.*>)?$/i

/**
 * What is wrong with a secret's value, by the names of its members; nothing when it can be used. No value
 * is ever repeated.
 */
export function secretProblems(kind: SecretKind, text: string | undefined): readonly string[] {
  const value = jsonObjectOf(text)
  if (value === undefined) return ['is not filled']
  const problems = PROBLEMS[kind](value)
  const read = {
    keyring: storedKeyringOf,
    apiAccess: storedApiAccessOf,
    appCredential: knownAppCredentialOf,
  }
  if (problems.length > 0 || read[kind](value) !== undefined) return problems
  return ['holds JSON of another shape']
}

const PROBLEMS: Readonly<Record<SecretKind, (value: Json) => readonly string[]>> = {
  keyring: (value) => {
    // As the deployment makes it, its one key stands beside the name of the active one.
    if (storedKeyringOf(value) !== undefined) return []
    const keys = jsonOf(value.keys)
    const { active } = value
    return [
      ...missing(value, 'active'),
      ...(keys === undefined ? ['lacks "keys"'] : []),
      ...(keys && typeof active === 'string' && !(active in keys)
        ? [`names "${active}" as active, which is not among its keys`]
        : []),
      ...Object.entries(keys ?? {}).flatMap(([id, key]) => keyProblems(`keys.${id}`, key)),
    ]
  },
  apiAccess: (value) => [
    ...(value.signingKey === undefined ? ['lacks "signingKey"'] : []),
    ...(value.signingKey === undefined ? [] : keyProblems('signingKey', value.signingKey)),
    ...(Array.isArray(value.clients) && value.clients.length > 0 ? [] : ['has no API client']),
  ],
  appCredential: (value) => {
    // Whoever proves itself in another way than by a client secret has no such member.
    const hasSecret = 'clientSecret' in value || knownAppCredentialOf(value) === undefined
    const absent = [
      ...missing(value, 'clientId'),
      ...(hasSecret ? missing(value, 'clientSecret') : []),
    ]
    return absent.length > 0 ? absent : credentialProblems(value)
  },
}

function credentialProblems({ clientId, clientSecret }: Json): readonly string[] {
  const problems = [
    clientIdProblem(String(clientId)),
    clientSecret === undefined ? undefined : clientSecretProblem(String(clientSecret)),
  ]
  return problems.filter((problem) => problem !== undefined)
}

function missing(value: Json, member: string): readonly string[] {
  const found = value[member]
  if (found === undefined) return [`lacks "${member}"`]
  if (typeof found !== 'string') return [`has a "${member}" that is no text`]
  return PLACEHOLDER.test(found.trim()) ? [`still has a placeholder for "${member}"`] : []
}

function keyProblems(member: string, key: unknown): readonly string[] {
  const isKey = typeof key === 'string' && Buffer.from(key, 'base64url').length === 32
  return isKey ? [] : [`has a "${member}" that is not 32 bytes in base64url`]
}

/** A new secret holds a random password or nothing; only a JSON object was put there on purpose. */
export function jsonObjectOf(text: string | undefined): Json | undefined {
  try {
    return jsonOf(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}

function jsonOf(value: unknown): Json | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Json) : undefined
}
