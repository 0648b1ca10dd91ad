import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/closing-line.ts'

const project = (name: string, timeout: number, folder = name) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${folder}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
  },
})

const browser = project('browser', 120_000)

/** One browser at a time; what a page shows comes when it comes. */
const browserProject = {
  ...browser,
  test: { ...browser.test, fileParallelism: false, expect: { poll: { timeout: 20_000 } } },
}

export default defineConfig({
  test: {
    expect: { requireAssertions: true },
    sequence: { shuffle: true },
    // vitest would leave one processor idle, of two.
    maxWorkers: '100%',
    reporters: ['default', new ClosingLine()],
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      project('unit', 20_000),
      project('contract', 30_000),
      project('model', 600_000),
      project('e2e', 60_000),
      project('faults', 120_000, 'faults/wire'),
      browserProject,
    ],
    coverage: {
      provider: 'v8',
      include: ['functions/**/*.ts'],
      exclude: ['functions/*/index.ts'],
    },
  },
})
