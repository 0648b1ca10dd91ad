import type { AppCredentialValue } from './stored-app-credential.ts'

/** Where the app's credential is put; whoever may put it there need not be able to read it. */
export interface AppCredentialWriter {
  /** In place of the current one, which stays readable as the previous one. */
  write(credential: AppCredentialValue): Promise<void>
}
