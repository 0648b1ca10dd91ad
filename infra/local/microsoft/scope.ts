import { findEnvironment, GLOBAL_DISCOVERY_HOST } from './directory.ts'

/** A scope parameter, understood. */
export interface Scope {
  /** One resource a known host, as the request wrote it; several are legal at authorize only. */
  readonly resources: readonly string[]
  readonly openid: boolean
  readonly profile: boolean
  readonly offlineAccess: boolean
}

/** The scope, or the AADSTS code with which Entra refuses it. */
export type ParsedScope =
  | { readonly outcome: 'valid'; readonly scope: Scope }
  | { readonly outcome: 'refused'; readonly code: number; readonly detail: string }

/** What a scope without a resource is taken for. */
export const GRAPH = '00000003-0000-0000-c000-000000000000'

const OIDC_SCOPES: readonly string[] = ['openid', 'profile', 'offline_access', 'email']
const GRAPH_SCOPES: readonly string[] = ['user.read']
const PERMISSIONS: readonly string[] = ['user_impersonation', '.default']

interface ResourceScope {
  readonly resource: string
  readonly permission: string
}

/** Reads a scope parameter by Entra's rules: the resource is all that stands before the last `/`. */
export function parseScope(text: string): ParsedScope {
  const words = text.split(' ').filter((word) => word !== '')
  if (words.length === 0) return refused(900144, "Missing parameter: 'scope'.")
  const others = words.filter((word) => !OIDC_SCOPES.includes(word))
  const wanted = others.filter((word) => !GRAPH_SCOPES.includes(word.toLowerCase()))
  const asked = wanted.map(resourceScope)
  const problem = asked.map(problemOf).find((found) => found !== undefined)
  if (problem !== undefined) return problem
  const usesDefault = asked.some(({ permission }) => permission === '.default')
  if (usesDefault && asked.length > 1) return refused(70011, '.default cannot be combined.')
  const scope = {
    resources: unique(asked.map(({ resource }) => resource)),
    openid: words.includes('openid'),
    profile: words.includes('profile'),
    offlineAccess: words.includes('offline_access'),
  }
  return { outcome: 'valid', scope }
}

/** The host that a resource names, without the `.api` that Dataverse also accepts. */
function hostOfResource(resource: string): string {
  const host = resource.replace(/^https:\/\//i, '').replace(/\/$/, '')
  return findEnvironment(host)?.host ?? host.toLowerCase()
}

/** Whether a tenant has the resource: environments belong to one, Global Discovery to all. */
export function tenantHasResource(tenantId: string, resource: string): boolean {
  const environment = findEnvironment(hostOfResource(resource))
  return environment === undefined || environment.tenantId === tenantId
}

function resourceScope(word: string): ResourceScope {
  const slash = word.lastIndexOf('/')
  return { resource: word.slice(0, Math.max(slash, 0)), permission: word.slice(slash + 1) }
}

function problemOf({ resource, permission }: ResourceScope): ParsedScope | undefined {
  const named = `The scope ${resource}/${permission} is not valid.`
  if (resource === '') return refused(650053, `Scope: ${permission}.`)
  if (!/^https:\/\/[^/?#\s]+\/?$/i.test(resource)) return refused(70011, named)
  const host = hostOfResource(resource)
  const known = host === GLOBAL_DISCOVERY_HOST || findEnvironment(host) !== undefined
  if (!known) return refused(500011, `The resource principal named ${resource} was not found.`)
  return PERMISSIONS.includes(permission) ? undefined : refused(650053, named)
}

function unique(resources: readonly string[]): readonly string[] {
  return [...new Map(resources.map((resource) => [hostOfResource(resource), resource])).values()]
}

function refused(code: number, detail: string): ParsedScope {
  return { outcome: 'refused', code, detail }
}
