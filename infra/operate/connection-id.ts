/**
 * The id of a connection as it was typed.
 * @throws Error that says what to write instead.
 */
export function connectionIdOf(typed: string): number {
  if (/^[1-9]\d{0,9}$/.test(typed)) return Number(typed)
  throw new Error(`"${typed}" is no connection: write the Id that the API gave, such as 123456`)
}
