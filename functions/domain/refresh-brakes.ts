/** The app credential is not accepted: nobody asks Microsoft anything but one probe a minute. */
export interface AppBreaker {
  /** Microsoft's code, such as `AADSTS7000222`. */
  readonly code: string
  readonly openedAt: Date
  readonly nextProbeAt: Date
}

/** Whether the app credential is accepted: `undefined` when it is. @throws ServiceError `store_unavailable`. */
export type ReadAppBreaker = () => Promise<AppBreaker | undefined>

/** What holds refreshes back. */
export interface Brakes {
  /** No request to Microsoft for this tenant before then. */
  readonly tenantHeldUntil: Date | undefined
  readonly appBreaker: AppBreaker | undefined
}

/**
 * What all containers know together about refreshes that make no sense now: a tenant that Microsoft
 * throttles delays no other tenant, and a rejected app credential is asked about once a minute, not
 * once a connection.
 */
export interface RefreshBrakes {
  read(tenantId: string): Promise<Brakes>
  /** Holds the tenant at least until then; a longer hold stays. */
  holdTenant(tenantId: string, until: Date): Promise<void>
  /** @returns whether this call opened it; `false` when it was open already. */
  openAppBreaker(code: string, now: Date): Promise<boolean>
  /** @returns whether the caller may probe; of all that ask within a minute, one may. */
  takeProbe(now: Date): Promise<boolean>
  /** @returns whether this call closed it. */
  closeAppBreaker(): Promise<boolean>
}

/** Between two probes of a rejected app credential. */
export const PROBE_INTERVAL_MS = 60 * 1000

/** How long a tenant is left alone after a failure that names no time. */
export const TENANT_HOLD_MS = 30 * 1000
