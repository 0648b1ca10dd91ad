import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { ApiAccess, ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import { apiAccessOf, storedApiAccessOf } from '../domain/stored-api-access.ts'
import { cachedSecret } from './cached-secret.ts'
import { jsonObjectOf } from './json-object.ts'

/** What an operator writes into the secret by hand. */
export const API_ACCESS_FORM =
  '{"signingKey":"<32 random bytes, base64url>","clients":[{"clientId":"…","secretHash":"…"}]}'

export function secretsManagerApiAccess(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): ReadApiAccess {
  return cachedSecret({ client, secretArn, parse, expected: API_ACCESS_FORM, now })
}

function parse(text: string): ApiAccess | undefined {
  const stored = storedApiAccessOf(jsonObjectOf(text))
  return stored && apiAccessOf(stored)
}
