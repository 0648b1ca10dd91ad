import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { STACK_NAME } from '../outputs.ts'
import { runCommand } from '../run-command.ts'
import { cdkOption, ownArguments } from './cdk-arguments.ts'
import { terminalConfirming } from './confirmation.ts'
import { countConnected } from './connected-connections.ts'
import { cloudFormationStacks } from './deployed-stack.ts'
import { prepareDestruction } from './destroy-steps.ts'
import { runCdk } from './run-cdk.ts'

/** Asks first; what is destroyed, and what is kept, is the template's. */
async function main(): Promise<void> {
  const { own, cdk } = ownArguments(process.argv.slice(2), { values: ['--yes-delete'], flags: [] })
  // What is looked at has to be what CDK destroys.
  const [profile] = cdkOption(cdk, '--profile')
  const client = { ...(profile !== undefined && { profile }) }
  await prepareDestruction(
    {
      stacks: cloudFormationStacks(new CloudFormationClient(client)),
      countConnected: (table) => countConnected(new DynamoDBClient(client), table),
      confirming: terminalConfirming(),
      tell: (line) => console.log(line),
    },
    own.get('--yes-delete'),
  )
  await runCdk(['destroy', STACK_NAME, '--force', ...cdk])
}

await runCommand('destroy', main)
