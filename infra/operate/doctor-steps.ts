import type { CheckCredential } from '../../functions/domain/credential-check.ts'
import type { RefreshOutcome } from '../../functions/domain/refresh-outcome.ts'
import {
  type KnownAppCredential,
  knownAppCredentialOf,
} from '../../functions/domain/stored-app-credential.ts'
import type { Outputs } from '../outputs.ts'
import { wordsOf } from '../run-command.ts'
import type { SecretStore } from '../setup-steps.ts'
import type { DeployedStack } from './deployed-stack.ts'
import {
  clockFinding,
  type FinishedSweeps,
  type FunctionState,
  functionFinding,
  ruleFinding,
  type SweepRule,
  stackFinding,
  sweepFinding,
} from './doctor-aws.ts'
import { consoleFinding } from './doctor-console.ts'
import {
  breakerFinding,
  credentialFinding,
  refreshFinding,
  replyUrlFinding,
} from './doctor-microsoft.ts'
import type { EntraProbe } from './entra-probe.ts'
import { type Finding, right, unknown, wrong } from './finding.ts'
import { type SecretKind, secretProblems } from './secret-problems.ts'

/** The deployed service, as far as a check needs it. */
export interface Patient {
  stack(): Promise<DeployedStack | undefined>
  readonly secrets: Pick<SecretStore, 'read'>
  /** With which sign-ins begin. */
  clientId(): Promise<string | undefined>
  rules(): Promise<readonly SweepRule[]>
  finishedSweeps(): Promise<FinishedSweeps | undefined>
  refreshFunction(): Promise<FunctionState>
  /** The code that the service's own breaker is open for. */
  openBreaker(): Promise<string | undefined>
  refresh(connectionId: number): Promise<RefreshOutcome>
  /** How far AWS's clock was ahead of this machine's. */
  awsClockAheadMs(): number | undefined
}

export interface DoctorDependencies {
  readonly patient: Patient
  readonly microsoft: EntraProbe
  readonly checkCredential: CheckCredential
  readonly tell: (line: string) => void
  readonly now: () => Date
}

export interface DoctorOptions {
  readonly outputs: Outputs
  /** The partner's own tenant, where Microsoft judges the credential by itself. */
  readonly tenant: string | undefined
  /** The connection to refresh. */
  readonly connectionId: number | undefined
}

const MARKS: Readonly<Record<Finding['mark'], string>> = {
  right: '✓',
  mind: '!',
  wrong: '✗',
  unknown: '…',
}

/**
 * Checks a deployed service and says of each thing in one line how it is, and how to mend it.
 * @returns whether nothing is wrong.
 */
export async function examine(deps: DoctorDependencies, options: DoctorOptions): Promise<boolean> {
  const found: Finding[] = []
  const check = async (about: string, look: () => Promise<Finding>): Promise<void> => {
    const finding = await look().catch((error: unknown) =>
      wrong(`could not be checked: ${wordsOf(error)}`),
    )
    found.push(finding)
    deps.tell(`${MARKS[finding.mark]} ${about}: ${finding.says}`)
  }
  const { patient, microsoft } = deps
  const { outputs } = options
  await check('stack', async () => stackFinding(outputs, await patient.stack()))
  await checkSecrets(deps, outputs, check)
  await check('console', () => examineConsole(patient, outputs))
  await check('app credential', () => examineCredential(deps, options))
  await check('reply URL', () => examineReplyUrl(deps, outputs))
  await check('refresh function', async () => functionFinding(await patient.refreshFunction()))
  await check('schedule', async () => ruleFinding(await patient.rules()))
  await check('sweeps', () => examineSweeps(deps))
  await check('clock', async () =>
    clockFinding({ aws: patient.awsClockAheadMs(), microsoft: microsoft.clockAheadMs() }),
  )
  await check('test refresh', () => examineRefresh(deps, options.connectionId))
  const problems = found.filter(({ mark }) => mark === 'wrong').length
  deps.tell(problems === 0 ? 'nothing is wrong' : `${problems} of ${found.length} are wrong`)
  return problems === 0
}

type Check = (about: string, look: () => Promise<Finding>) => Promise<void>

async function checkSecrets(
  { patient }: DoctorDependencies,
  outputs: Outputs,
  check: Check,
): Promise<void> {
  const secrets: readonly (readonly [string, SecretKind, string])[] = [
    ['keyring of access tokens', 'keyring', outputs.accessTokenKeyringSecret],
    ['keyring of refresh tokens', 'keyring', outputs.refreshTokenKeyringSecret],
    ['API access', 'apiAccess', outputs.apiAccessSecret],
    ['app credential, as stored', 'appCredential', outputs.appCredentialSecret],
  ]
  for (const [about, kind, secretId] of secrets) {
    await check(about, async () => {
      const problems = secretProblems(kind, await patient.secrets.read(secretId))
      return problems.length === 0
        ? right('filled')
        : wrong(`${problems.join('; ')}: ${remedyOf(kind, problems)} (${secretId})`)
    })
  }
}

function remedyOf(kind: SecretKind, problems: readonly string[]): string {
  if (problems.includes('is not filled')) return 'run "npm run setup"'
  return kind === 'appCredential'
    ? 'run "npm run setup -- --replace-app-credential"'
    : 'repair the secret, or put its previous version back; only where no token is sealed yet, store the text "placeholder" and run "npm run setup"'
}

/** Both secrets say who may sign in. */
async function examineConsole({ secrets }: Patient, outputs: Outputs): Promise<Finding> {
  const [consoleAccess, apiAccess] = await Promise.all([
    secrets.read(outputs.consoleAccessSecret),
    secrets.read(outputs.apiAccessSecret),
  ])
  return consoleFinding(outputs, { consoleAccess, apiAccess })
}

async function examineCredential(
  { patient, checkCredential }: DoctorDependencies,
  { outputs, tenant }: DoctorOptions,
): Promise<Finding> {
  const credential = credentialIn(await patient.secrets.read(outputs.appCredentialSecret))
  if (credential === undefined) return unknown('there is none to try')
  const { clientId } = credential
  const published = await patient.clientId()
  if (published !== clientId) {
    return wrong(
      `sign-ins begin with the client id ${published ?? '(none)'}, and end with ${clientId}: run "npm run setup"`,
    )
  }
  const code = await patient.openBreaker()
  if (code !== undefined) return breakerFinding(code)
  if (credential.kind === 'federated') {
    return unknown(
      'AWS vouches for the service alone, so only that can use it; --connection <id> does',
    )
  }
  return credentialFinding(await checkCredential({ credential, tenant }))
}

async function examineReplyUrl(
  { patient, microsoft }: DoctorDependencies,
  { replyUrl }: Outputs,
): Promise<Finding> {
  const clientId = await patient.clientId()
  if (clientId === undefined) return unknown(`register ${replyUrl}; no client id is set yet`)
  return replyUrlFinding(replyUrl, await microsoft.replyUrl({ clientId, replyUrl }))
}

async function examineSweeps({ patient, now }: DoctorDependencies): Promise<Finding> {
  const { logGroup } = await patient.refreshFunction()
  return sweepFinding(await patient.finishedSweeps(), { now: now(), logGroup })
}

async function examineRefresh(
  { patient }: DoctorDependencies,
  connectionId: number | undefined,
): Promise<Finding> {
  if (connectionId === undefined) return unknown('none was asked for; add --connection <id>')
  return refreshFinding(connectionId, await patient.refresh(connectionId))
}

function credentialIn(text: string | undefined): KnownAppCredential | undefined {
  try {
    return knownAppCredentialOf(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}
