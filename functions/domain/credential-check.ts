import type { AppCredential } from './app-credentials.ts'

/** What Microsoft says about an app's credential. */
export type CredentialVerdict =
  | { readonly verdict: 'accepted' }
  /** It refused something else, which is no proof that it looked at the credential: name a tenant. */
  | { readonly verdict: 'not_refused' }
  | {
      readonly verdict: 'rejected'
      readonly cause: CredentialFault
      readonly code: number | undefined
    }
  /** The tenant has no such app, or Microsoft none of this client id. */
  | { readonly verdict: 'unknown_app'; readonly code: number | undefined }
  | {
      readonly verdict: 'wrong_tenant'
      readonly cause: TenantFault
      readonly code: number | undefined
    }
  /** Says nothing about the credential: try again. */
  | { readonly verdict: 'no_answer'; readonly status: number | undefined }

/**
 * Why a credential is rejected.
 * - `secret_wrong`: another value, or the id of the client secret in the place of its value
 * - `certificate_unknown`: not uploaded to the app, or its key is another one's
 * - `federation_untrusted`: the app does not trust who this function is, by issuer, subject or audience
 */
export type CredentialFault =
  | 'secret_wrong'
  | 'secret_expired'
  | 'certificate_unknown'
  | 'federation_untrusted'
  | 'other'

/** `malformed`: neither a tenant id nor a domain. */
export type TenantFault = 'not_found' | 'malformed' | 'in_another_cloud'

/** Which credential is tried, and where. */
export interface CredentialQuestion {
  readonly credential: AppCredential
  /** The partner's own, by its id or domain, where Microsoft judges a credential by itself. */
  readonly tenant: string | undefined
}

/**
 * Asks Microsoft at once, and needs no user: for a token of the app's own where a tenant is named, and else
 * by a refresh token that is none. Nothing that Microsoft answers is kept but the verdict.
 */
export type CheckCredential = (question: CredentialQuestion) => Promise<CredentialVerdict>

/** The verdict on the stored credential, which only some functions may read, or why there is none. */
export type StoredCredentialVerdict =
  | CredentialVerdict
  /** `secret_unreadable`: not filled, or not to be read; `identity_token_unavailable`: AWS vouches for nobody. */
  | { readonly verdict: 'unreadable'; readonly cause: UnreadableCredential }

export type UnreadableCredential = 'secret_unreadable' | 'identity_token_unavailable'

/**
 * Has the newest stored credential checked by a function that may read it.
 * @param tenant as in {@link CredentialQuestion}
 * @throws ServiceError `refresh_unavailable` when that function does not answer
 */
export type CheckStoredCredential = (tenant: string | undefined) => Promise<StoredCredentialVerdict>

const FAULTS: ReadonlyMap<number, CredentialFault> = new Map([
  [7000215, 'secret_wrong'],
  [7000222, 'secret_expired'],
  [700027, 'certificate_unknown'],
  [70021, 'federation_untrusted'],
  [700211, 'federation_untrusted'],
  [700212, 'federation_untrusted'],
  [700213, 'federation_untrusted'],
  [7002121, 'federation_untrusted'],
])

const TENANT_FAULTS: ReadonlyMap<number, TenantFault> = new Map([
  [90002, 'not_found'],
  [900023, 'malformed'],
  [90038, 'in_another_cloud'],
])

/** These come as `invalid_client` too, and are about the app and not about its credential. */
const MISSING_APP: ReadonlySet<number> = new Set([700016, 7000229])

/** What a refusal of the token endpoint says of the credential; the AADSTS number tells the causes apart. */
export function verdictOnRefusal({
  error,
  code,
}: {
  readonly error: string
  readonly code: number | undefined
}): CredentialVerdict {
  const tenantFault = TENANT_FAULTS.get(code ?? 0)
  if (tenantFault !== undefined) return { verdict: 'wrong_tenant', cause: tenantFault, code }
  const isMissing = error === 'unauthorized_client' || MISSING_APP.has(code ?? 0)
  if (isMissing) return { verdict: 'unknown_app', code }
  if (error !== 'invalid_client') return { verdict: 'not_refused' }
  return { verdict: 'rejected', cause: credentialFaultOf(code), code }
}

/** Why a credential is rejected, by the number behind AADSTS. */
export function credentialFaultOf(code: number | undefined): CredentialFault {
  return FAULTS.get(code ?? 0) ?? 'other'
}
