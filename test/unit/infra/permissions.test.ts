import { describe, expect, test } from 'vitest'
import {
  FUNCTIONS,
  type FunctionName,
  functionProperties,
  HTTP_FUNCTIONS,
  resourcesOf,
  synthesized,
} from './synthesized.ts'

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource: unknown
}

interface Policy {
  readonly Roles: readonly unknown[]
  readonly PolicyDocument: { readonly Statement: readonly Statement[] }
}

interface RoleProperties {
  readonly ManagedPolicyArns?: unknown
  readonly Policies?: unknown
}

const template = synthesized()

/** Logical ids as the partner knows them: the construct's place in the stack, without CDK's hash. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^ConnectionsTable/, 'connections'],
  [/^SignInsTable/, 'sign-ins'],
  [/^SecretsAppCredentialSecret/, 'app credential'],
  [/^SecretsAccessTokenKeyringSecret/, 'access-token keyring'],
  [/^SecretsRefreshTokenKeyringSecret/, 'refresh-token keyring'],
  [/^SecretsApiAccessSecret/, 'API access'],
  [/^refreshFunction/, 'refresh'],
  [/^StateEventsBus/, 'event bus'],
  [/^StateEventsDeadLetters/, 'dead letters'],
  [/^[a-z]+Log/, 'own log'],
]

function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource)
  const id = /\{"(?:Ref":|Fn::GetAtt":\[)"([^"]+)"/.exec(text)?.[1] ?? text
  const name = NAMES.find(([pattern]) => pattern.test(id))?.[1] ?? text
  const isStream = text.includes('"StreamArn"')
  const index = /\/index\/([^"]+)"/.exec(text)?.[1]
  const part = isStream ? 'stream' : index
  return part === undefined ? name : `${name}/${part}`
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]
}

function statementsOf(name: FunctionName): readonly Statement[] {
  const role = functionProperties(template, name).Role as { readonly 'Fn::GetAtt': string[] }
  const roleId = role['Fn::GetAtt'][0]
  return [...resourcesOf<Policy>(template, 'AWS::IAM::Policy').values()]
    .filter((policy) => JSON.stringify(policy.Roles) === JSON.stringify([{ Ref: roleId }]))
    .flatMap((policy) => policy.PolicyDocument.Statement)
}

function permissionsOf(name: FunctionName): readonly string[] {
  const permissions = statementsOf(name).flatMap((statement) =>
    asList(statement.Resource).flatMap((resource) =>
      asList(statement.Action).map((action) => `${action} ${nameOf(resource)}`),
    ),
  )
  return permissions.sort()
}

const LOGS = ['logs:CreateLogStream own log', 'logs:PutLogEvents own log']

describe('permissions', () => {
  test.each<[FunctionName, readonly string[]]>([
    [
      'authorize',
      [
        'dynamodb:BatchGetItem connections',
        'dynamodb:BatchGetItem sign-ins',
        'dynamodb:GetItem connections',
        'dynamodb:GetItem sign-ins',
        'dynamodb:PutItem sign-ins',
        'dynamodb:UpdateItem sign-ins',
        ...LOGS,
      ],
    ],
    [
      'callback',
      [
        'dynamodb:GetItem connections',
        'dynamodb:GetItem sign-ins',
        'dynamodb:PutItem sign-ins',
        'dynamodb:UpdateItem connections',
        'dynamodb:UpdateItem sign-ins',
        ...LOGS,
        'secretsmanager:GetSecretValue access-token keyring',
        'secretsmanager:GetSecretValue app credential',
        'secretsmanager:GetSecretValue refresh-token keyring',
      ],
    ],
    [
      'refresh',
      [
        'dynamodb:BatchGetItem connections',
        'dynamodb:DeleteItem connections',
        'dynamodb:GetItem connections',
        'dynamodb:PutItem connections',
        'dynamodb:Query connections/due',
        'dynamodb:UpdateItem connections',
        'dynamodb:GetItem sign-ins',
        'dynamodb:UpdateItem sign-ins',
        ...LOGS,
        'secretsmanager:GetSecretValue API access',
        'secretsmanager:GetSecretValue access-token keyring',
        'secretsmanager:GetSecretValue app credential',
        'secretsmanager:GetSecretValue refresh-token keyring',
      ],
    ],
    [
      'token',
      [
        'dynamodb:GetItem connections',
        'lambda:InvokeFunction refresh',
        ...LOGS,
        'secretsmanager:GetSecretValue API access',
        'secretsmanager:GetSecretValue access-token keyring',
      ],
    ],
    [
      'api',
      [
        'dynamodb:BatchGetItem connections',
        'dynamodb:DeleteItem connections',
        'dynamodb:GetItem connections',
        'dynamodb:PutItem connections',
        'dynamodb:PutItem sign-ins',
        'dynamodb:Query connections/account',
        'dynamodb:UpdateItem connections',
        ...LOGS,
        'secretsmanager:GetSecretValue API access',
      ],
    ],
    [
      'events',
      [
        'dynamodb:DescribeStream connections/stream',
        'dynamodb:GetRecords connections/stream',
        'dynamodb:GetShardIterator connections/stream',
        'dynamodb:ListStreams connections/stream',
        'events:PutEvents event bus',
        ...LOGS,
        'sqs:SendMessage dead letters',
      ],
    ],
  ])('%s may do exactly this', (name, permissions) => {
    expect(permissionsOf(name)).toEqual([...permissions].sort())
  })

  test('no policy names a wildcard, in an action or in a resource', () => {
    const statements = FUNCTIONS.flatMap(statementsOf)
    expect(statements.length).toBeGreaterThan(FUNCTIONS.length)
    for (const { Effect, Action, Resource } of statements) {
      expect(Effect).toBe('Allow')
      expect(JSON.stringify([Action, Resource])).not.toContain('*')
    }
  })

  test('each function has a role of its own, without policies that AWS manages', () => {
    const roles = resourcesOf<RoleProperties>(template, 'AWS::IAM::Role')
    expect(roles.size).toBe(FUNCTIONS.length)
    for (const role of roles.values()) {
      expect(role.ManagedPolicyArns).toBeUndefined()
      expect(role.Policies).toBeUndefined()
    }
  })

  test('every policy belongs to the role of one function', () => {
    expect(resourcesOf(template, 'AWS::IAM::Policy').size).toBe(FUNCTIONS.length)
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0)
  })

  test('only this API and the sweeps may invoke a function', () => {
    const principals = [...resourcesOf<InvokePermission>(template, 'AWS::Lambda::Permission')].map(
      ([, { Principal, SourceArn }]) => [Principal, textOf(SourceArn)],
    )
    const fromTheApi = ['apigateway.amazonaws.com', expect.stringMatching(/:HttpApi\w+\/\*\/\*$/)]
    expect(principals).toHaveLength(HTTP_FUNCTIONS.length + 1)
    expect(principals.filter(([principal]) => principal === fromTheApi[0])).toEqual(
      HTTP_FUNCTIONS.map(() => fromTheApi),
    )
    expect(principals).toContainEqual([
      'events.amazonaws.com',
      expect.stringMatching(/:rule\/dynamics-connect-sweep-\*$/),
    ])
  })
})

interface InvokePermission {
  readonly Principal: string
  readonly SourceArn: { readonly 'Fn::Join': readonly [string, readonly unknown[]] }
}

function textOf(arn: InvokePermission['SourceArn']): string {
  const [separator, parts] = arn['Fn::Join']
  return parts
    .map((part) => (typeof part === 'string' ? part : (part as { readonly Ref: string }).Ref))
    .join(separator)
}
