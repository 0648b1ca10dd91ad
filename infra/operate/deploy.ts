import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import cdk from '../../cdk.json' with { type: 'json' }
import { consoleWords } from '../console-words.ts'
import { OUTPUTS_FILE, readOutputs, readPlace } from '../outputs.ts'
import type { Place } from '../region-of.ts'
import { runCommand } from '../run-command.ts'
import { cdkOption, contextArgument, ownArguments } from './cdk-arguments.ts'
import { prepareDeployment } from './deploy-steps.ts'
import { cloudFormationStacks } from './deployed-stack.ts'
import { runCdk } from './run-cdk.ts'

const FLAGS = ['--elsewhere', '--older-version']

/** The stack that `cdk bootstrap` makes unless it is told another name. */
const TOOLKIT_STACK = 'CDKToolkit'

/** Looks first, then deploys as `cdk deploy` does; every other argument is CDK's. */
async function main(): Promise<void> {
  const { own, cdk: args } = ownArguments(process.argv.slice(2), { flags: FLAGS, values: [] })
  const [profile] = cdkOption(args, '--profile')
  const [outputsFile] = cdkOption(args, '--outputs-file')
  const client = { ...(profile !== undefined && { profile }) }
  const written: Readonly<Record<string, unknown>> = cdk.context
  await prepareDeployment(
    {
      place: () => placeOfShell(client),
      lastPlace: () => readPlace(outputsFile ?? OUTPUTS_FILE),
      stacks: cloudFormationStacks(new CloudFormationClient(client)),
      tell: (line) => console.log(line),
    },
    {
      isElsewhere: own.has('--elsewhere'),
      isOlder: own.has('--older-version'),
      toolkitStack: cdkOption(args, '--toolkit-stack-name')[0] ?? TOOLKIT_STACK,
      connectionsStreamArn:
        contextArgument(args, 'connectionsStreamArn') ?? textOf(written.connectionsStreamArn),
    },
  )
  const outputs = outputsFile === undefined ? ['--outputs-file', OUTPUTS_FILE] : []
  const isDeployed = await runCdk(['deploy', ...outputs, ...args])
  if (isDeployed) await tellConsole(outputsFile ?? OUTPUTS_FILE)
}

/** Says nothing where CDK was told not to deploy, and so wrote no outputs. */
async function tellConsole(outputsFile: string): Promise<void> {
  const outputs = await readOutputs(outputsFile).catch(() => undefined)
  for (const line of outputs ? consoleWords(outputs) : []) console.log(line)
}

async function placeOfShell(settings: { readonly profile?: string }): Promise<Place> {
  const client = new STSClient(settings)
  const region = await client.config.region()
  const { Account = '' } = await client.send(new GetCallerIdentityCommand({}))
  return { region, account: Account }
}

function textOf(setting: unknown): string | undefined {
  return typeof setting === 'string' && setting !== '' ? setting : undefined
}

await runCommand('deploy', main)
