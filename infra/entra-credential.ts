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

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** @returns what is wrong with the end date of a client secret, which may be unknown, or `undefined`. */
export function endsOnProblem(endsOn: string, now: Date): string | undefined {
  if (endsOn === '') return undefined
  if (!isDate(endsOn)) {
    return `"${endsOn}" is no date: write the day that Microsoft shows under "Expires", such as 2027-05-01`
  }
  return Date.parse(endsOn) <= now.getTime()
    ? `the client secret has ended on ${endsOn}: make a new one, or correct the date`
    : undefined
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDate(text: string): boolean {
  const time = DATE.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
