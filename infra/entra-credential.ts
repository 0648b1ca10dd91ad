import {
  problemOfClientId,
  problemOfClientSecret,
  problemOfEndDate,
} from '../functions/domain/credential-input.ts'

/** @returns what is wrong with a client id, or `undefined`. */
export function clientIdProblem(clientId: string): string | undefined {
  return problemOfClientId(clientId) === undefined
    ? undefined
    : `"${clientId}" is no client id: paste the "Application (client) ID" of the app registration, such as 11111111-2222-3333-4444-555555555555`
}

/**
 * Never repeats the secret.
 * @returns what is wrong with a client secret, or `undefined`.
 */
export function clientSecretProblem(clientSecret: string): string | undefined {
  const problem = problemOfClientSecret(clientSecret)
  if (problem === undefined) return undefined
  return problem === 'client_secret_missing'
    ? 'the client secret is empty: paste the "Value" of a client secret of the app registration'
    : 'this is the "Secret ID" of the client secret, which Microsoft would refuse (AADSTS7000215): paste its "Value", which is shown only when the secret is made'
}

/** @returns what is wrong with the end date of a client secret, which may be unknown, or `undefined`. */
export function endsOnProblem(endsOn: string, now: Date): string | undefined {
  const problem = problemOfEndDate(endsOn, now)
  if (problem === undefined) return undefined
  return problem === 'end_date_unusable'
    ? `"${endsOn}" is no date: write the day that Microsoft shows under "Expires", such as 2027-05-01`
    : `the client secret has ended on ${endsOn}: make a new one, or correct the date`
}
