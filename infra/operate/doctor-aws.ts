import { OUTPUT, type Outputs, STACK_NAME, VERSION } from '../outputs.ts'
import { placeOf } from '../region-of.ts'
import type { DeployedStack } from './deployed-stack.ts'
import { type Finding, right, unknown, wrong } from './finding.ts'

/** One rule that wakes a sweep. */
export interface SweepRule {
  readonly name: string
  readonly isEnabled: boolean
}

/** The sweeps that finished of late. */
export interface FinishedSweeps {
  readonly count: number
  /** The minute of the last one. */
  readonly lastAt: Date
  /** How long the longest due connection had waited when its sweep began. */
  readonly oldestDueMs: number
}

/** The refresh function as Lambda knows it. */
export interface FunctionState {
  readonly isActive: boolean
  /** `undefined` when it may take what the account has. */
  readonly reservedConcurrency: number | undefined
  readonly logGroup: string
  readonly variables: Readonly<Record<string, string>>
}

/** How long is looked back for a sweep that finished: metrics come a minute or two late. */
export const SWEEPS_WITHIN_MS = 15 * 60 * 1000

/** Due for longer than this, connections wait for more than one sweep. */
const OLDEST_DUE_LIMIT_MS = 10 * 60 * 1000

/** CloudFormation's words for a stack that is as its template says. */
const SETTLED = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']

export function stackFinding(outputs: Outputs, stack: DeployedStack | undefined): Finding {
  if (stack === undefined) {
    const place = placeOf(outputs.appCredentialSecret)
    const where = place && `account ${place.account} in ${place.region}`
    return wrong(
      `there is no stack ${STACK_NAME} where these credentials are; it was deployed to ${where ?? 'another place'}: sign in there, or run "npm run deploy"`,
    )
  }
  const { status, region, account } = stack
  if (!SETTLED.includes(status)) {
    return wrong(
      `CloudFormation says ${status}: wait until it has ended, then run "npm run deploy"`,
    )
  }
  const names = Object.keys(OUTPUT) as (keyof Outputs)[]
  const other = names.find((name) => stack.outputs[OUTPUT[name]] !== outputs[name])
  if (other !== undefined) {
    return wrong(
      `the outputs file says another ${OUTPUT[other]} than the stack: run "npm run deploy" to write it anew`,
    )
  }
  if (outputs.version !== VERSION) {
    return wrong(
      `version ${outputs.version} is deployed, this folder is ${VERSION}: run "npm run deploy", or use the folder of ${outputs.version}`,
    )
  }
  return right(`version ${VERSION} in ${region} of account ${account}`)
}

export function functionFinding(state: FunctionState): Finding {
  if (!state.isActive) {
    return wrong('the refresh function is not ready: run "npm run deploy" and look at its error')
  }
  if (state.reservedConcurrency === 0) {
    return wrong(
      'the refresh function is stopped by a reserved concurrency of 0: remove it with "aws lambda delete-function-concurrency"',
    )
  }
  return right('the refresh function is ready')
}

export function ruleFinding(rules: readonly SweepRule[]): Finding {
  if (rules.length === 0) {
    return wrong('no rule wakes the refresh function: run "npm run deploy"')
  }
  const off = rules.filter(({ isEnabled }) => !isEnabled)
  const commands = off.map(({ name }) => `"aws events enable-rule --name ${name}"`)
  return off.length === 0
    ? right(`every rule is enabled (${rules.length})`)
    : wrong(
        `${off.length} of ${rules.length} rules are disabled, so nothing of theirs is refreshed: run ${commands.join(', ')}`,
      )
}

export function sweepFinding(
  sweeps: FinishedSweeps | undefined,
  { now, logGroup }: { readonly now: Date; readonly logGroup: string },
): Finding {
  const minutes = (milliseconds: number) => Math.round(milliseconds / 60_000)
  if (sweeps === undefined) {
    return wrong(
      `none has finished within ${minutes(SWEEPS_WITHIN_MS)} minutes (a new stack needs three until that is known): read "aws logs tail ${logGroup}"`,
    )
  }
  if (sweeps.oldestDueMs > OLDEST_DUE_LIMIT_MS) {
    return wrong(
      `a connection was due for ${minutes(sweeps.oldestDueMs)} minutes: set more "shards" and deploy, unless Microsoft was out of reach`,
    )
  }
  const ago = minutes(now.getTime() - sweeps.lastAt.getTime())
  return right(`${sweeps.count} have finished of late, the last one ${ago} minutes ago`)
}

/** Token times are judged by Lambda's clock and set by Microsoft's. */
const CLOCKS_APART_LIMIT_MS = 60 * 1000

/** AWS refuses what was signed with a clock that is off by five minutes. */
const OWN_CLOCK_LIMIT_MS = 60 * 1000

/** @param ahead how far each clock is ahead of this machine's, where an answer came */
export function clockFinding(ahead: {
  readonly aws: number | undefined
  readonly microsoft: number | undefined
}): Finding {
  const { aws, microsoft } = ahead
  if (aws === undefined || microsoft === undefined) {
    return unknown('AWS or Microsoft did not say what time it is')
  }
  const seconds = (milliseconds: number) => `${Math.round(Math.abs(milliseconds) / 1000)} s`
  if (Math.abs(aws - microsoft) > CLOCKS_APART_LIMIT_MS) {
    return wrong(
      `AWS and Microsoft differ by ${seconds(aws - microsoft)}: tokens may be refused until they agree; ask both for their status`,
    )
  }
  if (Math.abs(aws) > OWN_CLOCK_LIMIT_MS) {
    return wrong(
      `this machine is ${seconds(aws)} off, which touches only commands that run here: set its clock`,
    )
  }
  return right(`AWS and Microsoft agree within ${seconds(aws - microsoft)}`)
}
