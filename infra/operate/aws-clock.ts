import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { aheadOf } from './entra-probe.ts'

/**
 * Reads the `Date` of every answer that the client gets.
 * @returns how far AWS's clock was ahead of this machine's at its last answer.
 */
export function awsClockOf(
  client: CloudFormationClient,
  now: () => Date,
): () => number | undefined {
  let aheadMs: number | undefined
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      aheadMs = aheadOf(dateOf(result.response), now()) ?? aheadMs
      return result
    },
    { step: 'deserialize', name: 'readDate' },
  )
  return () => aheadMs
}

function dateOf(response: unknown): string | undefined {
  const { headers } = response as { readonly headers?: Readonly<Record<string, string>> }
  return headers?.date
}
