import { clientCertificateOf } from '../../domain/client-certificate.ts'
import {
  type CredentialInputProblem,
  problemOfClientId,
  problemOfClientSecret,
  problemOfEndDate,
} from '../../domain/credential-input.ts'
import type { AppCredentialValue } from '../../domain/stored-app-credential.ts'
import type { Words } from '../../http/components.ts'
import { fill } from '../../http/texts.ts'
import type { ConsoleTexts } from '../words.ts'
import type { Deployment } from './dependencies.ts'

type SetupTexts = ConsoleTexts['setup']

/** A form's text, and what to read it by. */
export interface CredentialInput {
  readonly fields: ReadonlyMap<string, string>
  readonly words: SetupTexts
  readonly deployment: Deployment
  readonly now: Date
}

/** What was written: a credential that Microsoft may be asked about, or what is wrong with it by field. */
export type WrittenCredential =
  | { readonly credential: AppCredentialValue }
  | { readonly errors: Readonly<Record<string, Words>> }

/** What may be shown again of a form: neither a secret nor a key. */
const NOT_SECRET = ['clientId', 'kind', 'endsOn', 'tenant', 'anotherApp', 'storeAnyway']

/** The fields of the form that may be shown again. */
export function typedOf(fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...fields].filter(([name]) => NOT_SECRET.includes(name)))
}

export function writtenCredential(input: CredentialInput): WrittenCredential {
  const clientId = textIn(input, 'clientId')
  const errors = errorsIn(input, { clientId: problemOfClientId(clientId) })
  switch (kindIn(input)) {
    case 'client_secret':
      return withSecret(input, { clientId, errors })
    case 'certificate':
      return withCertificate(input, { clientId, errors })
    case 'federated':
      return orErrors(errors, { clientId, federated: true })
  }
}

interface OfApp {
  readonly clientId: string
  readonly errors: Readonly<Record<string, Words>>
}

function withSecret(input: CredentialInput, app: OfApp): WrittenCredential {
  const { clientId } = app
  const clientSecret = textIn(input, 'clientSecret')
  const endsOn = textIn(input, 'endsOn')
  const errors = errorsIn(input, {
    clientSecret: problemOfClientSecret(clientSecret),
    endsOn: problemOfEndDate(endsOn, input.now),
  })
  const credential = { clientId, clientSecret, ...(endsOn === '' ? {} : { endsOn }) }
  return orErrors({ ...app.errors, ...errors }, credential)
}

function withCertificate(input: CredentialInput, { clientId, errors }: OfApp): WrittenCredential {
  const read = clientCertificateOf(textIn(input, 'certificate'), input.now)
  if (!('problem' in read)) return orErrors(errors, { clientId, ...read })
  const words = input.words.credential.problems[read.problem]
  const certificate = read.endedOn ? fill(words, { date: read.endedOn }) : words
  return { errors: { ...errors, certificate } }
}

/** One that the deployment does not offer is none. */
function kindIn({
  fields,
  deployment,
}: CredentialInput): 'client_secret' | 'certificate' | 'federated' {
  const kind = fields.get('kind')
  if (kind === 'certificate') return kind
  return kind === 'federated' && deployment.tokenRequestRoles ? kind : 'client_secret'
}

function textIn({ fields }: CredentialInput, name: string): string {
  return fields.get(name)?.trim() ?? ''
}

function errorsIn(
  { words }: CredentialInput,
  problems: Readonly<Record<string, CredentialInputProblem | undefined>>,
): Readonly<Record<string, Words>> {
  const found = Object.entries(problems).flatMap(([name, problem]) =>
    problem === undefined ? [] : [[name, words.credential.problems[problem]] as const],
  )
  return Object.fromEntries(found)
}

function orErrors(
  errors: Readonly<Record<string, Words>>,
  credential: AppCredentialValue,
): WrittenCredential {
  return Object.keys(errors).length > 0 ? { errors } : { credential }
}
