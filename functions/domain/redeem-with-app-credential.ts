import { type AppCredential, type AppCredentials, isSameCredential } from './app-credentials.ts'
import { meaningOf } from './refusal.ts'
import type { TokenEndpointFailure } from './token-endpoint.ts'

/**
 * Sends a token request with the app credential. When Microsoft rejects the credential, the secret is
 * read anew once, and its current and then its previous version are tried, so that a rotation needs no
 * pause in either order.
 */
export async function redeemWithAppCredential<T extends { readonly outcome: 'issued' }>(
  appCredentials: AppCredentials,
  send: (credential: AppCredential) => Promise<T | TokenEndpointFailure>,
): Promise<T | TokenEndpointFailure> {
  const kept = await appCredentials.read()
  const answer = await send(kept)
  if (!isAppRejected(answer)) return answer
  const asked = [kept]
  for (const credential of await appCredentials.reread()) {
    if (asked.some((before) => isSameCredential(before, credential))) continue
    asked.push(credential)
    const secondAnswer = await send(credential)
    if (isAppRejected(secondAnswer)) continue
    appCredentials.prefer(credential)
    return secondAnswer
  }
  return answer
}

/** Whether Microsoft accepts neither version of the app credential, which is no word on the grant. */
export function isAppRejected(
  answer: { readonly outcome: 'issued' } | TokenEndpointFailure,
): boolean {
  return answer.outcome === 'refused' && meaningOf(answer.refusal) === 'app_rejected'
}
