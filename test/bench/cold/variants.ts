import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ENV } from '../../../functions/config.ts'
import { AWAITED, type Awaited } from '../../faults/crash/events.ts'
import {
  BASELINES,
  type Baseline,
  bundleBaseline,
  MSAL_TABLE,
  type MsalCache,
} from './baselines.ts'
import type { Service } from './service.ts'
import type { ColdStart } from './start-once.ts'

/** A function that is measured. */
export interface Variant extends ColdStart {
  readonly name: Baseline | Awaited
  readonly kilobytes: number
}

/** The baselines and the deployed bundles, each with its event, in one world. */
export async function variantsOf(
  service: Service,
  msal: MsalCache,
  folder: string,
): Promise<readonly Variant[]> {
  const baselines = BASELINES.map(async (name) => ({
    name,
    bundle: await bundleBaseline(name, folder),
    environment: service.environment,
    event: eventFor(name, service, msal),
  }))
  const ours = AWAITED.map((name) => ({ name, ...service.functions[name] }))
  const all = [...(await Promise.all(baselines)), ...ours]
  return all.map((variant) => ({ ...variant, kilobytes: kilobytesOf(variant.bundle) }))
}

/** The item that `token` reads, and the secret that holds the app's own. */
function eventFor(name: Baseline, { environment, itemKey }: Service, msal: MsalCache): unknown {
  const SecretId = environment[ENV.appCredentialSecret]
  if (name === 'usual-stack') return { TableName: MSAL_TABLE, SecretId, ...msal.request }
  return { TableName: environment[ENV.connectionsTable], pk: itemKey, SecretId }
}

function kilobytesOf(bundle: string): number {
  return Math.ceil(statSync(join(bundle, 'index.js')).size / 1024)
}
