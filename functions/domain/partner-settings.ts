import type { AppCredential } from './app-credentials.ts'
import type { Brand } from './brand.ts'
import {
  type AppCredentialValue,
  type KnownAppCredential,
  knownAppCredentialOf,
} from './stored-app-credential.ts'

/** What may be shown of the app that is registered with Microsoft; the rest is a secret's. */
export interface RegisteredApp {
  /** The application (client) id. */
  readonly clientId: string
  /** How it proves itself, where whoever stored it said so. */
  readonly kind: AppCredential['kind'] | undefined
  /** When Microsoft stops accepting the proof, where that is known. */
  readonly endsAt: Date | undefined
  /** When the credential was stored, where that is known. */
  readonly changedAt: Date | undefined
}

/** What a partner sets of its service. */
export interface PartnerSettings {
  readonly app: RegisteredApp | undefined
  /** {@link DEFAULT_BRAND} where none is set. */
  readonly brand: Brand
  /** Origins that a sign-in may return to, beside those of the deployment. */
  readonly allowedOrigins: readonly string[]
}

/** Where a partner's settings are kept; each write changes its own part alone. */
export interface PartnerSettingsStore {
  /** As they are now. */
  read(): Promise<PartnerSettings>
  saveApp(app: RegisteredApp): Promise<void>
  /** In place of the whole brand; the default one is none. */
  saveBrand(brand: Brand): Promise<void>
  /** In place of all; each as `parseOrigins` gives it. */
  saveAllowedOrigins(origins: readonly string[]): Promise<void>
}

/** What pages need of the settings. */
export type ShownSettings = Pick<PartnerSettings, 'brand' | 'allowedOrigins'>

/** The settings as pages show them. */
export interface SettingsForPages {
  /**
   * They are at most a minute old. Never fails: without an answer of the store they are the last known
   * ones, else the default brand and no origin.
   */
  read(): Promise<ShownSettings>
}

/**
 * What may be shown of a credential.
 * @param changedAt when it was stored, where that is known
 */
export function registeredAppOf(
  credential: AppCredentialValue | KnownAppCredential,
  changedAt: Date | undefined,
): RegisteredApp {
  const { clientId } = credential
  const known = 'kind' in credential ? credential : knownAppCredentialOf(credential)
  return { clientId, kind: known?.kind, endsAt: known?.endsAt, changedAt }
}
