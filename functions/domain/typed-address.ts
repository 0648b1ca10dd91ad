import { CLOUDS, type CloudName } from './clouds.ts'
import { cloudOf, hostOf, parseResource, type Resource } from './resource.ts'

/** What a person typed or pasted as the address of an environment. */
export type TypedAddress =
  /** `isPlain`: nothing but letter case, `https://` and a slash at the end had to be mended. */
  | { readonly outcome: 'understood'; readonly resource: Resource; readonly isPlain: boolean }
  | { readonly outcome: 'cloud_not_enabled' }
  | { readonly outcome: 'not_understood' }

const ALL_CLOUDS = CLOUDS.map(({ name }) => name)

/**
 * Understands any form in which people have the address: from the browser's address bar, the API's host,
 * without https, in capitals. Where more had to be left out, the person should look at it again.
 */
export function understandAddress(typed: string, clouds: readonly CloudName[]): TypedAddress {
  const text = typed.trim()
  const parsed = parseResource(text, ALL_CLOUDS)
  const resource = parsed.outcome === 'accepted' ? parsed.resource : parsed.meant
  if (resource === undefined) return { outcome: 'not_understood' }
  if (!clouds.includes(cloudOf(resource).name)) return { outcome: 'cloud_not_enabled' }
  const host = text
    .toLowerCase()
    .replace(/^https:\/\//, '')
    .replace(/\/$/, '')
  return { outcome: 'understood', resource, isPlain: host === hostOf(resource) }
}
