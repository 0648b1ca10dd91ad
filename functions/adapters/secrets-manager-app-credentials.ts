import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AppCredential, AppCredentials } from '../domain/app-credentials.ts'
import type { Clock } from '../domain/clock.ts'
import { cachedSecret } from './cached-secret.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'

export function secretsManagerAppCredentials(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): AppCredentials {
  const expected = '{"clientId":"…","clientSecret":"…"} of the app registered with Microsoft'
  return { read: cachedSecret({ client, secretArn, parse, expected, now }) }
}

function parse(text: string): AppCredential | undefined {
  const value = jsonObjectOf(text)
  const clientId = value && optionalText(value, 'clientId')
  const clientSecret = value && optionalText(value, 'clientSecret')
  return clientId && clientSecret ? { clientId, clientSecret } : undefined
}
