import { defineConfig } from 'vitest/config'
import { ClosingLine } from '../closing-line.ts'

/** Long enough for five programs at once on a busy machine. */
const TIMEOUT_MS = 60_000

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  root: import.meta.dirname,
  test: {
    name: 'examples',
    include: ['*.test.ts'],
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    expect: { requireAssertions: true },
    reporters: ['verbose', new ClosingLine()],
  },
})
