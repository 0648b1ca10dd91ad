import type { StandInContext } from './context.ts'
import { findTenant } from './directory.ts'
import type { ReturnAddress } from './return-address.ts'
import { type ParsedScope, parseScope, type Scope, tenantHasResource } from './scope.ts'

/** An authorization request that Entra would show the account picker for. */
export interface AuthorizationRequest {
  /** The first part of the path: a tenant id or `organizations`. */
  readonly authority: string
  /** `undefined` at `organizations`: the account's own tenant is meant. */
  readonly tenantId: string | undefined
  readonly returnAddress: ReturnAddress
  readonly scopeText: string
  readonly scope: Scope
  readonly nonce: string | undefined
  readonly prompt: string | undefined
  readonly loginHint: string | undefined
  readonly codeChallenge: string | undefined
  readonly codeChallengeMethod: 'S256' | 'plain'
}

/** A refusal with a return address goes back to the application; without one it stays on a page. */
type ParsedAuthorizationRequest =
  | { readonly outcome: 'valid'; readonly request: AuthorizationRequest }
  | {
      readonly outcome: 'refused'
      readonly code: number
      readonly detail: string
      readonly returnAddress: ReturnAddress | undefined
    }

interface Problem {
  readonly code: number
  readonly detail: string
}

/** An id, a domain, or what stands for more than one tenant. */
const TENANT_NAME =
  /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]+(\.[\w-]+)+|common|consumers)$/i

const PROMPTS: readonly string[] = ['login', 'none', 'consent', 'select_account']
const CODE_CHALLENGE = /^[\w.~-]{43,128}$/

/** Checks an authorization request as Entra does: first what must never redirect, then the rest. */
export function parseAuthorizationRequest(
  context: StandInContext,
  authority: string,
  parameters: URLSearchParams,
): ParsedAuthorizationRequest {
  const unsafe = authorityProblem(authority) ?? clientProblem(context, parameters)
  if (unsafe !== undefined) return { outcome: 'refused', ...unsafe, returnAddress: undefined }
  const returnAddress = returnAddressOf(parameters)
  const parsed = parseScope(parameters.get('scope') ?? '')
  const problem =
    protocolProblem(parameters) ??
    codeChallengeProblem(parameters) ??
    scopeProblem(findTenant(authority)?.id, parsed)
  if (problem !== undefined) return { outcome: 'refused', ...problem, returnAddress }
  if (parsed.outcome === 'refused') return { ...parsed, returnAddress }
  return { outcome: 'valid', request: requestOf(authority, parsed.scope, parameters) }
}

/** Why Entra does not know this authority. */
export function authorityProblem(authority: string): Problem | undefined {
  if (authority === 'organizations' || findTenant(authority) !== undefined) return undefined
  const isName = TENANT_NAME.test(authority)
  return isName
    ? { code: 90002, detail: `Tenant '${authority}' not found.` }
    : { code: 900023, detail: `Specified tenant identifier '${authority}'.` }
}

/** Why this application, or this address to return to, is not a registered one. */
export function clientProblem(
  { clientId, redirectUris }: StandInContext,
  parameters: URLSearchParams,
): Problem | undefined {
  const sentClientId = parameters.get('client_id') ?? ''
  const redirectUri = parameters.get('redirect_uri') ?? ''
  if (sentClientId === '') return { code: 900144, detail: "Missing parameter: 'client_id'." }
  if (sentClientId !== clientId) return { code: 700016, detail: `Identifier '${sentClientId}'.` }
  if (redirectUri === '') return { code: 900971, detail: '' }
  if (redirectUris.includes(redirectUri)) return undefined
  return { code: 50011, detail: `The redirect URI in the request: '${redirectUri}'.` }
}

/** Names the resource of the scope that the tenant does not have. */
export function foreignResource(tenantId: string, { resources }: Scope): Problem | undefined {
  const foreign = resources.find((resource) => !tenantHasResource(tenantId, resource))
  if (foreign === undefined) return undefined
  return { code: 500011, detail: `The resource principal named ${foreign} was not found.` }
}

function requestOf(
  authority: string,
  scope: Scope,
  parameters: URLSearchParams,
): AuthorizationRequest {
  const optional = (name: string) => parameters.get(name) ?? undefined
  return {
    authority,
    tenantId: findTenant(authority)?.id,
    returnAddress: returnAddressOf(parameters),
    scopeText: parameters.get('scope') ?? '',
    scope,
    nonce: optional('nonce'),
    prompt: optional('prompt'),
    loginHint: optional('login_hint'),
    codeChallenge: optional('code_challenge'),
    codeChallengeMethod: codeChallengeMethod(parameters),
  }
}

function scopeProblem(tenantId: string | undefined, parsed: ParsedScope): Problem | undefined {
  if (parsed.outcome === 'refused') return parsed
  return tenantId === undefined ? undefined : foreignResource(tenantId, parsed.scope)
}

function returnAddressOf(parameters: URLSearchParams): ReturnAddress {
  const mode = parameters.get('response_mode')
  return {
    redirectUri: parameters.get('redirect_uri') ?? '',
    responseMode: mode === 'fragment' || mode === 'form_post' ? mode : 'query',
    state: parameters.get('state') ?? undefined,
  }
}

function protocolProblem(parameters: URLSearchParams): Problem | undefined {
  const responseType = parameters.get('response_type')
  const prompt = parameters.get('prompt')
  if (responseType === null) return { code: 900144, detail: "Missing parameter: 'response_type'." }
  if (responseType !== 'code') return { code: 700054, detail: `response_type '${responseType}'.` }
  if (parameters.has('resource')) return { code: 901002, detail: '' }
  if (prompt !== null && !PROMPTS.includes(prompt)) return { code: 90023, detail: "'prompt'." }
  return isJsonOrAbsent(parameters.get('claims')) ? undefined : { code: 50117, detail: '' }
}

function codeChallengeProblem(parameters: URLSearchParams): Problem | undefined {
  const codeChallenge = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (codeChallenge === null) return undefined
  if (method !== null && method !== 'S256' && method !== 'plain') return { code: 50149, detail: '' }
  return CODE_CHALLENGE.test(codeChallenge) ? undefined : { code: 501491, detail: '' }
}

/** Omitted means plain: Entra's default. */
function codeChallengeMethod(parameters: URLSearchParams): 'S256' | 'plain' {
  return parameters.get('code_challenge_method') === 'S256' ? 'S256' : 'plain'
}

function isJsonOrAbsent(text: string | null): boolean {
  if (text === null) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
