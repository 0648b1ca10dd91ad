import { basename, resolve } from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * Makes a file of its own of each module that is reached by `import()`, so that starting does not pay for
 * what a request seldom needs. Such a module holds packages alone: of a module of ours there would be two.
 * @param found is given the source of each
 */
export function lazyPartsPlugin(found: (source: string) => void): Plugin {
  return {
    name: 'lazy-parts',
    setup: (build) => {
      build.onResolve({ filter: /^\.\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined
        found(resolve(resolveDir, path))
        return { path: `./${lazyPartName(path)}`, external: true }
      })
    },
  }
}

/** `lambda-client.ts` becomes `lambda-client.js`, beside `index.js`. */
export function lazyPartName(source: string): string {
  return basename(source).replace(/\.ts$/, '.js')
}
