import { createSecretKey } from 'node:crypto'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { ApiAccess, ApiClient, ReadApiAccess } from '../domain/api-access.ts'
import type { Clock } from '../domain/clock.ts'
import { cachedSecret } from './cached-secret.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'

const SIGNING_KEY_BYTES = 32

export function secretsManagerApiAccess(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): ReadApiAccess {
  const expected =
    '{"signingKey":"<32 random bytes, base64url>","clients":[{"clientId":"…","secretHash":"…"}]}'
  return cachedSecret({ client, secretArn, parse, expected, now })
}

function parse(text: string): ApiAccess | undefined {
  const value = jsonObjectOf(text)
  const key = Buffer.from(String(value?.signingKey ?? ''), 'base64url')
  const listed: unknown = value?.clients
  if (key.length !== SIGNING_KEY_BYTES || !Array.isArray(listed)) return undefined
  const clients = listed.map(apiClientOf)
  const areWhole = clients.every((client) => client !== undefined)
  return areWhole ? { signingKey: createSecretKey(key), clients } : undefined
}

function apiClientOf(listed: unknown): ApiClient | undefined {
  const value = jsonObjectOf(JSON.stringify(listed))
  const clientId = value && optionalText(value, 'clientId')
  const secretHash = value && optionalText(value, 'secretHash')
  const accountId = value && optionalText(value, 'accountId')
  // An account that cannot be read must not become all accounts.
  const isForAll = (value?.accountId ?? undefined) === undefined
  if (!clientId || !secretHash || (accountId === undefined && !isForAll)) return undefined
  return { clientId, secretHash, accountId }
}
