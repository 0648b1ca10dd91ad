import { type Cloud, type CloudName, cloudOfSuffix } from './clouds.ts'
import { ServiceError } from './service-error.ts'

/** The canonical origin of a Dataverse environment: `https://contoso.crm4.dynamics.com`. */
export type Resource = string & { readonly [canonical]: true }
declare const canonical: unique symbol

/** A Resource with the cloud it belongs to, or why the text is not one and what was probably meant. */
export type ResourceOutcome =
  | { readonly outcome: 'accepted'; readonly resource: Resource; readonly cloud: Cloud }
  | { readonly outcome: 'refused'; readonly why: string; readonly meant: Resource | undefined }

const CANONICAL = /^https:\/\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.([a-z0-9.]{1,60})$/
const PRINTABLE_ASCII = /^[\x21-\x7e]{1,2048}$/

/** First labels that are Microsoft's own services beside the environments. */
const RESERVED_LABELS = new Set([
  'admin',
  'api',
  'dev',
  'disco',
  'globaldisco',
  'make',
  'port',
  'www',
])

/**
 * Reads the address of a Dataverse environment. The raw text is held against a strict pattern before
 * any URL parser could repair it; only letter case and one trailing slash are forgiven.
 * @param enabledClouds the clouds that this deployment has an app registration for
 */
export function parseResource(raw: string, enabledClouds: readonly CloudName[]): ResourceOutcome {
  const found = PRINTABLE_ASCII.test(raw)
    ? environmentOf(raw.toLowerCase().replace(/\/$/, ''))
    : undefined
  if (found === undefined) {
    const why = 'not the address of a Dynamics 365 environment'
    return { outcome: 'refused', why, meant: probablyMeant(raw, enabledClouds) }
  }
  if (!enabledClouds.includes(found.cloud.name)) {
    const why = `environments of the cloud ${found.cloud.name} are not enabled in this deployment`
    return { outcome: 'refused', why, meant: undefined }
  }
  return { outcome: 'accepted', resource: found.resource, cloud: found.cloud }
}

/** The host of a Resource: `contoso.crm4.dynamics.com`. */
export function hostOf(resource: Resource): string {
  return resource.slice('https://'.length)
}

/** The cloud that an environment belongs to. */
export function cloudOf(resource: Resource): Cloud {
  const cloud = environmentOf(resource)?.cloud
  if (cloud) return cloud
  throw new ServiceError('a stored environment is of no cloud that this version knows', {
    code: 'item_malformed',
  })
}

function environmentOf(text: string): { resource: Resource; cloud: Cloud } | undefined {
  const [, label, suffix] = CANONICAL.exec(text) ?? []
  if (label === undefined || suffix === undefined) return undefined
  if (RESERVED_LABELS.has(label) || label.startsWith('xn--')) return undefined
  const cloud = cloudOfSuffix(suffix)
  return cloud && { resource: text as Resource, cloud }
}

/** The environment that a pasted address points at: with a path, without https, or the API's host. */
function probablyMeant(raw: string, enabledClouds: readonly CloudName[]): Resource | undefined {
  const text = raw.trim()
  if (!PRINTABLE_ASCII.test(text)) return undefined
  const [host = ''] = text
    .toLowerCase()
    .replace(/^[a-z]{1,10}:\/\//, '')
    .split(/[/?#:]/)
  const found = environmentOf(`https://${host.replace(/^([^.]+)\.api\./, '$1.')}`)
  return found && enabledClouds.includes(found.cloud.name) ? found.resource : undefined
}
