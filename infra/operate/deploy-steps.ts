import { OUTPUT, STACK_NAME, VERSION } from '../outputs.ts'
import type { Place } from '../region-of.ts'
import type { DeployedStack, DeployedStacks } from './deployed-stack.ts'

export interface DeployDependencies {
  /** Where this shell's credentials and settings lead to. */
  place(): Promise<Place>
  /** Where the last deployment of this folder went. */
  lastPlace(): Promise<Place | undefined>
  readonly stacks: DeployedStacks
  readonly tell: (line: string) => void
}

export interface DeployWishes {
  /** Deploy to another account or region than last time. */
  readonly isElsewhere: boolean
  /** Deploy an older version than the one that runs. */
  readonly isOlder: boolean
  /** The stack of `cdk bootstrap`. */
  readonly toolkitStack: string
  /** The stream of a restored table that the settings name, if they do. */
  readonly connectionsStreamArn: string | undefined
}

/**
 * Looks at where a deployment would go.
 * @throws Error that says what to do instead; then nothing may be deployed.
 */
export async function prepareDeployment(
  deps: DeployDependencies,
  wishes: DeployWishes,
): Promise<void> {
  const place = await deps.place()
  if (!wishes.isElsewhere) requireSamePlace(await deps.lastPlace(), place)
  const [toolkit, stack] = await Promise.all([
    deps.stacks.read(wishes.toolkitStack),
    deps.stacks.read(STACK_NAME),
  ])
  if (toolkit === undefined) {
    throw new Error(
      `CDK was never set up in ${place.region} of account ${place.account}: run "npx cdk bootstrap aws://${place.account}/${place.region}" once`,
    )
  }
  if (stack !== undefined) await requireFit(deps, stack, wishes)
  deps.tell(`deploying ${VERSION} to ${place.region} of account ${place.account}`)
}

/** Whether the stack that is there takes this deployment. */
async function requireFit(
  deps: DeployDependencies,
  stack: DeployedStack,
  wishes: DeployWishes,
): Promise<void> {
  requireReady(stack)
  requireNewer(stack, wishes)
  await requireSameTable(deps, stack, wishes)
}

function requireSamePlace(last: Place | undefined, place: Place): void {
  const isSame =
    last === undefined || (last.region === place.region && last.account === place.account)
  if (isSame) return
  throw new Error(
    `the last deployment went to ${last.region} of account ${last.account}, this one would make a second, empty service in ${place.region} of account ${place.account}: set AWS_REGION and AWS_PROFILE to the first, or add --elsewhere`,
  )
}

/** What has to happen before CloudFormation takes another deployment, by its word for the stack. */
const NOT_READY: Readonly<Record<string, string>> = {
  ROLLBACK_COMPLETE:
    'its first deployment failed and left nothing to build on: run "npm run destroy", then deploy again',
  ROLLBACK_FAILED: 'its first deployment failed: run "npm run destroy", then deploy again',
  DELETE_FAILED: 'it was not destroyed wholly: run "npm run destroy" again',
  UPDATE_ROLLBACK_FAILED: 'the way back from a failed deployment failed: run "npx cdk rollback"',
}

function requireReady({ status }: DeployedStack): void {
  if (status.endsWith('_IN_PROGRESS')) {
    throw new Error(
      `CloudFormation is at work on ${STACK_NAME} (${status}): wait until it has ended`,
    )
  }
  const remedy = NOT_READY[status]
  if (remedy !== undefined) throw new Error(`${STACK_NAME} is in ${status}: ${remedy}`)
}

function requireNewer({ outputs }: DeployedStack, { isOlder }: DeployWishes): void {
  const running = outputs[OUTPUT.version]
  if (running === undefined || isOlder || compareVersions(running, VERSION) <= 0) return
  throw new Error(
    `version ${running} runs, this folder is ${VERSION}, which may not read what ${running} has stored: deploy ${running} or later, or add --older-version after reading its release notes`,
  )
}

/** Without its setting the next deployment would make a new, empty table and leave the connections behind. */
async function requireSameTable(
  { stacks }: DeployDependencies,
  { outputs }: DeployedStack,
  { connectionsStreamArn }: DeployWishes,
): Promise<void> {
  const table = outputs[OUTPUT.connectionsTable]
  if (table === undefined || connectionsStreamArn !== undefined) return
  if (await stacks.owns(STACK_NAME, table)) return
  throw new Error(
    `the service uses the restored table ${table}, which this deployment would leave for a new, empty one: run "npm run restore -- --table ${table}" and write the setting that it prints into the context of cdk.json`,
  )
}

/** Negative when the first is the older one. */
function compareVersions(one: string, other: string): number {
  const [a = [], b = []] = [one, other].map((version) => version.split('.').map(Number))
  const index = a.findIndex((part, at) => part !== b[at])
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
}
