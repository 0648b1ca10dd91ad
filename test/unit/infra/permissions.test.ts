import { describe, expect, test } from 'vitest'
import {
  DEPLOYED,
  type DeployedFunction,
  FUNCTIONS,
  functionProperties,
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
  [/^[a-z]+Log/, 'own log'],
]

function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource)
  const id = /\{"(?:Ref":|Fn::GetAtt":\[)"([^"]+)"/.exec(text)?.[1] ?? text
  const name = NAMES.find(([pattern]) => pattern.test(id))?.[1] ?? text
  const index = /\/index\/([^"]+)"/.exec(text)?.[1]
  return index === undefined ? name : `${name}/${index}`
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T]
}

function statementsOf(name: DeployedFunction, from = template): readonly Statement[] {
  const role = functionProperties(from, name).Role as { readonly 'Fn::GetAtt': string[] }
  const roleId = role['Fn::GetAtt'][0]
  return [...resourcesOf<Policy>(from, 'AWS::IAM::Policy').values()]
    .filter((policy) => JSON.stringify(policy.Roles) === JSON.stringify([{ Ref: roleId }]))
    .flatMap((policy) => policy.PolicyDocument.Statement)
}

function permissionsOf(name: DeployedFunction): readonly string[] {
  const permissions = statementsOf(name).flatMap((statement) =>
    asList(statement.Resource).flatMap((resource) =>
      asList(statement.Action).map((action) => `${action} ${nameOf(resource)}`),
    ),
  )
  return permissions.sort()
}

const LOGS = ['logs:CreateLogStream own log', 'logs:PutLogEvents own log']

describe('permissions', () => {
  test.each<[DeployedFunction, readonly string[]]>([
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
      'rotation',
      [
        ...LOGS,
        ...['access-token keyring', 'refresh-token keyring'].flatMap((keyring) => [
          `secretsmanager:DescribeSecret ${keyring}`,
          `secretsmanager:GetSecretValue ${keyring}`,
          `secretsmanager:PutSecretValue ${keyring}`,
          `secretsmanager:UpdateSecretVersionStage ${keyring}`,
        ]),
      ],
    ],
  ])('%s may do exactly this', (name, permissions) => {
    expect(permissionsOf(name)).toEqual([...permissions].sort())
  })

  test('no policy names a wildcard, in an action or in a resource', () => {
    const statements = DEPLOYED.flatMap((name) => statementsOf(name))
    expect(statements.length).toBeGreaterThan(DEPLOYED.length)
    for (const { Effect, Action, Resource } of statements) {
      expect(Effect).toBe('Allow')
      expect(JSON.stringify([Action, Resource])).not.toContain('*')
    }
  })

  test('AWS vouches for whoever sends token requests, only where that is the app credential', () => {
    const federated = synthesized({ appCredential: 'federated' })
    const added = new Map(
      DEPLOYED.map((name) => {
        const known = JSON.stringify(statementsOf(name))
        const more = statementsOf(name, federated).filter(
          (statement) => !known.includes(JSON.stringify(statement)),
        )
        return [name, more]
      }),
    )
    const statement = {
      Effect: 'Allow',
      Action: 'sts:GetWebIdentityToken',
      Resource: '*',
      Condition: {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'api://AzureADTokenExchange' },
        StringEquals: { 'sts:SigningAlgorithm': 'RS256' },
        NumericLessThanEquals: { 'sts:DurationSeconds': 900 },
      },
    }
    for (const [name, statements] of added) {
      const sendsTokenRequests = name === 'callback' || name === 'refresh'
      expect(statements).toEqual(sendsTokenRequests ? [statement] : [])
    }
  })

  test('each function has a role of its own, without policies that AWS manages', () => {
    const roles = resourcesOf<RoleProperties>(template, 'AWS::IAM::Role')
    expect(roles.size).toBe(DEPLOYED.length)
    for (const role of roles.values()) {
      expect(role.ManagedPolicyArns).toBeUndefined()
      expect(role.Policies).toBeUndefined()
    }
  })

  test('every policy belongs to the role of one function', () => {
    expect(resourcesOf(template, 'AWS::IAM::Policy').size).toBe(DEPLOYED.length)
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0)
  })

  test('only this API, the sweeps and Secrets Manager may invoke a function', () => {
    const permissions = [
      ...resourcesOf<InvokePermission>(template, 'AWS::Lambda::Permission').values(),
    ]
    const principals = permissions
      .filter(({ Principal }) => Principal !== 'secretsmanager.amazonaws.com')
      .map(({ Principal, SourceArn }) => [Principal, textOf(SourceArn)])
    const fromTheApi = ['apigateway.amazonaws.com', expect.stringMatching(/:HttpApi\w+\/\*\/\*$/)]
    expect(principals).toHaveLength(FUNCTIONS.length + 1)
    expect(principals.filter(([principal]) => principal === fromTheApi[0])).toEqual(
      FUNCTIONS.map(() => fromTheApi),
    )
    expect(principals).toContainEqual([
      'events.amazonaws.com',
      expect.stringMatching(/:rule\/dynamics-connect-sweep-\*$/),
    ])
    expect(permissions).toHaveLength(FUNCTIONS.length + 3)
  })

  test('Secrets Manager may invoke the rotation for the keyrings of this account only', () => {
    const permissions = [
      ...resourcesOf<InvokePermission>(template, 'AWS::Lambda::Permission').values(),
    ].filter(({ Principal }) => Principal === 'secretsmanager.amazonaws.com')
    const keyrings = ['SecretsAccessTokenKeyringSecret', 'SecretsRefreshTokenKeyringSecret']
    expect(permissions).toEqual(
      keyrings.map((keyring) => ({
        Action: 'lambda:InvokeFunction',
        Principal: 'secretsmanager.amazonaws.com',
        FunctionName: { 'Fn::GetAtt': [expect.stringMatching(/^rotationFunction/), 'Arn'] },
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: { Ref: expect.stringMatching(`^${keyring}`) },
      })),
    )
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
