import type { AppCredential, AppCredentials } from './app-credentials.ts'
import type { FailedAuthorization } from './authorization-request.ts'
import { reasonFor, reasonOfProblem } from './guidance.ts'
import { redeemWithAppCredential } from './redeem-with-app-credential.ts'
import type { TokenEndpointFailure } from './token-endpoint.ts'
import type { Wait } from './wait.ts'

/** Refusals that may only mean that a fresh consent has not reached every server of Microsoft's yet. */
const PERHAPS_NOT_SPREAD = new Set([65001, 700016, 650051])

/** How long to wait before the next try, in milliseconds; a code lives about a minute. */
const SPREAD_WAITS_MS = [1500, 3000]

/**
 * Sends a token request of a sign-in; waits and sends it again where an administrator's consent may not
 * have spread yet.
 */
export async function redeemAuthorization<T extends { readonly outcome: 'issued' }>(
  deps: { readonly appCredentials: AppCredentials; readonly wait: Wait },
  send: (credential: AppCredential) => Promise<T | TokenEndpointFailure>,
): Promise<T | TokenEndpointFailure> {
  for (const milliseconds of SPREAD_WAITS_MS) {
    const answer = await redeemWithAppCredential(deps.appCredentials, send)
    if (!isPerhapsNotSpread(answer)) return answer
    await deps.wait(milliseconds)
  }
  return redeemWithAppCredential(deps.appCredentials, send)
}

function isPerhapsNotSpread(
  answer: { readonly outcome: 'issued' } | TokenEndpointFailure,
): boolean {
  return answer.outcome === 'refused' && PERHAPS_NOT_SPREAD.has(answer.refusal.code ?? 0)
}

/** How the person is told that no tokens were issued. */
export function failedRedemption(failure: TokenEndpointFailure, now: Date): FailedAuthorization {
  if (failure.outcome === 'refused') {
    const { correlationId } = failure.refusal
    return { outcome: 'failed', reason: reasonFor(failure.refusal, now), correlationId }
  }
  const problem = failure.outcome === 'malformed' ? 'answer_not_valid' : 'microsoft_unavailable'
  return { outcome: 'failed', reason: reasonOfProblem(problem, now) }
}
