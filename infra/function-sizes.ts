import type { FunctionName, ServiceFunctionProps } from './service-function.ts'

/** What a function is for, and how much of a machine it gets. */
export type FunctionSize = Pick<
  ServiceFunctionProps,
  'description' | 'memoryMiB' | 'timeoutSeconds'
>

/**
 * More memory means more processor: a gigabyte where a person or the partner's own request waits for a
 * first start. Whatever is asked over HTTP keeps below the 29 seconds of API Gateway; a sweep ends
 * before the next one begins.
 */
export const FUNCTION_SIZES: Readonly<Record<FunctionName, FunctionSize>> = {
  authorize: {
    description: 'Starts a sign-in with Microsoft',
    memoryMiB: 1024,
    timeoutSeconds: 10,
  },
  callback: {
    description: 'Completes a sign-in with Microsoft and stores its tokens',
    memoryMiB: 1024,
    timeoutSeconds: 15,
  },
  token: {
    description: 'Hands out a valid access token',
    memoryMiB: 1024,
    // It may wait for a refresh, which may take 25 seconds.
    timeoutSeconds: 28,
  },
  refresh: {
    description: 'Refreshes the tokens that are due, or those of one connection',
    memoryMiB: 512,
    timeoutSeconds: 50,
  },
  api: {
    description: 'The management API',
    memoryMiB: 512,
    // An import of tokens may take 20 seconds.
    timeoutSeconds: 28,
  },
  console: {
    description: 'The web console: set up, connect, watch, mend',
    memoryMiB: 1024,
    // A refresh that somebody asks for may take 25 seconds.
    timeoutSeconds: 28,
  },
  // Nobody waits for it; a batch of a hundred events takes some seconds.
  events: {
    description: 'Publishes what changes of a connection on the event bus',
    memoryMiB: 256,
    timeoutSeconds: 60,
  },
  // Secrets Manager waits for it, at each of the four steps of a rotation.
  rotation: {
    description: 'Adds a key to a keyring when Secrets Manager asks for it',
    memoryMiB: 256,
    timeoutSeconds: 30,
  },
}
