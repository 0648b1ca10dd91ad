/** The text as a JSON object, or `undefined` when it is none. */
export function jsonObjectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** A member that is a non-empty string. */
export function optionalText(
  object: Readonly<Record<string, unknown>>,
  name: string,
): string | undefined {
  const value = object[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
