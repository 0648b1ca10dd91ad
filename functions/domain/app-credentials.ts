import type { KeyObject } from 'node:crypto'

/** How the partner's app proves itself to Microsoft. */
export type AppCredential = ClientSecretCredential | CertificateCredential | FederatedCredential

interface OfOneApp {
  readonly clientId: string
  /** When Microsoft stops accepting it: of a certificate always known, of a client secret if whoever stored it said so. */
  readonly endsAt?: Date
}

/** By a client secret, which is sent. */
export interface ClientSecretCredential extends OfOneApp {
  readonly kind: 'client_secret'
  readonly clientSecret: string
}

/** By a certificate, whose key signs an assertion for each request (RFC 7523). */
export interface CertificateCredential extends OfOneApp {
  readonly kind: 'certificate'
  /** As an object, which shows nothing of itself when it is printed. */
  readonly privateKey: KeyObject
  /** base64url of the SHA-256 over the certificate: the `x5t#S256` of an assertion. */
  readonly thumbprint: string
}

/** By an assertion of another issuer that Microsoft was told to trust: nothing is stored. */
export interface FederatedCredential extends OfOneApp {
  readonly kind: 'federated'
  /** A short-lived JWT that says whose function this is: lives in memory only. */
  readonly assertion: string
}

/** The partner's app registration. */
export interface AppCredentials {
  /**
   * The credential that worked last, else the current one; kept for some minutes.
   * @throws ServiceError `secret_unreadable` when the secret cannot be read or is not filled,
   *   `identity_token_unavailable` when it says that there is none and AWS vouches for nobody
   */
  read(): Promise<AppCredential>
  /**
   * The current version, read anew: another one is never answered in its place.
   * @throws ServiceError as `read`
   */
  readNewest(): Promise<AppCredential>
  /** Reads the secret anew: the current version, then the previous one where there is one. */
  reread(): Promise<readonly AppCredential[]>
  /**
   * Says which credential Microsoft accepted, so that `read` answers it for some minutes.
   * @param newestRejected Microsoft's code, where it is used since the newest one was rejected
   */
  prefer(credential: AppCredential, newestRejected?: string): void
}

/** Whether trying the other one after Microsoft rejected the one would only repeat that. */
export function isSameCredential(one: AppCredential, other: AppCredential): boolean {
  return one.clientId === other.clientId && proofOf(one) === proofOf(other)
}

function proofOf(credential: AppCredential): string {
  switch (credential.kind) {
    case 'client_secret':
      return credential.clientSecret
    case 'certificate':
      return credential.thumbprint
    case 'federated':
      return credential.assertion
  }
}
