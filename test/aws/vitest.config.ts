import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { ClosingLine } from '../closing-line.ts'

/** A sweep comes within its minute and one turn of the emulator's clock. */
const TIMEOUT_MS = 120_000

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    name: 'aws',
    include: ['*.test.ts'],
    reporters: ['verbose', new ClosingLine()],
    globalSetup: ['support/synthesize.ts'],
    setupFiles: ['support/reach-emulator.ts'],
    // The deployment mostly waits.
    maxWorkers: 2,
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    expect: { requireAssertions: true },
    silent: 'passed-only',
    // What comes after a step that failed would tell nothing.
    bail: 1,
  },
})
