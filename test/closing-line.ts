import type { Reporter, TestModule } from 'vitest/node'

/** Ends the output with one plain line: how many tests passed and failed. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((one) => one.result().state === state).length
    const brokenModules = modules.filter((module) => module.state() === 'failed')
    // It failed in a hook, or could not be read.
    const withoutFailedTest = brokenModules.filter(
      (module) => [...module.children.allTests('failed')].length === 0,
    )
    const failed = count('failed') + withoutFailedTest.length + errors.length
    const skipped = count('skipped')
    const rest = skipped > 0 ? `, ${skipped} skipped` : ''
    process.stdout.write(`\n${count('passed')} passed, ${failed} failed${rest}\n`)
  }
}
