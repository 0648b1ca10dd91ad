/** How the partner's app proves itself to Microsoft. */
export interface AppCredential {
  readonly clientId: string
  readonly clientSecret: string
}

/** The partner's app registration. */
export interface AppCredentials {
  /**
   * @throws ServiceError `secret_unreadable` when the secret cannot be read or is not filled.
   */
  read(): Promise<AppCredential>
}
