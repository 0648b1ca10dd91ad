import type { SignInProblem } from './guidance.ts'
import type { SignInTokens } from './sign-in-token.ts'

/**
 * Uses a link up for what `keep` keeps of its sign-in, and gives it back when nothing was kept. Call it
 * last before that, when everything else is ready.
 * @returns why nothing was kept, or `undefined`.
 */
export async function spendLink(
  signInTokens: Pick<SignInTokens, 'spend' | 'restore'>,
  spender: { readonly signInTokenDigest: string; readonly requestId: string },
  keep: () => Promise<SignInProblem | undefined>,
): Promise<SignInProblem | undefined> {
  const { signInTokenDigest, requestId } = spender
  if (!(await signInTokens.spend(signInTokenDigest, requestId))) return 'link_used'
  let problem: SignInProblem | undefined = 'connection_changed'
  try {
    problem = await keep()
    return problem
  } finally {
    if (problem) await signInTokens.restore(signInTokenDigest, requestId)
  }
}
