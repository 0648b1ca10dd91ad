import { timingSafeEqual } from 'node:crypto'
import { authorityProblem } from './authorization-request.ts'
import { assertionProblem, JWT_BEARER } from './client-assertion.ts'
import type { StandInContext } from './context.ts'
import { APP_TENANT_ID, findTenant } from './directory.ts'
import { FORM, hasContentType, type StandInRequest } from './reply.ts'

const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const

type GrantType = (typeof GRANT_TYPES)[number]

/** A token request whose sender has been authenticated. */
export interface TokenRequest {
  readonly authority: string
  readonly grantType: GrantType
  readonly parameters: URLSearchParams
}

/** Why a token request is refused. */
export interface TokenProblem {
  readonly code: number
  readonly detail: string
}

/** The request, or the first thing that Entra finds wrong with it. */
type ParsedTokenRequest =
  | { readonly outcome: 'valid'; readonly request: TokenRequest }
  | ({ readonly outcome: 'refused' } & TokenProblem)

interface ClientCredential {
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly clientAssertion: string | undefined
}

/** Checks form, authority, application and credential, in that order. */
export async function parseTokenRequest(
  context: StandInContext,
  authority: string,
  request: StandInRequest,
): Promise<ParsedTokenRequest> {
  const parameters = new URLSearchParams(hasContentType(request, FORM) ? request.body : '')
  const credential = credentialOf(request, parameters)
  const problem =
    formProblem(request, parameters) ??
    authorityProblem(authority) ??
    clientProblem(context, credential) ??
    directoryProblem(context, authority, parameters) ??
    (await credentialProblem(context, authority, credential))
  if (problem !== undefined) return { outcome: 'refused', ...problem }
  const asked = parameters.get('grant_type')
  const grantType = GRANT_TYPES.find((known) => known === asked)
  if (grantType === undefined) {
    return { outcome: 'refused', code: 70003, detail: `grant_type '${asked}'.` }
  }
  return {
    outcome: 'valid',
    request: { authority: authority.toLowerCase(), grantType, parameters },
  }
}

/** The refusal of a request that lacks this parameter. */
export function missingParameter(name: string): TokenProblem {
  return { code: 900144, detail: `Missing parameter: '${name}'.` }
}

function formProblem(
  request: StandInRequest,
  parameters: URLSearchParams,
): TokenProblem | undefined {
  const names = [...parameters.keys()]
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) return { code: 9000411, detail: `Parameter: '${repeated}'.` }
  if ((parameters.get('grant_type') ?? '') === '') return missingParameter('grant_type')
  if (parameters.has('resource'))
    return { code: parameters.has('scope') ? 9010010 : 901002, detail: '' }
  return request.headers.origin === undefined ? undefined : { code: 9002326, detail: '' }
}

function clientProblem(
  context: StandInContext,
  { clientId }: ClientCredential,
): TokenProblem | undefined {
  if (clientId === undefined || clientId === '') return missingParameter('client_id')
  if (clientId === context.clientId) return undefined
  return { code: 700016, detail: `Identifier '${clientId}'.` }
}

/** The app itself is known where it is registered, and where somebody let it in. */
function directoryProblem(
  { clientId, grants }: StandInContext,
  authority: string,
  parameters: URLSearchParams,
): TokenProblem | undefined {
  const tenantId = findTenant(authority)?.id
  const asksForItself = parameters.get('grant_type') === 'client_credentials'
  if (!asksForItself || tenantId === undefined) return undefined
  if (tenantId === APP_TENANT_ID || grants.hasAnyConsent(tenantId)) return undefined
  return { code: 700016, detail: `Identifier '${clientId}' in the directory '${authority}'.` }
}

async function credentialProblem(
  context: StandInContext,
  authority: string,
  { clientSecret, clientAssertion }: ClientCredential,
): Promise<TokenProblem | undefined> {
  if (clientAssertion !== undefined) {
    const code = await assertionProblem(context, authority, clientAssertion)
    return code === undefined ? undefined : { code, detail: '' }
  }
  if (clientSecret === undefined || clientSecret === '') return { code: 7000218, detail: '' }
  const { settings } = context
  if (isSame(clientSecret, settings.clientSecret)) return undefined
  const isExpired = isSame(clientSecret, settings.expiredClientSecret ?? '')
  if (isExpired) return { code: 7000222, detail: `App '${context.clientId}'.` }
  return { code: 7000215, detail: `App '${context.clientId}'.` }
}

function credentialOf({ headers }: StandInRequest, parameters: URLSearchParams): ClientCredential {
  const basic = /^basic +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (basic === undefined) {
    const isAssertion = parameters.get('client_assertion_type') === JWT_BEARER
    return {
      clientId: parameters.get('client_id') ?? undefined,
      clientSecret: parameters.get('client_secret') ?? undefined,
      clientAssertion: (isAssertion ? parameters.get('client_assertion') : null) ?? undefined,
    }
  }
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  return {
    clientId: formDecoded(id),
    clientSecret: formDecoded(secret),
    clientAssertion: undefined,
  }
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value') ?? ''
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)]
  return first.length === second.length && timingSafeEqual(first, second)
}
