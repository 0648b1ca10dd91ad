import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Clock } from '../domain/clock.ts'
import type { Keyring, ReadKeyring } from '../domain/keyring.ts'
import { keyringOf, storedKeyringOf } from '../domain/stored-keyring.ts'
import { cachedSecret } from './cached-secret.ts'
import { jsonObjectOf } from './json-object.ts'

export function secretsManagerKeyring(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): ReadKeyring {
  const expected = '{"active":"k1","keys":{"k1":"<32 random bytes, base64url>"}}'
  return cachedSecret({ client, secretArn, parse, expected, now })
}

function parse(text: string): Keyring | undefined {
  const stored = storedKeyringOf(jsonObjectOf(text))
  return stored && keyringOf(stored)
}
