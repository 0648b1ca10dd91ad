import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import {
  EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge'
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'

/** The clients find the emulator, its credentials and its region in the variables of this process. */
export const account = {
  cloudformation: new CloudFormationClient(),
  dynamodb: new DynamoDBClient(),
  events: new EventBridgeClient(),
  iam: new IAMClient(),
  lambda: new LambdaClient(),
  logs: new CloudWatchLogsClient(),
  queues: new SQSClient(),
  secrets: new SecretsManagerClient(),
}

/** What there is of the stack in the account, by kind, sorted. */
export interface Holdings {
  readonly tables: readonly string[]
  readonly secrets: readonly string[]
  readonly functions: readonly string[]
  readonly rules: readonly string[]
  readonly buses: readonly string[]
  readonly queues: readonly string[]
  readonly logGroups: readonly string[]
  readonly roles: readonly string[]
}

/** Lists what there is. Nothing but the stack and the roles of the bootstrap is in this account. */
export async function holdings(): Promise<Holdings> {
  const { TableNames } = await account.dynamodb.send(new ListTablesCommand())
  const { SecretList } = await account.secrets.send(new ListSecretsCommand())
  const { Functions } = await account.lambda.send(new ListFunctionsCommand())
  const { Rules } = await account.events.send(new ListRulesCommand())
  const { EventBuses } = await account.events.send(new ListEventBusesCommand())
  const { QueueUrls } = await account.queues.send(new ListQueuesCommand())
  const { logGroups } = await account.logs.send(new DescribeLogGroupsCommand())
  const { Roles } = await account.iam.send(new ListRolesCommand())
  const roles = names(Roles, ({ RoleName }) => RoleName)
  return {
    tables: names(TableNames, (name) => name),
    secrets: names(SecretList, ({ ARN }) => ARN),
    functions: names(Functions, ({ FunctionName }) => FunctionName),
    rules: names(Rules, ({ Name }) => Name),
    buses: names(EventBuses, ({ Name }) => Name).filter((name) => name !== 'default'),
    queues: names(QueueUrls, (url) => url),
    logGroups: names(logGroups, ({ logGroupName }) => logGroupName),
    roles: roles.filter((name) => !name.startsWith('cdk-')),
  }
}

function names<T>(
  list: readonly T[] | undefined,
  nameOf: (one: T) => string | undefined,
): readonly string[] {
  return (list ?? []).flatMap((one) => nameOf(one) ?? []).sort()
}

/** The latest lines that each function has written, for the message of a test that failed. */
export async function functionLogs(): Promise<string> {
  const { logGroups } = await holdings()
  const texts = await Promise.all(
    logGroups.map(async (logGroupName) => {
      const { events = [] } = await account.logs.send(new FilterLogEventsCommand({ logGroupName }))
      const lines = events.slice(-LINES_SHOWN).map(({ message }) => `    ${message?.trim()}`)
      return [`  ${logGroupName}`, ...lines].join('\n')
    }),
  )
  return texts.join('\n')
}

const LINES_SHOWN = 12
