import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AppCredential, AppCredentials } from '../domain/app-credentials.ts'
import type { Clock } from '../domain/clock.ts'
import { cachedSecret } from './cached-secret.ts'
import { jsonObjectOf, optionalText } from './json-object.ts'
import { readSecretText } from './read-secret-text.ts'

/** How long a credential that worked is preferred to the current one. */
const PREFERENCE_MS = 10 * 60 * 1000

export function secretsManagerAppCredentials(
  client: SecretsManagerClient,
  { secretArn, now }: { readonly secretArn: string; readonly now: Clock },
): AppCredentials {
  const expected = '{"clientId":"…","clientSecret":"…"} of the app registered with Microsoft'
  const readCurrent = cachedSecret({ client, secretArn, parse, expected, now })
  let preferred: { readonly credential: AppCredential; readonly until: number } | undefined

  const readPrevious = async (): Promise<readonly AppCredential[]> => {
    const text = await readSecretText(client, { secretArn, stage: 'AWSPREVIOUS' })
    const credential = text === undefined ? undefined : parse(text)
    return credential ? [credential] : []
  }

  return {
    read: async () => {
      const isPreferred = preferred !== undefined && preferred.until > now().getTime()
      return isPreferred && preferred ? preferred.credential : readCurrent()
    },
    reread: async () => {
      // Without a previous version, or without an answer for it, the current one is all there is.
      const previous = readPrevious().catch(() => [])
      const current = readCurrent({ reread: true }).catch(() => readCurrent())
      return [await current, ...(await previous)]
    },
    prefer: (credential) => {
      preferred = { credential, until: now().getTime() + PREFERENCE_MS }
    },
  }
}

function parse(text: string): AppCredential | undefined {
  const value = jsonObjectOf(text)
  const clientId = value && optionalText(value, 'clientId')
  const clientSecret = value && optionalText(value, 'clientSecret')
  if (!clientId || !clientSecret) return undefined
  const endsAt = value && endOf(optionalText(value, 'endsOn'))
  return { clientId, clientSecret, ...(endsAt && { endsAt }) }
}

/** The beginning of the day, in UTC. A date that is none makes no credential unusable. */
function endOf(endsOn: string | undefined): Date | undefined {
  const time = Date.parse(endsOn ?? '')
  return Number.isNaN(time) ? undefined : new Date(time)
}
