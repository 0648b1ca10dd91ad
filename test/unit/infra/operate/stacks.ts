import type {
  DeployedStack,
  DeployedStacks,
  KeptResource,
} from '../../../../infra/operate/deployed-stack.ts'

/** A healthy stack; `outputs` by their names in the template. */
export function aStack(stack: Partial<DeployedStack> = {}): DeployedStack {
  return {
    status: 'UPDATE_COMPLETE',
    region: 'eu-west-1',
    account: '123456789012',
    outputs: {},
    ...stack,
  }
}

/** The stacks of an account, by their names, with what of the service stays and what is its own. */
export function memoryStacks(
  stacks: Readonly<Record<string, DeployedStack>>,
  { kept = [], own = [] }: { kept?: readonly KeptResource[]; own?: readonly string[] } = {},
): DeployedStacks {
  return {
    read: async (name) => stacks[name],
    kept: async () => kept,
    owns: async (_name, physicalId) => own.includes(physicalId),
  }
}
