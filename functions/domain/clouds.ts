/** A Microsoft cloud: its environments live under one host suffix and sign in at one login host. */
export interface Cloud {
  readonly name: CloudName
  /** Where its accounts sign in, e.g. `login.microsoftonline.com`. */
  readonly loginHost: string
  /** The host of an environment, without its first label: `crm4.dynamics.com`. */
  readonly environmentSuffix: RegExp
  /** Where a person's environments are listed (Global Discovery). */
  readonly discoveryHost: string
}

export type CloudName = 'commercial' | 'usgov-high' | 'usgov-dod' | 'china'

/**
 * Microsoft's clouds with Dataverse. GCC (`crm9`) is part of `commercial`. Regions are matched by
 * pattern, since Microsoft adds them.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud
 */
export const CLOUDS: readonly Cloud[] = [
  {
    name: 'commercial',
    loginHost: 'login.microsoftonline.com',
    environmentSuffix: /^crm\d{0,2}\.dynamics\.com$/,
    discoveryHost: 'globaldisco.crm.dynamics.com',
  },
  {
    name: 'usgov-high',
    loginHost: 'login.microsoftonline.us',
    environmentSuffix: /^crm\.microsoftdynamics\.us$/,
    discoveryHost: 'globaldisco.crm.microsoftdynamics.us',
  },
  {
    name: 'usgov-dod',
    loginHost: 'login.microsoftonline.us',
    environmentSuffix: /^crm\.appsplatform\.us$/,
    discoveryHost: 'globaldisco.crm.appsplatform.us',
  },
  {
    name: 'china',
    loginHost: 'login.partner.microsoftonline.cn',
    environmentSuffix: /^crm\.dynamics\.cn$/,
    discoveryHost: 'globaldisco.crm.dynamics.cn',
  },
]

/** The cloud that owns an environment's host suffix, or `undefined` when none does. */
export function cloudOfSuffix(suffix: string): Cloud | undefined {
  return CLOUDS.find((cloud) => cloud.environmentSuffix.test(suffix))
}

/** The resource that the list of a person's environments is asked with: the origin of Global Discovery. */
export type DiscoveryResource = `https://${string}` & { readonly [discovery]: true }
declare const discovery: unique symbol

export function discoveryResourceOf(cloud: Cloud): DiscoveryResource {
  return `https://${cloud.discoveryHost}` as DiscoveryResource
}

/** The cloud of that name; `undefined` for a name that is none. */
export function cloudNamed(name: CloudName): Cloud
export function cloudNamed(name: string): Cloud | undefined
export function cloudNamed(name: string): Cloud | undefined {
  return CLOUDS.find((cloud) => cloud.name === name)
}
