import { isDeepStrictEqual } from 'node:util'

/** What a cell promises does not hold; the message is one line and says what was found instead. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}

/** @throws BrokenPromise unless both are the same value. */
export function assertIs<T>(what: string, found: unknown, expected: T): asserts found is T {
  if (isDeepStrictEqual(found, expected)) return
  const [wanted, instead] = [JSON.stringify(expected), JSON.stringify(found)]
  throw new BrokenPromise(`${what}: expected ${wanted}, found ${instead}`)
}

/** @throws BrokenPromise with the text unless it holds. */
export function assertThat(holds: unknown, otherwise: string): asserts holds {
  if (!holds) throw new BrokenPromise(otherwise)
}

/** None of the secrets stands in any of the texts; the failure does not repeat them either. */
export function assertNothingSecret(texts: readonly string[], secrets: readonly string[]): void {
  const isTold = secrets.some((secret) => texts.some((text) => text.includes(secret)))
  assertThat(!isTold, 'a secret stands in what the process wrote or answered')
}
