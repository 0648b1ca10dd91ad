/** Ids are positive 32-bit integers. */
const ID_LIMIT = 2 ** 31

/** Nothing that is searched for is found by more characters. */
const LONGEST_SEARCH = 256

const HOST_PREFIX = /^[a-z0-9.-]*$/

/** What a typed text may be the beginning of. */
export interface DirectorySearch {
  /** The id that it is. */
  readonly id: number | undefined
  /** Beginnings of an account's id. */
  readonly accounts: readonly string[]
  /** The beginning of a Resource. */
  readonly resource: string | undefined
  /** The beginning of a user's name in lower case. */
  readonly user: string | undefined
}

/** What the text searches for; `undefined` when it is blank. */
export function directorySearchOf(typed: string | undefined): DirectorySearch | undefined {
  const text = typed?.trim() ?? ''
  if (text === '') return undefined
  if (text.length > LONGEST_SEARCH) {
    return { id: undefined, accounts: [], resource: undefined, user: undefined }
  }
  const user = text.toLowerCase()
  return { id: idOf(text), accounts: [...new Set([text, user])], resource: resourceOf(user), user }
}

function idOf(text: string): number | undefined {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0
  return id > 0 && id < ID_LIMIT ? id : undefined
}

/** With or without `https://`; of a pasted address no more than the host. */
function resourceOf(text: string): string | undefined {
  const host = text.replace(/^https:\/\//, '').replace(/[/?#].*$/, '')
  return HOST_PREFIX.test(host) ? `https://${host}` : undefined
}
