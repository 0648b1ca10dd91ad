/**
 * What AWS is asked to vouch for this function with, so that Microsoft takes it in a credential's place.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export const IDENTITY_TOKEN = {
  /** Of the commercial cloud; compared by Microsoft to the letter. */
  audience: 'api://AzureADTokenExchange',
  /** The only one that Microsoft takes. */
  signingAlgorithm: 'RS256',
  /** Asked for rarely enough, and of little use to whoever might see one. */
  durationSeconds: 15 * 60,
} as const

/**
 * A JWT of AWS that names the role of this function; kept until shortly before it expires.
 * @param options `reread`: not from memory, since the one in memory was rejected
 * @throws ServiceError `identity_token_unavailable`
 */
export type ReadIdentityToken = (options?: { readonly reread: boolean }) => Promise<string>
