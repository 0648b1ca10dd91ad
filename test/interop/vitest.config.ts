import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Long enough for a JVM to start on a busy machine. */
const TIMEOUT_MS = 90_000

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    name: 'interop',
    include: ['*.test.ts'],
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    expect: { requireAssertions: true },
    fileParallelism: false,
    silent: 'passed-only',
  },
})
