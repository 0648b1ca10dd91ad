import { afterAll, describe, expect, test } from 'vitest'
import { EVERY_SETTING } from './every-setting.ts'
import { type Matrix, matrixOf, printed } from './role-permissions.ts'
import { FUNCTIONS, HTTP_FUNCTIONS, resourcesOf, synthesized } from './synthesized.ts'

const ROTATED = [
  'DescribeSecret',
  'GetSecretValue',
  'PutSecretValue',
  'UpdateSecretVersionStage',
].map((action) => `secretsmanager:${action}`)

/** Read, and replaced by a new version. */
const CHANGED = ['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
  (action) => `secretsmanager:${action}`,
)

/**
 * All that each role may do, besides writing to its own log. A new function is a new row, and a new
 * resource a name in role-permissions.ts.
 */
const EXPECTED: Matrix = {
  authorize: {
    connections: items('BatchGetItem', 'GetItem'),
    'sign-ins': items('BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'),
  },
  callback: {
    connections: items('GetItem', 'UpdateItem'),
    'sign-ins': items('GetItem', 'PutItem', 'UpdateItem'),
    'app credential': ['secretsmanager:GetSecretValue'],
    'access-token keyring': ['secretsmanager:GetSecretValue'],
    'refresh-token keyring': ['secretsmanager:GetSecretValue'],
  },
  refresh: {
    connections: items('BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'),
    'connections/due': items('Query'),
    'connections/status': items('Query'),
    'sign-ins': items('GetItem', 'UpdateItem'),
    'app credential': ['secretsmanager:GetSecretValue'],
    'access-token keyring': ['secretsmanager:GetSecretValue'],
    'refresh-token keyring': ['secretsmanager:GetSecretValue'],
    'API access': ['secretsmanager:GetSecretValue'],
  },
  token: {
    connections: items('GetItem'),
    'access-token keyring': ['secretsmanager:GetSecretValue'],
    'API access': ['secretsmanager:GetSecretValue'],
    refresh: ['lambda:InvokeFunction'],
  },
  api: {
    connections: items('BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'),
    'connections/account': items('Query'),
    'connections/newest': items('Query'),
    'sign-ins': items('PutItem'),
    'API access': ['secretsmanager:GetSecretValue'],
    refresh: ['lambda:InvokeFunction'],
  },
  console: {
    connections: items('BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'),
    'connections/account': items('Query'),
    'connections/newest': items('Query'),
    'connections/accounts': items('Query'),
    'connections/environment': items('Query'),
    'connections/users': items('Query'),
    'sign-ins': items('DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'),
    'app credential': ['secretsmanager:PutSecretValue'],
    'API access': CHANGED,
    'console access': CHANGED,
    refresh: ['lambda:InvokeFunction'],
  },
  rotation: {
    'access-token keyring': ROTATED,
    'refresh-token keyring': ROTATED,
  },
  events: {
    'connections/stream': items('DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'),
    'sign-ins': items('UpdateItem'),
    'event bus': ['events:PutEvents'],
    'dead letters': ['sqs:SendMessage'],
  },
}

const LOG_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents']

/** X-Ray knows no resources. */
const TRACES = { '*': ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'] }

function items(...actions: readonly string[]): readonly string[] {
  return actions.map((action) => `dynamodb:${action}`)
}

const plain = synthesized()
const configured = synthesized(EVERY_SETTING)

describe.each([
  ['without any setting', plain, () => ({})],
  [
    'with every setting',
    configured,
    (row: Matrix[string]) => ({ ...decryptionFor(row), ...TRACES }),
  ],
])('permissions %s', (_, template, addedTo) => {
  const matrix = matrixOf(template)

  test.each(Object.keys(EXPECTED))('%s may do exactly what its row says', (role) => {
    const row = EXPECTED[role] ?? {}
    expect(matrix[role]).toEqual({ ...row, ...addedTo(row), [`log of ${role}`]: LOG_ACTIONS })
  })

  test('each function has a role of its own, and nobody else has one', () => {
    const functions = resourcesOf<FunctionRole>(template, 'AWS::Lambda::Function')
    const roles = [...functions.values()].map(({ Role }) => Role['Fn::GetAtt'][0])
    expect(roles.sort()).toEqual([...resourcesOf(template, 'AWS::IAM::Role').keys()].sort())
    expect(Object.keys(matrix).sort()).toEqual(Object.keys(EXPECTED).sort())
  })

  test('no role is for others than Lambda, or has more than a policy of its own', () => {
    for (const role of resourcesOf<RoleProperties>(template, 'AWS::IAM::Role').values()) {
      expect(role.ManagedPolicyArns).toBeUndefined()
      expect(role.Policies).toBeUndefined()
      expect(role.AssumeRolePolicyDocument.Statement).toEqual([
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      ])
    }
    for (const policy of resourcesOf<RolePolicy>(template, 'AWS::IAM::Policy').values()) {
      expect(Object.keys(policy).sort()).toEqual(['PolicyDocument', 'PolicyName', 'Roles'])
      expect(policy.Roles).toHaveLength(1)
    }
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0)
    template.resourceCountIs('AWS::IAM::User', 0)
  })

  test('only callback and refresh may open refresh tokens', () => {
    expect(openersWith(matrix, 'refresh-token keyring')).toEqual(['callback', 'refresh'])
  })

  test('only callback, refresh and token may open access tokens', () => {
    expect(openersWith(matrix, 'access-token keyring')).toEqual(['callback', 'refresh', 'token'])
  })

  test('authorize and api read no key and no credential', () => {
    for (const role of ['authorize', 'api']) {
      const secrets = Object.keys(matrix[role] ?? {}).filter((name) => /keyring|cred/.test(name))
      expect(secrets).toEqual([])
    }
  })

  test('console reads no key, and no credential of the app', () => {
    expect(matrix.console?.['app credential']).toEqual(['secretsmanager:PutSecretValue'])
    expect(Object.keys(matrix.console ?? {}).filter((name) => /keyring/.test(name))).toEqual([])
  })

  test('nothing is allowed by a wildcard but traces, which have no resource', () => {
    const wildcards = Object.values(matrix).flatMap((row) =>
      Object.entries(row).filter((entry) => JSON.stringify(entry).includes('*')),
    )
    const traced = template === configured ? FUNCTIONS : []
    expect(wildcards).toEqual(traced.map(() => ['*', TRACES['*']]))
  })
})

/** With a key of the partner's, whoever may read a table or a secret may have it decrypted. */
function decryptionFor(row: Matrix[string]): Matrix[string] {
  const allowed = Object.values(row).flat()
  const services = ['dynamodb', 'secretsmanager'].filter((service) =>
    allowed.some((action) => action.startsWith(`${service}:`)),
  )
  const writesSecrets = allowed.includes('secretsmanager:PutSecretValue')
  const encryption = writesSecrets ? ['kms:GenerateDataKey via secretsmanager'] : []
  const decryption = services.map((service) => `kms:Decrypt via ${service}`)
  return { 'key of the stack': [...decryption, ...encryption] }
}

/** Who can read both a keyring and what it seals. */
function openersWith(matrix: Matrix, keyring: string): readonly string[] {
  const openers = Object.entries(matrix).filter(([, row]) => {
    const readsItems = row.connections?.some((action) => action.startsWith('dynamodb:')) ?? false
    return row[keyring] !== undefined && readsItems
  })
  return openers.map(([role]) => role).sort()
}

interface FunctionRole {
  readonly Role: { readonly 'Fn::GetAtt': readonly [string, string] }
}

interface RoleProperties {
  readonly ManagedPolicyArns?: unknown
  readonly Policies?: unknown
  readonly AssumeRolePolicyDocument: { readonly Statement: unknown }
}

interface RolePolicy {
  readonly Roles: readonly unknown[]
}

test('only this API, the schedules and the rotation of the keyrings may invoke a function', () => {
  const principals = [...resourcesOf<InvokePermission>(plain, 'AWS::Lambda::Permission')].map(
    ([, { Principal, SourceArn }]) => [
      Principal,
      'Fn::Join' in SourceArn ? textOf(SourceArn) : SourceArn,
    ],
  )
  const fromTheApi = ['apigateway.amazonaws.com', expect.stringMatching(/:HttpApi\w+\/\*\/\*$/)]
  expect(principals).toHaveLength(HTTP_FUNCTIONS.length + 4)
  expect(principals.filter(([principal]) => principal === fromTheApi[0])).toEqual(
    HTTP_FUNCTIONS.map(() => fromTheApi),
  )
  expect(principals).toContainEqual([
    'events.amazonaws.com',
    expect.stringMatching(/:rule\/dynamics-connect-sweep-\*$/),
  ])
  expect(principals).toContainEqual([
    'events.amazonaws.com',
    { 'Fn::GetAtt': [expect.stringMatching(/^WatchMeasureRule/), 'Arn'] },
  ])
  for (const keyring of ['AccessTokenKeyring', 'RefreshTokenKeyring']) {
    expect(principals).toContainEqual([
      'secretsmanager.amazonaws.com',
      { Ref: expect.stringContaining(keyring) },
    ])
  }
})

test('AWS vouches for those who send token requests, only where that is the app credential', () => {
  const federated = matrixOf(synthesized({ appCredential: 'federated' }))
  const condition = {
    'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'api://AzureADTokenExchange' },
    StringEquals: { 'sts:SigningAlgorithm': 'RS256' },
    NumericLessThanEquals: { 'sts:DurationSeconds': 900 },
  }
  const vouched = { '*': [`sts:GetWebIdentityToken if ${JSON.stringify(condition)}`] }
  for (const [role, row] of Object.entries(matrixOf(plain))) {
    const sendsTokenRequests = role === 'callback' || role === 'refresh'
    expect(federated[role]).toEqual(sendsTokenRequests ? { ...row, ...vouched } : row)
  }
})

test('no table, secret or function opens itself to other accounts', () => {
  for (const type of ['AWS::SecretsManager::ResourcePolicy', 'AWS::Lambda::Url']) {
    expect(resourcesOf(configured, type).size).toBe(0)
  }
  const tables = [...resourcesOf<object>(configured, 'AWS::DynamoDB::Table').values()]
  expect(tables.flatMap(Object.keys)).not.toContain('ResourcePolicy')
})

test('the key of the stack obeys its account, and CloudWatch Logs', () => {
  const [key] = resourcesOf<KeyProperties>(configured, 'AWS::KMS::Key').values()
  const principals = key?.KeyPolicy.Statement.map(({ Principal }) => JSON.stringify(Principal))
  expect(principals).toEqual([
    expect.stringContaining(':root'),
    expect.stringContaining('"logs."'),
    expect.stringContaining(':root'),
  ])
})

interface KeyProperties {
  readonly KeyPolicy: { readonly Statement: readonly { readonly Principal: unknown }[] }
}

interface InvokePermission {
  readonly Principal: string
  readonly SourceArn:
    | Joined
    | { readonly 'Fn::GetAtt': readonly string[] }
    | { readonly Ref: string }
}

interface Joined {
  readonly 'Fn::Join': readonly [string, readonly unknown[]]
}

function textOf(arn: Joined): string {
  const [separator, parts] = arn['Fn::Join']
  return parts
    .map((part) => (typeof part === 'string' ? part : (part as { readonly Ref: string }).Ref))
    .join(separator)
}

afterAll(() => {
  process.stdout.write(`What each function may do:\n\n${printed(matrixOf(plain))}\n`)
})
