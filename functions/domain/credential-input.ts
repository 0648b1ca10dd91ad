/** What can be wrong with what somebody writes of the app's credential, before Microsoft is asked. */
export type CredentialInputProblem =
  | 'client_id_unusable'
  | 'client_secret_missing'
  /** The id of the client secret, which stands beside its value in the portal and is always a GUID. */
  | 'client_secret_id'
  | 'end_date_unusable'
  | 'end_date_past'

/** As the portal shows it; it is pasted in either letter case. */
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** @returns what is wrong with an application (client) id, or `undefined`. */
export function problemOfClientId(clientId: string): CredentialInputProblem | undefined {
  return GUID.test(clientId) ? undefined : 'client_id_unusable'
}

/** @returns what is wrong with a client secret, or `undefined`. */
export function problemOfClientSecret(clientSecret: string): CredentialInputProblem | undefined {
  if (clientSecret === '') return 'client_secret_missing'
  return GUID.test(clientSecret) ? 'client_secret_id' : undefined
}

/** @returns what is wrong with the day on which a client secret ends, which may be unknown, or `undefined`. */
export function problemOfEndDate(endsOn: string, now: Date): CredentialInputProblem | undefined {
  if (endsOn === '') return undefined
  if (!isDate(endsOn)) return 'end_date_unusable'
  return Date.parse(endsOn) <= now.getTime() ? 'end_date_past' : undefined
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDate(text: string): boolean {
  const time = DATE.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
