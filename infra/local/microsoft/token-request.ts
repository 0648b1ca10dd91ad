import { timingSafeEqual } from 'node:crypto'
import { authorityProblem } from './authorization-request.ts'
import { assertionProblem, JWT_BEARER } from './client-assertion.ts'
import type { StandInContext } from './context.ts'
import { FORM, hasContentType, type StandInRequest } from './reply.ts'

/** A token request whose sender has been authenticated. */
export interface TokenRequest {
  readonly authority: string
  readonly grantType: 'authorization_code' | 'refresh_token'
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
    (await credentialProblem(context, authority, credential))
  if (problem !== undefined) return { outcome: 'refused', ...problem }
  const grantType = parameters.get('grant_type')
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    return { outcome: 'refused', code: 70003, detail: `grant_type '${grantType}'.` }
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
  if (isSame(clientSecret, context.settings.clientSecret)) return undefined
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
