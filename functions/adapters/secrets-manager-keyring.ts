import { createSecretKey } from 'node:crypto'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../domain/clock.ts'
import type { Keyring, ReadKeyring } from '../domain/keyring.ts'
import { cachedSecret } from './cached-secret.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'

const KEY_BYTES = 32
const LONGEST_KEY_ID = 64

export function secretsManagerKeyring(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): ReadKeyring {
  const expected = '{"active":"k1","keys":{"k1":"<32 random bytes, base64url>"}}'
  return cachedSecret({ client, secretArn, parse, expected, now })
}

function parse(text: string): Keyring | undefined {
  const value = jsonObjectOf(text)
  const active = value && optionalText(value, 'active')
  const entries = Object.entries(value?.keys ?? {}).map(
    ([keyId, key]) => [keyId, createSecretKey(String(key), 'base64url')] as const,
  )
  const isWellFormed = entries.every(
    ([keyId, key]) => key.symmetricKeySize === KEY_BYTES && keyId.length <= LONGEST_KEY_ID,
  )
  const keys = new Map(entries)
  return active !== undefined && isWellFormed && keys.has(active) ? { active, keys } : undefined
}
