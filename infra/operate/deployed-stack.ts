import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  type Stack,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation'

/** A stack as CloudFormation knows it. */
export interface DeployedStack {
  /** CloudFormation's word, such as `UPDATE_COMPLETE`. */
  readonly status: string
  readonly region: string
  readonly account: string
  /** By their names in the template. */
  readonly outputs: Readonly<Record<string, string>>
}

/** What outlives its stack. */
export interface KeptResource {
  /** CloudFormation's type, such as `AWS::DynamoDB::Table`. */
  readonly type: string
  readonly physicalId: string
}

/** The stacks of one account and region. */
export interface DeployedStacks {
  /** @returns `undefined` when there is no such stack. */
  read(name: string): Promise<DeployedStack | undefined>
  /** The resources that stay when the stack is deleted, by their physical names. */
  kept(name: string): Promise<readonly KeptResource[]>
  /** Whether a resource of that physical name is the stack's own. */
  owns(name: string, physicalId: string): Promise<boolean>
}

export function cloudFormationStacks(client: CloudFormationClient): DeployedStacks {
  return {
    read: async (name) => {
      const answer = await unlessMissing(
        client.send(new DescribeStacksCommand({ StackName: name })),
      )
      const [stack] = answer?.Stacks ?? []
      return stack && deployedStackOf(stack)
    },
    kept: async (name) => {
      const stack = { StackName: name }
      const [template, resources] = await Promise.all([
        unlessMissing(client.send(new GetTemplateCommand(stack))),
        unlessMissing(allResources(client, name)),
      ])
      const retained = retainedIds(template?.TemplateBody)
      return (resources ?? [])
        .filter(({ LogicalResourceId = '' }) => retained.has(LogicalResourceId))
        .map(({ ResourceType = '', PhysicalResourceId = '' }) => ({
          type: ResourceType,
          physicalId: PhysicalResourceId,
        }))
    },
    owns: async (name, physicalId) => {
      const resources = await unlessMissing(allResources(client, name))
      return resources?.some((one) => one.PhysicalResourceId === physicalId) ?? false
    },
  }
}

/** DescribeStackResources would answer the first hundred only. */
async function allResources(
  client: CloudFormationClient,
  StackName: string,
): Promise<readonly StackResourceSummary[]> {
  const found: StackResourceSummary[] = []
  let NextToken: string | undefined
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken }))
    found.push(...(page.StackResourceSummaries ?? []))
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return found
}

function deployedStackOf({ StackId = '', StackStatus, Outputs = [] }: Stack): DeployedStack {
  const [, , , region = '', account = ''] = StackId.split(':')
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])
  return { status: String(StackStatus), region, account, outputs: Object.fromEntries(outputs) }
}

/** The logical ids of what the template of a deployment keeps; CDK writes templates as JSON. */
function retainedIds(template = '{}'): ReadonlySet<string> {
  const { Resources = {} } = JSON.parse(template) as {
    readonly Resources?: Readonly<Record<string, { readonly DeletionPolicy?: string }>>
  }
  const kept = Object.entries(Resources).filter(([, it]) => it.DeletionPolicy === 'Retain')
  return new Set(kept.map(([id]) => id))
}

/** CloudFormation has no error of its own for what does not exist. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    const isMissing = error instanceof Error && error.name === 'ValidationError'
    if (isMissing && error.message.includes('does not exist')) return undefined
    throw error
  }
}
