/** An AADSTS number stands near the start of a description. */
const AADSTS = /AADSTS(\d{4,8})/

/**
 * The number behind `AADSTS` in an `error_description` of Entra's; nothing else of it is ever used.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
export function aadstsCodeOf(description: string | undefined): number | undefined {
  const found = AADSTS.exec(description?.slice(0, 200) ?? '')?.[1]
  return found === undefined ? undefined : Number(found)
}
