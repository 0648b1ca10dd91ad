import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { AppCredential, AppCredentials } from '../domain/app-credentials.ts'
import type { Clock } from '../domain/clock.ts'
import type { ReadIdentityToken } from '../domain/identity-token.ts'
import { type KnownAppCredential, knownAppCredentialOf } from '../domain/stored-app-credential.ts'
import { cachedSecret } from './cached-secret.ts'
import { jsonObjectOf } from './json-object.ts'
import { readSecretText } from './read-secret-text.ts'

/** How long a credential that worked is preferred to the current one, which is tried again after that. */
const PREFERENCE_MS = 10 * 60 * 1000

export interface AppCredentialsOptions {
  readonly secretArn: string
  /** What an app without a credential of its own proves itself with. */
  readonly readIdentityToken: ReadIdentityToken
  /** Told when the previous version is used, since Microsoft rejected the newest: once each time it is preferred. */
  readonly tellNewestRejected: (code: string) => void
  readonly now: Clock
}

export function secretsManagerAppCredentials(
  client: SecretsManagerClient,
  { secretArn, readIdentityToken, tellNewestRejected, now }: AppCredentialsOptions,
): AppCredentials {
  const expected =
    '{"clientId":"…","clientSecret":"…"}, or the other forms that npm run setup stores'
  const readCurrent = cachedSecret({ client, secretArn, parse, expected, now })
  let toldUntil = 0
  let preferred: { readonly credential: KnownAppCredential; readonly until: number } | undefined

  const withProof = async (
    known: KnownAppCredential,
    readToken: () => Promise<string>,
  ): Promise<AppCredential> =>
    known.kind === 'federated' ? { ...known, assertion: await readToken() } : known

  const newToken = () => readIdentityToken({ reread: true }).catch(() => readIdentityToken())

  const readPrevious = async (): Promise<readonly AppCredential[]> => {
    const text = await readSecretText(client, { secretArn, stage: 'AWSPREVIOUS' })
    const known = text === undefined ? undefined : parse(text)
    return known ? [await withProof(known, newToken)] : []
  }

  return {
    read: async () => {
      const isPreferred = preferred !== undefined && preferred.until > now().getTime()
      const known = isPreferred && preferred ? preferred.credential : await readCurrent()
      return withProof(known, readIdentityToken)
    },
    reread: async () => {
      // Without a previous version, or without an answer for it, the current one is all there is.
      const reading = readPrevious().catch(() => [])
      const known = await readCurrent({ reread: true }).catch(() => readCurrent())
      const previous = await reading
      const current = withProof(known, newToken)
      // Nor may a token that AWS does not give hide a previous version that needs none.
      return previous.length > 0 ? [...(await listOf(current)), ...previous] : [await current]
    },
    prefer: (credential, newestRejected) => {
      const until = now().getTime() + PREFERENCE_MS
      preferred = { credential, until }
      // Requests that were under way together all find the same.
      if (newestRejected === undefined || toldUntil > now().getTime()) return
      toldUntil = until
      tellNewestRejected(newestRejected)
    },
  }
}

function listOf<T>(one: Promise<T>): Promise<readonly T[]> {
  return one.then(
    (value) => [value],
    () => [],
  )
}

function parse(text: string): KnownAppCredential | undefined {
  return knownAppCredentialOf(jsonObjectOf(text))
}
