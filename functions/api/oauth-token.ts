import { authenticatedClient, lookUp } from '../domain/api-access.ts'
import { ServiceError } from '../domain/service-error.ts'
import { permittedAccount } from '../http/account.ts'
import { BEARER_TOKEN_LIFETIME_SECONDS, issueBearerToken } from '../http/bearer-token.ts'
import { formBodyOf, type HttpRequest, headerOf } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import { BEARER_TOKEN_REQUEST } from '../http/schemas/bearer-token-request.ts'
import { parsed } from '../http/schemas/parse.ts'
import type { BearerToken } from '../http/schemas/tokens.ts'
import type { ApiDependencies } from './dependencies.ts'

const ACCOUNT_SCOPE = 'account:'

/** The client credentials grant (RFC 6749 §4.4), with the client authenticated by body or Basic. */
export async function issueToken(deps: ApiDependencies, http: HttpRequest): Promise<HttpResponse> {
  const form = parsed(BEARER_TOKEN_REQUEST, Object.fromEntries(formBodyOf(http)))
  const credential = basicCredentialOf(http) ?? {
    clientId: form.client_id ?? '',
    clientSecret: form.client_secret ?? '',
  }
  const found = await lookUp(deps.readApiAccess, (access) => {
    const client = authenticatedClient(access, credential)
    return client && { access, client }
  })
  if (found === undefined) {
    throw new ServiceError('the client id or the client secret is wrong', {
      code: 'api_client_rejected',
    })
  }
  const { access, client } = found
  const scopedAccount = form.scope?.slice(ACCOUNT_SCOPE.length)
  const accountId = scopedAccount || client.accountId
  if (accountId !== undefined) permittedAccount(accountId, client)
  const { clientId } = client
  return json({
    token_type: 'bearer',
    access_token: issueBearerToken(access, { clientId, accountId }, deps.now()),
    expires_in: BEARER_TOKEN_LIFETIME_SECONDS,
    clientId,
  } satisfies BearerToken)
}

/** Client id and secret of an `Authorization: Basic` header, form-encoded (RFC 6749 §2.3.1). */
function basicCredentialOf(
  http: HttpRequest,
): { readonly clientId: string; readonly clientSecret: string } | undefined {
  const [scheme, encoded] = headerOf(http, 'authorization')?.split(' ') ?? []
  if (scheme?.toLowerCase() !== 'basic' || !encoded) return undefined
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return { clientId: formDecoded(clientId), clientSecret: formDecoded(secret.join(':')) }
}

function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value') ?? ''
}
