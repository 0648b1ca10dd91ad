import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Grant } from './grants.ts'

/** One line of the journal: tokens appear by their hash only. */
export type GrantRecord =
  | { readonly kind: 'issued'; readonly hash: string; readonly grant: Grant; readonly at: number }
  | { readonly kind: 'used'; readonly hash: string; readonly at: number; readonly spent: boolean }
  | { readonly kind: 'consent'; readonly key: string }

/** What outlives a restart, as a list of what happened. */
export interface GrantJournal {
  read(): readonly GrantRecord[]
  append(record: GrantRecord): void
  /** Forgets all that was appended, in favour of these. */
  replace(records: readonly GrantRecord[]): void
}

/** Remembers nothing: the grants live as long as the process. */
export const noJournal: GrantJournal = { read: () => [], append: () => {}, replace: () => {} }

const OWNER_ONLY = { mode: 0o600 }

/** Keeps the journal in a file, one JSON record a line. */
export function fileJournal(file: string): GrantJournal {
  mkdirSync(dirname(file), { recursive: true })
  return {
    read: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').flatMap(parse) : []),
    append: (record) => appendFileSync(file, line(record), OWNER_ONLY),
    replace: (records) => {
      writeFileSync(`${file}.new`, records.map(line).join(''), OWNER_ONLY)
      renameSync(`${file}.new`, file)
    },
  }
}

function line(record: GrantRecord): string {
  return `${JSON.stringify(record)}\n`
}

/** A line that a crash cut off is skipped, and so is one of another version. */
function parse(text: string): readonly GrantRecord[] {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? [value] : []
  } catch {
    return []
  }
}

function isRecord(value: unknown): value is GrantRecord {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (value.kind === 'consent') return 'key' in value && typeof value.key === 'string'
  const isDated = 'hash' in value && 'at' in value && typeof value.at === 'number'
  if (value.kind === 'issued') return isDated && 'grant' in value && isGrant(value.grant)
  return value.kind === 'used' && isDated && 'spent' in value
}

function isGrant(value: unknown): value is Grant {
  const fields = ['username', 'clientId', 'scope']
  return typeof value === 'object' && value !== null && fields.every((field) => field in value)
}
