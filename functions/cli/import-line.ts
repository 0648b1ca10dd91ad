import { isObject } from '../client/json.ts'

/** One connection to import, as a line of the file says it. */
export interface ImportLine {
  /** Of the file, from 1. */
  readonly number: number
  readonly accountId: string
  readonly name: string | undefined
  /** In the service's own spelling. */
  readonly resource: string
  readonly refreshToken: string
}

/** A line, or what is wrong with it; never with what it holds. */
export type ReadLine =
  | { readonly line: ImportLine }
  | { readonly wrong: readonly string[]; readonly number: number }

/** What a line may hold beside what is used: it may have come from `export`. */
const MEMBERS: ReadonlySet<string> = new Set([
  'AccountId',
  'Name',
  'Resource',
  'RefreshToken',
  'Id',
  'Description',
  'Status',
  'Reason',
  'Environment',
  'User',
  'LastFailure',
  'CreatedAtUtc',
  'ConnectedAtUtc',
  'RefreshedAtUtc',
  'NextRefreshAtUtc',
])

const ACCOUNT_ID = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/
const RESOURCE = /^https:\/\/[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){2,6}$/
const REFRESH_TOKEN = /^[\x21-\x7e]{1,12000}$/

export function readImportLine(text: string, number: number): ReadLine {
  const json = parsed(text)
  if (!isObject(json)) return { number, wrong: ['it is no JSON object'] }
  const { AccountId, Name, Resource, RefreshToken } = json
  const resource = typeof Resource === 'string' ? Resource.toLowerCase().replace(/\/$/, '') : ''
  const checks: readonly (readonly [boolean, string])[] = [
    [isLike(AccountId, ACCOUNT_ID), 'AccountId has to be 1 to 128 printable ASCII characters'],
    [isName(Name), 'Name has to be 1 to 200 characters, or left out'],
    [
      RESOURCE.test(resource),
      'Resource has to be the address of an environment, such as https://contoso.crm4.dynamics.com',
    ],
    [isLike(RefreshToken, REFRESH_TOKEN), 'RefreshToken has to be a refresh token'],
    ...Object.keys(json).map((member): readonly [boolean, string] => [
      MEMBERS.has(member),
      // Not by its name: it may be a token that was pasted in the wrong place.
      'it has a member that is none of AccountId, Name, Resource, RefreshToken',
    ]),
  ]
  const wrong = new Set(checks.filter(([isRight]) => !isRight).map(([, words]) => words))
  if (wrong.size > 0) return { number, wrong: [...wrong] }
  const name = typeof Name === 'string' ? Name : undefined
  const line = { number, name, resource }
  return { line: { ...line, accountId: String(AccountId), refreshToken: String(RefreshToken) } }
}

/** What makes two lines mean the same connection. */
export function identityOf({ accountId, name, resource }: ImportLine): string {
  return JSON.stringify(name === undefined ? [accountId, 'resource', resource] : [accountId, name])
}

function isLike(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function isName(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'string' && value.trim() !== '' && value.length <= 200
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
