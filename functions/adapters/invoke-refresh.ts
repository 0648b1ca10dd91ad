import type { InvocationType } from '@aws-sdk/client-lambda'
import { ServiceError } from '../domain/service-error.ts'
import type { LambdaInvoke } from './lambda-invoke.ts'

/**
 * One invocation of the `refresh` function, answered with its payload.
 * @throws ServiceError `refresh_unavailable` when it does not answer, or failed
 */
export type InvokeRefresh = (event: object, type: InvocationType) => Promise<string>

export interface InvokeRefreshOptions {
  readonly functionName: string
  /** What could not be done when it does not answer; for whoever asked. */
  readonly words: string
}

/** A refresh may take 25 seconds; handing a wish over takes none. */
const TIMEOUT_MS = { RequestResponse: 26_000, Event: 1500, DryRun: 1500 } as const

/** The client is loaded with the first request, which most containers never make. */
export function invokeRefresh({ functionName, words }: InvokeRefreshOptions): InvokeRefresh {
  let loaded: Promise<LambdaInvoke> | undefined
  return async (event, type) => {
    loaded ??= import('./lambda-invoke.ts').then((module) => module.lambdaInvoke(functionName))
    const invoke = await loaded
    try {
      return await invoke(event, type, AbortSignal.timeout(TIMEOUT_MS[type]))
    } catch (error) {
      throw new ServiceError(words, {
        code: 'refresh_unavailable',
        cause: error,
        evidence: { name: error instanceof Error ? error.name : 'unknown' },
      })
    }
  }
}
