/** Ids are the partner's own; what a header can carry, and no control characters. */
export const ACCOUNT_ID = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/

/** Whether the text can name an account: 1 to 128 printable ASCII characters, and no space around them. */
export function isAccountId(text: string): boolean {
  return ACCOUNT_ID.test(text)
}
