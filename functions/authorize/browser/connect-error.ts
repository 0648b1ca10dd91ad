/** What `connect` refuses with; never repeats the link, since that holds the sign-in token. */
export function connectError(
  name: 'PopupBlockedError' | 'InvalidLinkError' | 'AbortError',
  message: string,
): Error {
  const error = new Error(message)
  error.name = name
  return error
}
