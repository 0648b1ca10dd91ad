/** These end in a redirect; a page of theirs says that something went wrong. */
const REDIRECTING: readonly string[] = ['authorize', 'callback']

/** @throws Error when it is not the answer of a request that went well. */
export function requireGood(name: string, answer: unknown): void {
  const { statusCode } = answer as { readonly statusCode?: number }
  const wanted = REDIRECTING.includes(name) ? 303 : 200
  if (statusCode !== wanted) throw new Error(`${name} answered ${statusCode}, not ${wanted}`)
}
