import { OUTPUT, STACK_NAME } from '../outputs.ts'
import { type Confirming, requireConfirmation } from './confirmation.ts'
import type { DeployedStack, DeployedStacks, KeptResource } from './deployed-stack.ts'

export interface DestroyDependencies {
  readonly stacks: DeployedStacks
  countConnected(table: string): Promise<number>
  readonly confirming: Confirming
  readonly tell: (line: string) => void
}

/**
 * Says what a destruction of the stack keeps and what it ends, and has it confirmed.
 * @param confirmed the name of the stack, as it was given beforehand
 * @throws Error that says what to do; then nothing may be destroyed.
 */
export async function prepareDestruction(
  deps: DestroyDependencies,
  confirmed: string | undefined,
): Promise<void> {
  const stack = await deps.stacks.read(STACK_NAME)
  if (stack === undefined) {
    throw new Error(
      `there is no stack ${STACK_NAME} in this account and region: set AWS_PROFILE or AWS_REGION to where it is`,
    )
  }
  deps.tell(`${STACK_NAME} in ${stack.region} of account ${stack.account}`)
  const table = stack.outputs[OUTPUT.connectionsTable]
  const connected = table === undefined ? 0 : await deps.countConnected(table)
  const kept = await deps.stacks.kept(STACK_NAME)
  const isKept = table === undefined || (await staysBehind(deps, table, kept))
  tellConnections(deps, { connected, isKept })
  tellKept(deps, { table: isKept ? table : undefined, kept })
  tellGone(deps, stack)
  await requireConfirmation(deps.confirming, {
    word: STACK_NAME,
    given: confirmed,
    option: '--yes-delete',
  })
}

/** A table stays that the stack keeps, or that was never the stack's own. */
async function staysBehind(
  { stacks }: DestroyDependencies,
  table: string,
  kept: readonly KeptResource[],
): Promise<boolean> {
  if (kept.some(({ physicalId }) => physicalId === table)) return true
  return !(await stacks.owns(STACK_NAME, table))
}

function tellConnections(
  { tell }: DestroyDependencies,
  { connected, isKept }: { readonly connected: number; readonly isKept: boolean },
): void {
  if (connected === 0) {
    tell('No connection is connected.')
    return
  }
  tell(`${connected.toLocaleString('en')} connections are connected. From now on:`)
  tell('  no token is handed out and none is refreshed; what was handed out ends within 90 minutes')
  tell(
    isKept
      ? '  their grants stay, sealed, for 90 days after their last refresh: infra/RESTORE.md tells how to use them again'
      : '  THEIR GRANTS ARE DELETED, since the table is not kept: every customer has to sign in again',
  )
}

function tellKept(
  { tell }: DestroyDependencies,
  { table, kept }: { readonly table: string | undefined; readonly kept: readonly KeptResource[] },
): void {
  const names = new Set([
    ...(table === undefined ? [] : [table]),
    ...kept.map(({ physicalId }) => physicalId),
  ])
  tell(names.size === 0 ? 'Kept: nothing' : 'Kept, and still paid for:')
  for (const name of names) tell(`  ${name}`)
}

function tellGone({ tell }: DestroyDependencies, { outputs }: DeployedStack): void {
  const { [OUTPUT.apiUrl]: apiUrl, [OUTPUT.replyUrl]: replyUrl } = outputs
  tell('Gone: the functions, the schedule, the sign-ins under way, all logs')
  tell('  and the event bus, once no rule of yours is on it: AWS deletes none before')
  if (apiUrl === undefined) return
  tell(`  and ${apiUrl}, which no deployment gets again`)
  if (replyUrl?.startsWith(apiUrl)) {
    tell(`  so that ${replyUrl} is of no use at Microsoft any more`)
  }
}
