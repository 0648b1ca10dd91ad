import type { AppCredentialWriter } from './app-credential-writer.ts'
import type { Clock } from './clock.ts'
import type { CheckCredential, CredentialVerdict } from './credential-check.ts'
import { type PartnerSettingsStore, registeredAppOf } from './partner-settings.ts'
import { ServiceError } from './service-error.ts'
import {
  type AppCredentialValue,
  type KnownAppCredential,
  knownAppCredentialOf,
} from './stored-app-credential.ts'

export interface ReplaceAppCredentialDependencies {
  readonly partnerSettings: Pick<PartnerSettingsStore, 'read' | 'saveApp'>
  readonly appCredentialWriter: AppCredentialWriter
  readonly checkCredential: CheckCredential
  readonly now: Clock
}

/** A credential that is to be stored in place of the current one. */
export interface NewAppCredential {
  readonly credential: AppCredentialValue
  /** The partner's own, where it is known: see {@link CheckCredential}. */
  readonly tenant: string | undefined
  /** Whether another app is meant than before, under which every connection has to sign in again. */
  readonly isAnotherAppMeant: boolean
  /** Whether it is to be stored although Microsoft did not say that it accepts it. */
  readonly isDoubtAccepted: boolean
}

/** What Microsoft says that makes storing it a decision of whoever stores it. */
export type Doubt = 'not_refused' | 'no_answer'

/** What Microsoft says that makes storing it a mistake. */
export type RefusedCredential = Exclude<CredentialVerdict, { verdict: 'accepted' | Doubt }>

export type Replacement = { readonly outcome: 'stored'; readonly isProven: boolean } | NotStored

/** Why nothing was stored. */
export type NotStored =
  | { readonly outcome: 'another_app'; readonly clientIdBefore: string }
  | { readonly outcome: 'refused'; readonly verdict: RefusedCredential }
  | { readonly outcome: 'doubtful'; readonly doubt: Doubt }

/**
 * Stores the app's credential after Microsoft was asked about it. One that AWS vouches for cannot be tried
 * beforehand, since only the functions that use it are vouched for.
 */
export async function replaceAppCredential(
  deps: ReplaceAppCredentialDependencies,
  wanted: NewAppCredential,
): Promise<Replacement> {
  const known = knownOrThrow(wanted.credential)
  const { app: before } = await deps.partnerSettings.read()
  const isSameApp = before?.clientId.toLowerCase() === known.clientId.toLowerCase()
  if (before !== undefined && !isSameApp && !wanted.isAnotherAppMeant) {
    return { outcome: 'another_app', clientIdBefore: before.clientId }
  }
  if (known.kind === 'federated') return store(deps, wanted.credential, { known, isProven: false })
  const verdict = await deps.checkCredential({ credential: known, tenant: wanted.tenant })
  switch (verdict.verdict) {
    case 'accepted':
      return store(deps, wanted.credential, { known, isProven: true })
    case 'not_refused':
    case 'no_answer':
      return wanted.isDoubtAccepted
        ? store(deps, wanted.credential, { known, isProven: false })
        : { outcome: 'doubtful', doubt: verdict.verdict }
    case 'rejected':
    case 'unknown_app':
    case 'wrong_tenant':
      return { outcome: 'refused', verdict }
  }
}

/**
 * The secret first: what the settings say is what whoever looks takes for done. Stopped between the two,
 * a renewed credential is in use already and only its end date is the old one, which warns too early; the
 * other way round nothing would warn at all. Of another app, sign-ins fail until the settings follow, in
 * either order; and since those still name the old one, it is seen that it has to be done again.
 */
async function store(
  { partnerSettings, appCredentialWriter, now }: ReplaceAppCredentialDependencies,
  credential: AppCredentialValue,
  { known, isProven }: { readonly known: KnownAppCredential; readonly isProven: boolean },
): Promise<Replacement> {
  await appCredentialWriter.write(credential)
  const at = now()
  await partnerSettings.saveApp({
    ...registeredAppOf(known, at),
    provenAt: isProven ? at : undefined,
  })
  return { outcome: 'stored', isProven }
}

function knownOrThrow(credential: AppCredentialValue): KnownAppCredential {
  const known = knownAppCredentialOf(credential)
  if (known !== undefined) return known
  throw new ServiceError('write a client secret, or a certificate with its RSA key', {
    code: 'request_invalid',
  })
}
