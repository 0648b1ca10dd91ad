import type { AuthorizationCodes } from './authorization-codes.ts'
import type { ClientCertificate, TakenAssertions } from './client-assertion.ts'
import type { Faults } from './faults.ts'
import type { FederatedCredential } from './federated-assertion.ts'
import type { Grants } from './grants.ts'
import type { SigningKey } from './signing-key.ts'

/** What can be changed while the stand-in runs, through `PUT /admin/settings`. */
export interface Settings {
  readonly clientSecret: string
  /** One that the app had before; `undefined`: none. */
  readonly expiredClientSecret: string | undefined
  /** `lenient` is Entra: an old refresh token stays valid. `strict`: each is good for one use. */
  readonly refreshTokens: 'lenient' | 'strict'
  /** `undefined`: random per token, between 60 and 90 minutes, like Entra. */
  readonly accessTokenLifetimeSeconds: number | undefined
}

/** One request that the stand-in received; query and body are left out, for they hold secrets. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly grantType: string | undefined
}

/** Everything that a handler of the stand-in needs. */
export interface StandInContext {
  readonly url: string
  readonly clientId: string
  readonly clientCertificate: ClientCertificate | undefined
  readonly assertions: TakenAssertions
  readonly federatedCredentials: readonly FederatedCredential[]
  readonly redirectUris: readonly string[]
  readonly key: SigningKey
  readonly codes: AuthorizationCodes
  readonly grants: Grants
  readonly faults: Faults
  readonly now: () => Date
  /** The latest requests, oldest first. */
  readonly requests: readonly RecordedRequest[]
  settings: Settings
}
