/** Why the local service cannot start, in words that are all a person needs to mend it. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
