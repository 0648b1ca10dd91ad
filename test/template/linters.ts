import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { BIN } from './install.ts'

/** What a linter does not like, and where. */
export interface Finding {
  readonly linter: string
  readonly rule: string
  readonly at: string
  readonly message: string
}

/** What cfn-lint says of a template: errors and warnings. */
export function cfnLint(template: string): readonly Finding[] {
  const findings = answerOf('cfn-lint', ['--format', 'json', template]) as readonly CfnFinding[]
  return findings.map(({ Rule, Location, Message }) => ({
    linter: 'cfn-lint',
    rule: Rule.Id,
    at: Location.Path.join('/'),
    message: Message,
  }))
}

interface CfnFinding {
  readonly Rule: { readonly Id: string }
  readonly Location: { readonly Path: readonly (string | number)[] }
  readonly Message: string
}

/** What checkov says of a template, with the rules that it carries: it asks no server. */
export function checkov(template: string): readonly Finding[] {
  const options = ['--framework', 'cloudformation', '--skip-download', '--output', 'json']
  const report = answerOf('checkov', [...options, '--file', template]) as CheckovReport
  if (report.summary.passed === 0 || report.summary.parsing_errors > 0) {
    throw new Error(`checkov could not read ${template}`)
  }
  return report.results.failed_checks.map(({ check_id, resource, check_name }) => ({
    linter: 'checkov',
    rule: check_id,
    at: resource,
    message: check_name,
  }))
}

interface CheckovReport {
  readonly summary: { readonly passed: number; readonly parsing_errors: number }
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string
      readonly check_name: string
      readonly resource: string
    }[]
  }
}

/** checkov repeats each resource with each of its checks. */
const LARGEST_REPORT_BYTES = 64 * 1024 * 1024

/** Both exit with a code of their own when they find something, and with no JSON when they fail. */
function answerOf(linter: string, args: readonly string[]): unknown {
  const options = { encoding: 'utf8', maxBuffer: LARGEST_REPORT_BYTES } as const
  const { stdout, stderr } = spawnSync(join(BIN, linter), args, options)
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    throw new Error(`${linter} made no report: ${stderr}`, { cause })
  }
}
