import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'

const ANSWERS = join(import.meta.dirname, '..', 'functions', 'adapters', 'whole-answer.ts')

/**
 * Gives oauth4webapi the headers and answers of this repository for the global ones, with which all of
 * undici is loaded: 30 ms of a callback's start of 170. On the same line, so that its source map still fits.
 */
export const oauthAnswersPlugin: Plugin = {
  name: 'oauth-answers',
  setup: (build) => {
    build.onLoad({ filter: /oauth4webapi\/build\/index\.js$/ }, async ({ path }) => {
      const names = '{ PlainHeaders as Headers, WholeAnswer as Response }'
      const source = await readFile(path, 'utf8')
      const contents = `import ${names} from ${JSON.stringify(ANSWERS)};${source}`
      return { contents, resolveDir: dirname(path) }
    })
  },
}
