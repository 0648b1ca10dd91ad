/**
 * How every AWS client is set up: time-outs well inside the functions' own, so that a call that hangs
 * is tried again instead of taking the request down with it.
 */
export const AWS_CLIENT_SETTINGS = {
  maxAttempts: 3,
  // As they are by default; each client would look for them in the environment and in files first.
  retryMode: 'standard',
  defaultsMode: 'legacy',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  // Else every call puts its middleware together anew, at a tenth of what it costs.
  cacheMiddleware: true,
  requestHandler: {
    connectionTimeout: 1000,
    // Until the answer begins, and between two pieces of it.
    requestTimeout: 2000,
    socketTimeout: 2000,
    throwOnRequestTimeout: true,
  },
} as const
