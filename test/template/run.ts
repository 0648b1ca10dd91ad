import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say } from '../support/say.ts'
import { acknowledgedIn } from '../unit/infra/acknowledged.ts'
import { EVERY_SETTING } from '../unit/infra/every-setting.ts'
import { stackOf, synthesized } from '../unit/infra/synthesized.ts'
import { type Accepted, WITH_EVERY_SETTING, WITHOUT_SETTINGS } from './accepted.ts'
import { installLinters } from './install.ts'
import { cfnLint, checkov, type Finding } from './linters.ts'

/** A context, and which findings stand in the template that it makes. */
interface Case {
  readonly name: string
  readonly context: Readonly<Record<string, unknown>>
  readonly accepted: readonly Accepted[]
}

const CASES: readonly Case[] = [
  { name: 'without any setting', context: {}, accepted: WITHOUT_SETTINGS },
  { name: 'with every setting', context: EVERY_SETTING, accepted: WITH_EVERY_SETTING },
]

/** Lints the template of one case. @returns how much is wrong. */
function lint({ name, context, accepted }: Case, folder: string): number {
  const file = join(folder, 'template.json')
  writeFileSync(file, JSON.stringify(synthesized(context).toJSON(), null, 2))
  const findings = [...cfnLint(file), ...checkov(file)]
  const stands = (finding: Finding) => accepted.some((one) => covers(one, finding))
  const open = findings.filter((finding) => !stands(finding))
  const leftOver = accepted.filter((one) => !findings.some((finding) => covers(one, finding)))
  say(`${name}: ${open.length} findings, ${findings.length - open.length} accepted`)
  for (const { linter, rule, at, message } of open) say(`  ${linter} ${rule} ${at}: ${message}`)
  for (const { rule, at } of leftOver) say(`  accepted, but not found any more: ${rule} ${at}`)
  return open.length + leftOver.length
}

function covers({ rule, at }: Accepted, finding: Finding): boolean {
  return finding.rule === rule && at.test(finding.at)
}

interface Reason {
  readonly rule: string
  readonly reason: string
}

function tellReasons(heading: string, reasons: readonly Reason[]): void {
  say(`\n${heading}`)
  const lines = new Set(reasons.map(({ rule, reason }) => `  ${rule}: ${reason}`))
  for (const line of lines) say(line)
}

installLinters()
const folder = mkdtempSync(join(tmpdir(), 'template-'))
try {
  const failed = CASES.filter((one) => lint(one, folder) > 0).length
  tellReasons('accepted in accepted.ts:', WITHOUT_SETTINGS)
  tellReasons('acknowledged for cdk-nag, beside the constructs:', acknowledgedIn(stackOf()))
  say(`\n${CASES.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
