import type * as v from 'valibot'
import type { ErrorCode } from '../schemas/error.ts'
import type { AnswerName, RequestName } from './components.ts'

/** What the operations are grouped by. */
export const TAGS = {
  Access: 'A bearer token for your backend, which every other call of your backend sends.',
  Catalogue: 'What can be installed: one connector, Microsoft Dynamics CRM Online.',
  'Account connectors':
    'A connection of one account to one environment: install it, set its environment, see how it is, delete it.',
  Properties: 'The environment of a connection, as its property `Resource`.',
  'Sign-in links': 'What lets one person sign in for one connection, once.',
  Tokens: 'A valid access token for the environment, always; and its renewal.',
  Browser:
    'Where people are sent to sign in, and where Microsoft sends them back. These answer with pages in ten languages and redirects: send a browser there, and read nothing out of them.',
  Description: 'This description, and its page.',
} as const

export type Tag = keyof typeof TAGS

/** A parameter of a query, a path or a header, as its schema reads it. */
export interface Parameter {
  readonly schema: v.GenericSchema
  readonly description: string
  readonly isRequired?: boolean
  readonly example?: unknown
}

/** What is sent as the body. */
export interface RequestBody {
  readonly schema: RequestName
  readonly type: 'application/json' | 'application/x-www-form-urlencoded'
  /** Whether it can be left out. */
  readonly isOptional?: boolean
  readonly examples: Readonly<Record<string, { readonly summary: string; readonly value: object }>>
}

/** What an answer that is no error holds. */
export type Content =
  | { readonly json: AnswerName; readonly isList?: boolean; readonly example: unknown }
  /** One of them, or a list of it. */
  | { readonly either: AnswerName; readonly example: unknown }
  /** A page, a script or a file, by its media type. */
  | { readonly text: string }
  | 'nothing'

export interface Answer {
  readonly description: string
  readonly content: Content
  readonly headers?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, Link>>
}

/** What can be done next with what was answered. */
export interface Link {
  readonly operationId: string
  readonly description: string
  readonly parameters: Readonly<Record<string, string>>
  readonly requestBody?: unknown
}

/** One route, in words and by its schemas. */
export interface Operation {
  /** The name of the method that a generated client has for it. */
  readonly id: string
  readonly tag: Tag
  readonly summary: string
  readonly description: string
  /** Who may call it: an API client for one account, for one or all of them, for none, or anybody. */
  readonly callers: 'account' | 'accounts' | 'client' | 'anybody'
  readonly query?: Readonly<Record<string, Parameter>>
  readonly body?: RequestBody
  readonly answers: Readonly<Record<number, Answer>>
  /** What may go wrong beside what may for every caller of the kind. */
  readonly errors: readonly ErrorCode[]
  /** The statuses of pages that tell a person what is wrong. */
  readonly pages?: Readonly<Record<number, string>>
}

/** The parameters of a query, each with its words: one without does not compile. */
export function query<const Entries extends v.ObjectEntries>(
  { entries }: { readonly entries: Entries },
  words: { readonly [Name in keyof Entries]: Omit<Parameter, 'schema'> },
): Readonly<Record<string, Parameter>> {
  const parameters = Object.entries(entries).map(([name, schema]) => {
    return [name, { schema: schema as v.GenericSchema, ...words[name as keyof Entries] }]
  })
  return Object.fromEntries(parameters)
}
