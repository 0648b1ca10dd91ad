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

  /** Of the same app only: whatever Microsoft says of another app's request is no word on our grants. */
  const readPrevious = async ({ clientId }: KnownAppCredential) => {
    const text = await readSecretText(client, { secretArn, stage: 'AWSPREVIOUS' }).catch(() => '')
    const known = parse(text ?? '')
    return known?.clientId === clientId ? known : undefined
  }

  /** Instead of a current version that AWS gives no token for: a previous one that needs none. */
  const readInstead = async (current: KnownAppCredential, error: unknown) => {
    const previous = await readPrevious(current)
    if (previous === undefined || previous.kind === 'federated') throw error
    preferred = { credential: previous, until: now().getTime() + PREFERENCE_MS }
    return previous
  }

  return {
    read: async () => {
      const isPreferred = preferred !== undefined && preferred.until > now().getTime()
      const known = isPreferred && preferred ? preferred.credential : await readCurrent()
      return withProof(known, readIdentityToken).catch((error) => readInstead(known, error))
    },
    readNewest: async () => withProof(await readCurrent({ reread: true }), newToken),
    reread: async () => {
      const known = await readCurrent({ reread: true }).catch(() => readCurrent())
      const previous = await readPrevious(known)
      const versions = previous === undefined ? [known] : [known, previous]
      const proofs = await Promise.allSettled(versions.map((one) => withProof(one, newToken)))
      // A token that AWS does not give may hide no version that needs none.
      const proven = proofs.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      return proven.length > 0 ? proven : [await withProof(known, newToken)]
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

function parse(text: string): KnownAppCredential | undefined {
  return knownAppCredentialOf(jsonObjectOf(text))
}
