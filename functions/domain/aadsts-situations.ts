import data from './aadsts-situations.json' with { type: 'json' }
import type { Situation } from './reason.ts'
import { situationNamed } from './situations.ts'

const BY_CODE: ReadonlyMap<number, Situation> = new Map(
  Object.entries(data).map(([code, name]) => [Number(code), situationNamed(name)]),
)

/**
 * The situation behind an AADSTS number; `undefined` for a number that Microsoft has not published.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
export function situationOfCode(code: number): Situation | undefined {
  return BY_CODE.get(code)
}
