import { type AppCredential, type AppCredentials, isSameCredential } from './app-credentials.ts'
import { codeOf } from './guidance.ts'
import { meaningOf } from './refusal.ts'
import type { TokenEndpointFailure } from './token-endpoint.ts'

/**
 * Sends a token request with the app credential. When Microsoft rejects the credential, the secret is
 * read anew once, and its current and then its previous version are tried, so that a rotation needs no
 * pause in either order. That the newest one was rejected is passed on, since nothing else would show it
 * before the previous one ends.
 */
export async function redeemWithAppCredential<T extends { readonly outcome: 'issued' }>(
  appCredentials: AppCredentials,
  send: (credential: AppCredential) => Promise<T | TokenEndpointFailure>,
): Promise<T | TokenEndpointFailure> {
  const kept = await appCredentials.read()
  const answer = await send(kept)
  if (!isAppRejected(answer)) return answer
  const rejected = [{ credential: kept, code: codeOf(answer.refusal) }]
  const rejectionOf = (credential: AppCredential | undefined) =>
    rejected.find((one) => credential && isSameCredential(one.credential, credential))
  const versions = await appCredentials.reread()
  for (const credential of versions) {
    if (rejectionOf(credential)) continue
    const nextAnswer = await send(credential)
    if (!isAppRejected(nextAnswer)) {
      appCredentials.prefer(credential, rejectionOf(versions[0])?.code)
      return nextAnswer
    }
    rejected.push({ credential, code: codeOf(nextAnswer.refusal) })
  }
  return answer
}

/** Whether Microsoft accepts neither version of the app credential, which is no word on the grant. */
export function isAppRejected(
  answer: { readonly outcome: 'issued' } | TokenEndpointFailure,
): answer is Extract<TokenEndpointFailure, { outcome: 'refused' }> {
  return answer.outcome === 'refused' && meaningOf(answer.refusal) === 'app_rejected'
}
