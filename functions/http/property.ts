import type { CloudName } from '../domain/clouds.ts'
import { parseResource, type Resource } from '../domain/resource.ts'
import { ServiceError } from '../domain/service-error.ts'
import { RESOURCE_PROPERTY } from './connector.ts'

/**
 * The Resource of `{"Name":"Resource","Value":"https://…"}`.
 * @throws ServiceError `property_unknown`, with the name that was probably meant, or `resource_invalid`
 * with the address that was probably meant.
 */
export function resourcePropertyOf(
  { Name, Value }: { readonly Name: string; readonly Value: string },
  clouds: readonly CloudName[],
): Resource {
  requireKnownProperty(Name)
  return resourceOf(Value, clouds)
}

/** @throws ServiceError `property_unknown`. */
export function requireKnownProperty(name: string): void {
  if (name === RESOURCE_PROPERTY.name) return
  const isOnlyMistyped = name.trim().toLowerCase() === RESOURCE_PROPERTY.name.toLowerCase()
  const hint = isOnlyMistyped ? ` Did you mean '${RESOURCE_PROPERTY.name}'?` : ''
  const shown = name.slice(0, 100)
  throw new ServiceError(`There is not a connector property that matches name '${shown}'.${hint}`, {
    code: 'property_unknown',
  })
}

function resourceOf(value: string, clouds: readonly CloudName[]): Resource {
  const parsed = parseResource(value, clouds)
  if (parsed.outcome === 'accepted') return parsed.resource
  const hint = parsed.meant
    ? ` Did you mean ${parsed.meant}?`
    : ' Send the address as the browser shows it, such as https://example.crm.dynamics.com.'
  throw new ServiceError(`Resource is ${parsed.why}.${hint}`, { code: 'resource_invalid' })
}
