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

const CORRELATION_ID = /Correlation ID: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])/i

/** Microsoft's id of the attempt in such a description, by which an administrator finds it in the sign-in log. */
export function correlationIdOf(description: string | undefined): string | undefined {
  return CORRELATION_ID.exec(description?.slice(0, 2000) ?? '')?.[1]?.toLowerCase()
}
