import { distance } from 'fastest-levenshtein'

/** How one setting is written: a value becomes `T`, or `undefined` when it is not of this kind. */
export interface SettingKind<T> {
  readonly parse: (value: unknown) => T | undefined
  /** Ends "write …". */
  readonly write: string
}

/** The `context` of cdk.json together with that of `cdk -c`. */
export type Context = Readonly<Record<string, unknown>>

/**
 * Reads settings one by one and collects what is wrong with them, so that all of it is told at once.
 * `cdk -c` can only write strings: a list may be written as JSON or with commas, an object as JSON.
 */
export class ContextReader {
  readonly problems: string[] = []
  readonly #context: Context
  readonly #known = new Set<string>()

  constructor(context: Context) {
    this.#context = context
  }

  /** The setting, or the fallback when it is not set; an empty text is not set. */
  one<T, F>(name: string, kind: SettingKind<T>, fallback: F): T | F {
    const value = this.#valueOf(name)
    if (value === undefined) return fallback
    const parsed = kind.parse(value)
    if (parsed === undefined) {
      this.problems.push(`${name} is ${shown(value)}: write ${kind.write}`)
      return fallback
    }
    return parsed
  }

  /** The members of the setting, of which those are left out that are not of the kind. */
  list<T>(name: string, kind: SettingKind<T>, fallback: readonly T[]): readonly T[] {
    const value = this.#valueOf(name)
    if (value === undefined) return fallback
    return membersOf(value).flatMap((member) => {
      const parsed = kind.parse(member)
      if (parsed !== undefined) return [parsed]
      this.problems.push(`${name} has ${shown(member)}: write ${kind.write}`)
      return []
    })
  }

  /** Like {@link list}, of at least one member. */
  some<T>(name: string, kind: SettingKind<T>, fallback: readonly T[]): readonly T[] {
    const value = this.#valueOf(name)
    if (value !== undefined && membersOf(value).length === 0) {
      this.problems.push(`${name} is empty: write ${kind.write}`)
    }
    return this.list(name, kind, fallback)
  }

  /** Whoever writes the one must write the others too. */
  require(others: Readonly<Record<string, readonly string[]>>): void {
    for (const [name, needed] of Object.entries(others)) {
      const missing = needed.filter((other) => this.#valueOf(other) === undefined)
      if (this.#valueOf(name) !== undefined && missing.length > 0) {
        this.problems.push(`${name} needs ${missing.join(' and ')}: write it too`)
      }
    }
  }

  /**
   * Finds what is written in the context and read by nobody: a plain word, or something like a setting.
   * Some of it has a place elsewhere, which is named.
   * Whatever else has a `:`, `/` or `-` in its name belongs to the CDK and its libraries.
   */
  checkUnknown(elsewhere: ReadonlyMap<string, string>): void {
    for (const name of Object.keys(this.#context)) {
      if (!this.#known.has(name))
        this.problems.push(...unknownProblem(name, this.#known, elsewhere))
    }
  }

  #valueOf(name: string): unknown {
    this.#known.add(name)
    const value = this.#context[name]
    return value === undefined || value === null || value === '' ? undefined : decoded(value)
  }
}

/** How far a misspelt name may be from the right one, in letters. */
const LARGEST_SLIP = 2

/** What has at least so many letters in common with a name is short for it. */
const SHORTEST_PART = 5

function unknownProblem(
  name: string,
  known: ReadonlySet<string>,
  elsewhere: ReadonlyMap<string, string>,
): readonly string[] {
  const remedy = elsewhere.get(name)
  if (remedy !== undefined) return [`${name} is no setting: ${remedy}`]
  const names = [...known]
  const meant = names.filter((one) => isLike(lettersOf(name), lettersOf(one)))
  if (meant.length > 0) return [`${name} is no setting: did you mean ${meant.join(' or ')}?`]
  const isPlainWord = /^[a-z]+$/i.test(name)
  return isPlainWord
    ? [`${name} is no setting: take it out, or write one of ${names.join(', ')}`]
    : []
}

function isLike(name: string, known: string): boolean {
  const isPart = name.length >= SHORTEST_PART && known.includes(name)
  return isPart || distance(name, known) <= LARGEST_SLIP
}

/** `allowed-origins` and `ALLOWED_ORIGINS` are the same word to who writes them. */
function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '')
}

function decoded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const parts = String(value).split(',')
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
