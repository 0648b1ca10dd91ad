import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/closing-line.ts'

const project = (name: string, timeout: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
  },
})

export default defineConfig({
  test: {
    expect: { requireAssertions: true },
    sequence: { shuffle: true },
    reporters: ['default', new ClosingLine()],
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [project('unit', 20_000), project('contract', 30_000), project('e2e', 60_000)],
    coverage: {
      provider: 'v8',
      include: ['functions/**/*.ts'],
      exclude: ['functions/*/index.ts'],
    },
  },
})
