import { randomBytes } from 'node:crypto'

/** What a secret is; only for the words of a failing test. */
export interface Canary {
  readonly kind: string
  readonly value: string
}

/** Secrets that were minted, each unique, so that it can be recognised wherever it turns up. */
export interface Canaries {
  /** A new secret of so many random bytes, base64url. */
  mint(kind: string, bytes?: number): string
  /** Remembers a secret that somebody else minted. */
  record(kind: string, value: string): void
  readonly all: readonly Canary[]
}

/** Any piece of a secret that is this long counts. */
export const PIECE = 16

export function createCanaries(): Canaries {
  const known = new Map<string, Canary>()
  const record = (kind: string, value: string): void => {
    if (value.length >= PIECE) known.set(value, { kind, value })
  }
  return {
    mint: (kind, bytes = 48) => {
      const value = randomBytes(bytes).toString('base64url')
      record(kind, value)
      return value
    },
    record,
    get all() {
      return [...known.values()]
    },
  }
}

/** Where a secret was found. */
export interface Leak {
  readonly kind: string
  readonly form: string
  readonly piece: string
  readonly around: string
}

/** Finds every secret of which the text holds a piece, in whatever form it is written. */
export function leaksIn(text: string, canaries: readonly Canary[]): readonly Leak[] {
  const pieces = piecesOf(text)
  return canaries.flatMap((canary) => leakOf(canary, text, pieces))
}

function leakOf({ kind, value }: Canary, text: string, pieces: Pieces): readonly Leak[] {
  for (const [form, written] of formsOf(value)) {
    const at = pieces.indexOfPiece(written, text)
    if (at === undefined) continue
    const piece = written.slice(at, at + PIECE)
    const where = text.indexOf(piece)
    return [{ kind, form, piece, around: text.slice(Math.max(where - 80, 0), where + 80) }]
  }
  return []
}

/** The forms in which a secret may be written down. */
export function formsOf(value: string): readonly (readonly [form: string, written: string])[] {
  const bytes = Buffer.from(value)
  const hex = bytes.toString('hex')
  const shifted = [0, 1, 2].flatMap((skip) => {
    const part = bytes.subarray(skip === 0 ? 0 : 3 - skip)
    return [
      [`base64 at ${skip}`, part.toString('base64').replace(/=+$/, '')] as const,
      [`base64url at ${skip}`, part.toString('base64url')] as const,
    ]
  })
  const forms = [
    ['raw', value],
    ['URL-encoded', encodeURIComponent(value)],
    ['form-encoded', new URLSearchParams({ x: value }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(value).slice(1, -1)],
    ['hex', hex],
    ['upper-case hex', hex.toUpperCase()],
    ...shifted,
    ...decoded(value),
  ] as const
  const seen = new Set<string>()
  return forms.filter(([, written]) => {
    const isNew = written.length >= PIECE && !seen.has(written)
    seen.add(written)
    return isNew
  })
}

/** A key is bytes that its text stands for. */
function decoded(value: string): readonly (readonly [string, string])[] {
  if (!/^[\w-]{40,}$/.test(value)) return []
  const bytes = Buffer.from(value, 'base64url')
  return [
    ['bytes as hex', bytes.toString('hex')],
    ['bytes as base64', bytes.toString('base64')],
    ['bytes as latin1', bytes.toString('latin1')],
  ]
}

interface Pieces {
  indexOfPiece(written: string, text: string): number | undefined
}

const FILTER_BITS = 27
const BASES = [31, 131, 1_000_003] as const

/** All pieces of a text, in a filter that never forgets one; what it seems to know is looked up. */
function piecesOf(text: string): Pieces {
  const filter = new Uint8Array(2 ** (FILTER_BITS - 3))
  const add = (slot: number) => {
    filter[slot >>> 3] = (filter[slot >>> 3] ?? 0) | (1 << (slot & 7))
  }
  const has = (slot: number) => ((filter[slot >>> 3] ?? 0) & (1 << (slot & 7))) !== 0
  eachPiece(text, (_, slots) => {
    slots.forEach(add)
    return false
  })
  return {
    indexOfPiece: (written, whole) =>
      eachPiece(
        written,
        (at, slots) => slots.every(has) && whole.includes(written.slice(at, at + PIECE)),
      ),
  }
}

/** A rolling hash to each base over every piece, until the visitor has seen enough. */
function eachPiece(
  text: string,
  visit: (at: number, slots: readonly number[]) => boolean,
): number | undefined {
  const highest = BASES.map((base) => power(base, PIECE))
  const hashes = BASES.map(() => 0)
  const slots = BASES.map(() => 0)
  for (let end = 0; end < text.length; end += 1) {
    const left = end >= PIECE ? text.charCodeAt(end - PIECE) : 0
    const entered = text.charCodeAt(end)
    for (const [index, base] of BASES.entries()) {
      const shifted = Math.imul(hashes[index] ?? 0, base) + entered
      const hash = (shifted - Math.imul(left, highest[index] ?? 0)) | 0
      hashes[index] = hash
      slots[index] = (Math.imul(hash, 0x9e3779b1) >>> 0) >>> (32 - FILTER_BITS)
    }
    const at = end - PIECE + 1
    if (at >= 0 && visit(at, slots)) return at
  }
  return undefined
}

function power(base: number, exponent: number): number {
  let result = 1
  for (let count = 0; count < exponent; count += 1) result = Math.imul(result, base)
  return result
}
