import { authenticatedClient, lookUp } from '../domain/api-access.ts'
import { ServiceError } from '../domain/service-error.ts'
import { permittedAccount } from '../http/account.ts'
import { BEARER_TOKEN_LIFETIME_SECONDS, issueBearerToken } from '../http/bearer-token.ts'
import { formBodyOf, type HttpRequest, headerOf } from '../http/request.ts'
import { type HttpResponse, json } from '../http/responses.ts'
import type { ApiDependencies } from './dependencies.ts'

const ACCOUNT_SCOPE = /^account:(.+)$/

/** The client credentials grant (RFC 6749 §4.4), with the client authenticated by body or Basic. */
export async function issueToken(deps: ApiDependencies, http: HttpRequest): Promise<HttpResponse> {
  const form = formBodyOf(http)
  if (form.get('grant_type') !== 'client_credentials') {
    throw new ServiceError('send grant_type=client_credentials', { code: 'request_invalid' })
  }
  const credential = basicCredentialOf(http) ?? {
    clientId: form.get('client_id') ?? '',
    clientSecret: form.get('client_secret') ?? '',
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
  const accountId = scopedAccount(form.get('scope')) ?? client.accountId
  if (accountId !== undefined) permittedAccount(accountId, client)
  const { clientId } = client
  return json({
    token_type: 'bearer',
    access_token: issueBearerToken(access, { clientId, accountId }, deps.now()),
    expires_in: BEARER_TOKEN_LIFETIME_SECONDS,
    clientId,
  })
}

function scopedAccount(scope: string | undefined): string | undefined {
  if (scope === undefined || scope === '') return undefined
  const accountId = ACCOUNT_SCOPE.exec(scope)?.[1]
  if (accountId === undefined) {
    throw new ServiceError('send the scope as account:{id}, or none', { code: 'request_invalid' })
  }
  return accountId
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
