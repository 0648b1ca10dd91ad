import type { Clock } from '../../domain/clock.ts'
import type { ConnectionHistory } from '../../domain/connection-history.ts'
import type { PartnerSettingsStore } from '../../domain/partner-settings.ts'
import type { ReadAppBreaker } from '../../domain/refresh-brakes.ts'
import type { ServiceRecord } from '../../domain/service-record.ts'

/** What the page of the service's health reads: each is one small read. */
export interface HealthDependencies {
  readonly record: Pick<ServiceRecord, 'read'>
  readonly history: Pick<ConnectionHistory, 'readApp'>
  readonly readAppBreaker: ReadAppBreaker
  readonly partnerSettings: Pick<PartnerSettingsStore, 'read'>
  /** Into how many parts the sweep is split. */
  readonly shards: number
  readonly now: Clock
}
