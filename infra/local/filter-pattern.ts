type Matcher = string | { readonly prefix: string } | { readonly exists: boolean }

/**
 * Whether a record matches a pattern of an event source mapping, as far as patterns here go: every
 * member has to match, by one of its matchers; `exists` looks at leaves only.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function matchesFilter(pattern: object, record: unknown): boolean {
  return Object.entries(pattern).every(([name, inner]) => {
    const value = (record as Record<string, unknown> | undefined)?.[name]
    return Array.isArray(inner)
      ? inner.some((matcher: Matcher) => matchesLeaf(matcher, value))
      : matchesFilter(inner, value)
  })
}

function matchesLeaf(matcher: Matcher, value: unknown): boolean {
  if (typeof matcher === 'string') return value === matcher
  if ('prefix' in matcher) return typeof value === 'string' && value.startsWith(matcher.prefix)
  if ('exists' in matcher)
    return (value !== undefined && typeof value !== 'object') === matcher.exists
  throw new Error(`there is no such matcher here: ${JSON.stringify(matcher)}`)
}
