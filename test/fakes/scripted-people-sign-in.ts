import { randomBytes } from 'node:crypto'
import type { Person } from '../../functions/domain/people.ts'
import type {
  BegunPeopleSignIn,
  CompletedPeopleSignIn,
  PeopleSignIn,
} from '../../functions/domain/people-sign-in.ts'

export interface ScriptedPeopleSignIn extends PeopleSignIn {
  /** Issues a code for somebody who signs in at the provider; it can be redeemed once. */
  codeFor(person: Partial<Person>): string
  /** From now on the provider is in this trouble, or in none. */
  trouble(trouble: Extract<BegunPeopleSignIn, { outcome: 'unavailable' }> | undefined): void
  /** How many answers were to be redeemed. */
  readonly redemptions: number
}

const random = () => randomBytes(32).toString('base64url')

/** Any OpenID provider, without its network. */
export function scriptedPeopleSignIn(): ScriptedPeopleSignIn {
  const codes = new Map<string, Person>()
  let inTrouble: Extract<BegunPeopleSignIn, { outcome: 'unavailable' }> | undefined
  let redemptions = 0
  return {
    begin: async ({ provider, redirectUri }) => {
      if (inTrouble) return inTrouble
      const secrets = { state: random(), nonce: random(), codeVerifier: random() }
      const url = new URL('authorize', `${provider.issuer}/`)
      url.search = `${new URLSearchParams({ state: secrets.state, redirect_uri: redirectUri })}`
      return { outcome: 'begun', authorizationUrl: url.href, secrets }
    },
    complete: async ({ secrets, callbackParameters }): Promise<CompletedPeopleSignIn> => {
      if (callbackParameters.get('state') !== secrets.state) {
        return { outcome: 'refused', why: 'not_the_answer' }
      }
      if (inTrouble) return inTrouble
      const error = callbackParameters.get('error')
      if (error) return { outcome: 'refused', why: 'not_granted', error }
      redemptions += 1
      const code = callbackParameters.get('code') ?? ''
      const person = codes.get(code)
      codes.delete(code)
      if (person) return { outcome: 'signed_in', person }
      return { outcome: 'refused', why: 'not_redeemed', error: 'invalid_grant' }
    },
    codeFor: (person) => {
      const code = random()
      const nobody = { email: undefined, emailVerified: undefined, name: undefined, claims: {} }
      codes.set(code, { subject: 'sub-1', ...nobody, ...person })
      return code
    },
    trouble: (trouble) => {
      inTrouble = trouble
    },
    get redemptions() {
      return redemptions
    },
  }
}
