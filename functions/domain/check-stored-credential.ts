import type { AppCredentials } from './app-credentials.ts'
import type {
  CheckCredential,
  StoredCredentialVerdict,
  UnreadableCredential,
} from './credential-check.ts'
import { ServiceError } from './service-error.ts'

export interface CheckStoredDependencies {
  readonly appCredentials: Pick<AppCredentials, 'readNewest'>
  readonly checkCredential: CheckCredential
}

/** Has Microsoft judge the newest stored credential, whichever the service prefers just now. */
export async function checkStoredCredential(
  { appCredentials, checkCredential }: CheckStoredDependencies,
  tenant: string | undefined,
): Promise<StoredCredentialVerdict> {
  const credential = await appCredentials.readNewest().catch(causeOf)
  if (typeof credential === 'string') return { verdict: 'unreadable', cause: credential }
  return checkCredential({ credential, tenant })
}

function causeOf(error: unknown): UnreadableCredential {
  const code = error instanceof ServiceError ? error.code : undefined
  if (code === 'secret_unreadable' || code === 'identity_token_unavailable') return code
  throw error
}
