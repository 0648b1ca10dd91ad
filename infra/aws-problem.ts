/** The names under which AWS and its SDK say that nobody is signed in. */
const NOT_SIGNED_IN = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
])

const NOT_ALLOWED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'])

/** What an error of AWS asks of the operator; `undefined` when it is none that is known. */
export function awsProblemOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (NOT_SIGNED_IN.has(error.name)) {
    return `AWS does not accept the credentials of this shell (${error.name}): sign in, such as with "aws sso login", or set AWS_PROFILE`
  }
  if (NOT_ALLOWED.has(error.name)) {
    return `these AWS credentials may not do this: ${error.message}`
  }
  if (error.message === 'Region is missing') {
    return 'AWS is to be asked, but in no region: set AWS_REGION'
  }
  if (error.name === 'ResourceNotFoundException') {
    return `${error.message}: it is not in this account and region; sign in to the account of the deployment, or deploy again and use its outputs file`
  }
  // The service's own adapters say that the store did not answer; why is behind it.
  return awsProblemOf(error.cause)
}
