const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** @returns what is wrong with a client id, or `undefined`. */
export function clientIdProblem(clientId: string): string | undefined {
  return GUID.test(clientId)
    ? undefined
    : `"${clientId}" is no client id: paste the "Application (client) ID" of the app registration, such as 11111111-2222-3333-4444-555555555555`
}

/**
 * Never repeats the secret.
 * @returns what is wrong with a client secret, or `undefined`.
 */
export function clientSecretProblem(clientSecret: string): string | undefined {
  if (clientSecret === '') {
    return 'the client secret is empty: paste the "Value" of a client secret of the app registration'
  }
  return GUID.test(clientSecret)
    ? 'this is the "Secret ID" of the client secret, which Microsoft would refuse (AADSTS7000215): paste its "Value", which is shown only when the secret is made'
    : undefined
}
