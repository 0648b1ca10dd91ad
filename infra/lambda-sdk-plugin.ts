import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/**
 * What the SDK brings along and no function here ever reaches: by the package that is asked for, what
 * stands in its place. Reaching it all the same is an error that says so.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  // For operations that stream events. 17 KB, and as it is imported by `import()`, esbuild would keep
  // whatever it shares with the rest of the SDK in modules of their own: 18 KB more.
  '@smithy/core/event-streams': `
export class EventStreamSerde {
  constructor() {
    throw new Error('the event streams of the AWS SDK are left out of this bundle')
  }
}
export const eventStreamSerdeProvider = () => undefined
export const resolveEventStreamSerdeConfig = (config) => config
`,
  // For endpoint discovery, which DynamoDB's clients switch off by themselves. 8 KB.
  '@aws-sdk/endpoint-cache': `
export class EndpointCache {
  get() {
    throw new Error('the endpoint discovery of the AWS SDK is left out of this bundle')
  }
}
`,
}

/** Leaves the parts of the AWS SDK out of a bundle that no function reaches: 43 KB of 201. */
export const lambdaSdkPlugin: Plugin = {
  name: 'lambda-sdk',
  setup: (build) => {
    const namespace = 'lambda-sdk'
    build.onResolve({ filter: /^@(smithy|aws-sdk)\// }, ({ path }) =>
      Object.hasOwn(STAND_INS, path) ? { path, namespace, sideEffects: false } : undefined,
    )
    // Of its package.json each client reads its own version, to name itself by.
    build.onLoad({ filter: /@aws-sdk\/client-[a-z-]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'))
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: STAND_INS[path] ?? '' }))
  },
}
