/** A Microsoft cloud: its environments live under one host suffix and sign in at one login host. */
export interface Cloud {
  readonly name: CloudName
  /** Where its accounts sign in, e.g. `login.microsoftonline.com`. */
  readonly loginHost: string
  /** The host of an environment, without its first label: `crm4.dynamics.com`. */
  readonly environmentSuffix: RegExp
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
  },
  {
    name: 'usgov-high',
    loginHost: 'login.microsoftonline.us',
    environmentSuffix: /^crm\.microsoftdynamics\.us$/,
  },
  {
    name: 'usgov-dod',
    loginHost: 'login.microsoftonline.us',
    environmentSuffix: /^crm\.appsplatform\.us$/,
  },
  {
    name: 'china',
    loginHost: 'login.partner.microsoftonline.cn',
    environmentSuffix: /^crm\.dynamics\.cn$/,
  },
]

/** The cloud that owns an environment's host suffix, or `undefined` when none does. */
export function cloudOfSuffix(suffix: string): Cloud | undefined {
  return CLOUDS.find((cloud) => cloud.environmentSuffix.test(suffix))
}

/** The cloud of that name, or `undefined`. */
export function cloudNamed(name: string): Cloud | undefined {
  return CLOUDS.find((cloud) => cloud.name === name)
}
