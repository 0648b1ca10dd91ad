import { TENANTS } from '../../../infra/local/microsoft/directory.ts'
import type { Browser } from './browser.ts'

/** The app registration that every identity server of this tier is given. */
export const APP = {
  clientId: 'a1b2c3d4-0000-4000-8000-00000000c11e',
  clientSecret: 'interop~secret/with+signs&that=need%encoding',
} as const

/** The customer's tenant, its user, and the scope of its environment; the stand-in knows the same tenant. */
export const TENANT_ID = TENANTS.contoso.id
export const USER = {
  objectId: '00aa00aa-bb11-4c22-8d33-44ee44ee44ee',
  name: 'Adele Vance',
  email: 'adele@contoso.example',
} as const
export const ENVIRONMENT_HOST = 'example.crm.dynamics.com'
export const RESOURCE = `https://${ENVIRONMENT_HOST}`
export const SCOPE = `${RESOURCE}/user_impersonation offline_access openid profile`

/** Software of others in the place of Microsoft Entra, at Entra's paths. */
export interface IdentityServer {
  /** For ENTRA_BASE_URL. */
  readonly url: string
  /** For DATAVERSE_BASE_URL, where it brings its own environments. */
  readonly dataverseUrl?: string
  /** A PEM file with certificate and key, where it takes no client secret. */
  readonly clientCertificateFile?: string
  /** Goes through its own pages as the user would, and returns where it sends the browser in the end. */
  signIn(browser: Browser, authorizationUrl: string): Promise<string>
  /** Asks the server itself whether it issued this access token. */
  recognises(accessToken: string): Promise<boolean>
  /** Ends every grant it has given, as an administrator's revocation of sessions does. */
  revokeGrants(): Promise<void>
  close(): Promise<void>
}

export type StartIdentityServer = (redirectUri: string) => Promise<IdentityServer>
