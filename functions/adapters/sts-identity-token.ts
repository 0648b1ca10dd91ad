import type { Clock } from '../domain/clock.ts'
import { IDENTITY_TOKEN, type ReadIdentityToken } from '../domain/identity-token.ts'
import { ServiceError } from '../domain/service-error.ts'
import { AWS_CLIENT_SETTINGS } from './aws-client-settings.ts'

/** A token is no longer used when this little of its life is left: Microsoft's clock may be ahead. */
const MARGIN_MS = 2 * 60 * 1000

/** A token is asked for anew at most this often, however often it is rejected. */
const REREAD_INTERVAL_MS = 1000

interface IdentityToken {
  readonly text: string
  readonly expiresAt: Date
}

type Ask = () => Promise<IdentityToken>

interface KeptToken extends IdentityToken {
  readonly askedAt: Date
}

/**
 * Asks AWS STS, one request at a time. Its client is loaded with the first token, which only an app
 * without a credential of its own ever needs.
 */
export function stsIdentityToken({ now }: { readonly now: Clock }): ReadIdentityToken {
  let kept: KeptToken | undefined
  let asking: Promise<KeptToken> | undefined
  let loaded: Promise<Ask> | undefined

  const askAgain = async (): Promise<KeptToken> => {
    try {
      loaded ??= load()
      const askedAt = now()
      kept = { ...(await (await loaded)()), askedAt }
      return kept
    } catch (error) {
      throw unavailable(error)
    } finally {
      asking = undefined
    }
  }

  const keptFor = (reread: boolean): KeptToken | undefined => {
    if (kept === undefined) return undefined
    const time = now().getTime()
    const isYoung = time - kept.askedAt.getTime() < REREAD_INTERVAL_MS
    const isFresh = kept.expiresAt.getTime() - time > MARGIN_MS
    return isFresh && (isYoung || !reread) ? kept : undefined
  }

  return async ({ reread } = { reread: false }) => {
    const fresh = keptFor(reread)
    if (fresh) return fresh.text
    asking ??= askAgain()
    return (await asking).text
  }
}

async function load(): Promise<Ask> {
  const { stsWebIdentityToken } = await import('./sts-web-identity-token.ts')
  return stsWebIdentityToken(AWS_CLIENT_SETTINGS, IDENTITY_TOKEN)
}

/** What whoever runs the service can do about it, by the name of the error. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  [
    'OutboundWebIdentityFederationDisabledException',
    'run "aws iam enable-outbound-web-identity-federation" once in the AWS account of this service',
  ],
  ['AccessDenied', 'deploy with the setting appCredential "federated"'],
  ['AccessDeniedException', 'deploy with the setting appCredential "federated"'],
])

function unavailable(error: unknown): ServiceError {
  const name = error instanceof Error ? error.name : 'unknown'
  const remedy = REMEDIES.get(name) ?? 'AWS STS gave no identity token; try again in a moment'
  return new ServiceError(remedy, {
    code: 'identity_token_unavailable',
    cause: error,
    evidence: { name },
  })
}
