/** How the partner's app proves itself to Microsoft. */
export interface AppCredential {
  readonly clientId: string
  readonly clientSecret: string
  /** When Microsoft stops accepting it, where whoever stored it said so. */
  readonly endsAt?: Date
}

/** The partner's app registration. */
export interface AppCredentials {
  /**
   * The credential that worked last, else the current one; kept for some minutes.
   * @throws ServiceError `secret_unreadable` when the secret cannot be read or is not filled.
   */
  read(): Promise<AppCredential>
  /** Reads the secret anew: the current version, then the previous one where there is one. */
  reread(): Promise<readonly AppCredential[]>
  /** Says which credential Microsoft accepted, so that `read` answers it from now on. */
  prefer(credential: AppCredential): void
}
