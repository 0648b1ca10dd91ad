import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { CONNECTIONS_TABLE } from '../../../functions/adapters/table-schema.ts'
import { ENV } from '../../../functions/config.ts'
import { ROUTES } from '../../../functions/http/routes.ts'
import { OUTPUT } from '../../../infra/outputs.ts'
import {
  FUNCTIONS,
  type FunctionName,
  functionProperties,
  HTTP_FUNCTIONS,
  resourcesOf,
  synthesized,
} from './synthesized.ts'

const template = synthesized()

/** An assertion of CDK, which throws, as one that vitest counts. */
function holds(assertion: () => void): void {
  expect(assertion).not.toThrow()
}

describe('functions', () => {
  test('there is one for each name in the route table, one for the events and one for the keys', () => {
    holds(() => template.resourceCountIs('AWS::Lambda::Function', FUNCTIONS.length))
  })

  test.each<[FunctionName, number, number]>([
    ['authorize', 1024, 10],
    ['callback', 1024, 15],
    ['token', 1024, 28],
    ['refresh', 512, 50],
    ['api', 512, 28],
    ['console', 1024, 28],
    ['events', 256, 60],
    ['rotation', 256, 30],
  ])('%s runs on Node 24 and arm64 with %i MB and at most %i s', (name, MemorySize, Timeout) => {
    expect(functionProperties(template, name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize,
      Timeout,
    })
  })

  test('each writes to a log of its own', () => {
    const logs = FUNCTIONS.map((name) => functionProperties(template, name).LoggingConfig.LogGroup)
    expect(logs).toEqual(FUNCTIONS.map((name) => ({ Ref: expect.stringMatching(`^${name}Log`) })))
  })

  test('every log is kept for three months', () => {
    const groups = resourcesOf<{ RetentionInDays: number }>(template, 'AWS::Logs::LogGroup')
    const ofTheApi = 1
    expect([...groups.values()].map((group) => group.RetentionInDays)).toEqual(
      Array.from({ length: FUNCTIONS.length + ofTheApi }, () => 90),
    )
  })

  test.each<[FunctionName, readonly (keyof typeof ENV)[]]>([
    ['authorize', ['publicUrl', 'allowedOrigins', 'clouds', 'connectionsTable', 'signInsTable']],
    [
      'callback',
      [
        ...(['publicUrl', 'clouds', 'refreshPolicy'] as const),
        ...(['connectionsTable', 'signInsTable', 'appCredentialSecret'] as const),
        ...(['accessTokenKeyringSecret', 'refreshTokenKeyringSecret'] as const),
      ],
    ],
    [
      'refresh',
      [
        ...(['publicUrl', 'clouds', 'refreshPolicy', 'connectionsTable'] as const),
        ...(['signInsTable', 'appCredentialSecret'] as const),
        ...(['accessTokenKeyringSecret', 'refreshTokenKeyringSecret', 'apiAccessSecret'] as const),
      ],
    ],
    [
      'token',
      [
        ...(['publicUrl', 'connectionsTable', 'accessTokenKeyringSecret'] as const),
        ...(['apiAccessSecret', 'refreshFunction'] as const),
      ],
    ],
    [
      'api',
      [
        ...(['publicUrl', 'clouds', 'connectionsTable'] as const),
        ...(['signInsTable', 'apiAccessSecret', 'refreshFunction'] as const),
      ],
    ],
    [
      'console',
      [
        ...([
          'publicUrl',
          'allowedOrigins',
          'clouds',
          'connectionsTable',
          'refreshPolicy',
          'shards',
          'consoleAccessSecret',
        ] as const),
        ...(['signInsTable', 'apiAccessSecret', 'appCredentialSecret', 'refreshFunction'] as const),
      ],
    ],
    ['events', ['eventBus', 'signInsTable']],
    ['rotation', ['accessTokenKeyringSecret', 'refreshTokenKeyringSecret']],
  ])('%s is told exactly this', (name, settings) => {
    const { Variables } = functionProperties(template, name).Environment
    expect(Object.keys(Variables).sort()).toEqual(settings.map((key) => ENV[key]).sort())
  })

  test('no variable holds a secret: those of secrets are references', () => {
    for (const name of FUNCTIONS) {
      const { Variables } = functionProperties(template, name).Environment
      const ofSecrets = Object.entries(Variables).filter(([key]) => key.endsWith('_SECRET_ARN'))
      for (const [, value] of ofSecrets) {
        expect(value).toEqual({ Ref: expect.stringMatching(/^Secrets\w+Secret[0-9A-F]{8}$/) })
      }
      expect(JSON.stringify(Variables)).not.toContain('resolve:')
    }
  })

  test('a setting reaches the functions as they read it', () => {
    const configured = synthesized({
      publicUrl: 'https://connect.example.com',
      allowedOrigins: ['https://app.example.com', 'https://other.example.com:8443'],
      clouds: ['commercial', 'china'],
      refreshPolicy: 'always-hot',
    })
    expect(functionProperties(configured, 'authorize').Environment.Variables).toMatchObject({
      PUBLIC_URL: 'https://connect.example.com',
      ALLOWED_ORIGINS: 'https://app.example.com,https://other.example.com:8443',
    })
    expect(functionProperties(configured, 'callback').Environment.Variables).toMatchObject({
      PUBLIC_URL: 'https://connect.example.com',
      CLOUDS: 'commercial,china',
      REFRESH_POLICY: 'always-hot',
    })
  })
})

test('the console knows whom Microsoft has to trust where AWS vouches for them', () => {
  const federated = synthesized({ appCredential: 'federated' })
  const { Variables } = functionProperties(federated, 'console').Environment
  expect(Variables).toMatchObject({
    CALLBACK_ROLE_ARN: { 'Fn::GetAtt': [expect.stringMatching(/^callbackRole/), 'Arn'] },
    REFRESH_ROLE_ARN: { 'Fn::GetAtt': [expect.stringMatching(/^refreshRole/), 'Arn'] },
  })
})

describe('tables', () => {
  test('the table of connections has the shape that the adapters expect', () => {
    holds(() =>
      template.hasResourceProperties('AWS::DynamoDB::Table', {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: CONNECTIONS_TABLE.partitionKey, KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: CONNECTIONS_TABLE.timeToLive, Enabled: true },
        GlobalSecondaryIndexes: [
          {
            IndexName: 'due',
            KeySchema: [
              { AttributeName: 'due', KeyType: 'HASH' },
              { AttributeName: 'nextRefreshAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
          {
            IndexName: 'account',
            KeySchema: [
              { AttributeName: 'accountId', KeyType: 'HASH' },
              { AttributeName: 'connectionId', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['name'] },
          },
          {
            IndexName: 'status',
            KeySchema: [
              { AttributeName: 'status', KeyType: 'HASH' },
              { AttributeName: 'connectionId', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['reason'] },
          },
          {
            IndexName: 'newest',
            KeySchema: [
              { AttributeName: 'group', KeyType: 'HASH' },
              { AttributeName: 'createdAt', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
          {
            IndexName: 'accounts',
            KeySchema: [
              { AttributeName: 'group', KeyType: 'HASH' },
              { AttributeName: 'accountId', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
          {
            IndexName: 'environment',
            KeySchema: [
              { AttributeName: 'group', KeyType: 'HASH' },
              { AttributeName: 'resource', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['accountId'] },
          },
          {
            IndexName: 'users',
            KeySchema: [
              { AttributeName: 'group', KeyType: 'HASH' },
              { AttributeName: 'userKey', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['accountId', 'resource'] },
          },
        ],
      }),
    )
  })

  test('connections are protected, can be restored and outlive the stack', () => {
    holds(() =>
      template.hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      }),
    )
  })

  test('sign-ins expire, and cannot be brought back', () => {
    holds(() =>
      template.hasResource('AWS::DynamoDB::Table', {
        DeletionPolicy: 'Delete',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          GlobalSecondaryIndexes: Match.absent(),
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        },
      }),
    )
  })
})

describe('what must not be replaced', () => {
  test('keeps its logical id: a new one means a new, empty resource', () => {
    const types = ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::ApiGatewayV2::Api']
    const ids = [...types, 'AWS::Events::EventBus']
      .flatMap((type) => [...resourcesOf(template, type).keys()])
      .sort()
    expect(ids).toEqual([
      'ConnectionsTable916FDB22',
      'HttpApi9292168F',
      'SecretsAccessTokenKeyringSecret1E6C7092',
      'SecretsApiAccessSecret5417BEEE',
      'SecretsAppCredentialSecret877D8F14',
      'SecretsConsoleAccessSecret0F2AFBB4',
      'SecretsRefreshTokenKeyringSecret92E104F0',
      'SignInsTable04670FE9',
      'StateEventsBus7647D602',
    ])
  })

  test('secrets outlive the stack and say what they hold', () => {
    holds(() =>
      template.allResources('AWS::SecretsManager::Secret', {
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { Description: Match.stringLikeRegexp('^dynamics-connect: ') },
      }),
    )
  })
})

describe('HTTP API', () => {
  const routes = [
    ...resourcesOf<{ RouteKey: string; Target: unknown }>(
      template,
      'AWS::ApiGatewayV2::Route',
    ).values(),
  ]
  const integrations = resourcesOf<{ IntegrationUri: unknown; PayloadFormatVersion: string }>(
    template,
    'AWS::ApiGatewayV2::Integration',
  )

  function functionBehind(routeKey: string): string | undefined {
    const target = JSON.stringify(routes.find((route) => route.RouteKey === routeKey)?.Target)
    const [, integration] = [...integrations].find(([id]) => target.includes(`"${id}"`)) ?? []
    return /"(\w+)Function[0-9A-F]{8}"/.exec(JSON.stringify(integration?.IntegrationUri))?.[1]
  }

  test.each(HTTP_FUNCTIONS.flatMap((name) => ROUTES[name].map((route) => [route, name] as const)))(
    '%s goes to %s',
    (route, name) => {
      expect(functionBehind(route)).toBe(name)
    },
  )

  test('there is no other route', () => {
    expect(routes).toHaveLength(Object.values(ROUTES).flat().length)
  })

  test('requests arrive in payload format 2.0', () => {
    expect(integrations.size).toBe(HTTP_FUNCTIONS.length)
    for (const { PayloadFormatVersion } of integrations.values()) {
      expect(PayloadFormatVersion).toBe('2.0')
    }
  })

  test('the stage is throttled, and its log holds no path, query or address', () => {
    const [stage] = resourcesOf<Stage>(template, 'AWS::ApiGatewayV2::Stage').values()
    expect(stage?.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 500,
      ThrottlingBurstLimit: 1000,
    })
    const fields = Object.values(JSON.parse(stage?.AccessLogSettings.Format ?? ''))
    expect(fields).toContain('$context.requestId')
    expect(fields.join()).not.toMatch(/path|query|sourceIp|header|authorizer/i)
  })
})

interface Stage {
  readonly DefaultRouteSettings: unknown
  readonly AccessLogSettings: { readonly Format: string }
}

describe('sweeps', () => {
  test.each([1, 4, 64])(
    '%i shards have one rule each, every minute, with a constant input',
    (n) => {
      const swept = synthesized({ shards: n })
      const all = resourcesOf<RuleProperties>(swept, 'AWS::Events::Rule').values()
      const rules = [...all].filter(({ Name }) => Name !== undefined)
      expect(rules.map((rule) => rule.ScheduleExpression)).toEqual(
        Array.from({ length: n }, () => 'rate(1 minute)'),
      )
      expect(rules.map((rule) => rule.Targets.map((target) => target.Input))).toEqual(
        Array.from({ length: n }, (_, shard) => [`{"shard":${shard},"shards":${n}}`]),
      )
    },
  )

  test('they call the refresh function, and are not repeated: the next one is a minute away', () => {
    holds(() =>
      template.allResourcesProperties('AWS::Events::Rule', {
        State: 'ENABLED',
        Targets: [
          {
            Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^refreshFunction'), 'Arn'] },
            RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
          },
        ],
      }),
    )
    holds(() =>
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        FunctionName: { Ref: Match.stringLikeRegexp('^refreshFunction') },
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
      }),
    )
  })
})

interface RuleProperties {
  readonly Name?: string
  readonly ScheduleExpression: string
  readonly Targets: readonly { readonly Input: string }[]
}

describe('outputs', () => {
  test('tell what the operator needs next', () => {
    expect(Object.keys(template.findOutputs('*')).sort()).toEqual(Object.values(OUTPUT).sort())
  })

  test('the reply URL and the console are under the custom domain when there is one', () => {
    const configured = synthesized({ publicUrl: 'https://connect.example.com' })
    holds(() =>
      configured.hasOutput('ReplyUrl', {
        Value: 'https://connect.example.com/connector/callback',
      }),
    )
    holds(() =>
      configured.hasOutput('ConsoleUrl', { Value: 'https://connect.example.com/console' }),
    )
    holds(() =>
      configured.hasOutput('ApiUrl', {
        Value: { 'Fn::GetAtt': ['HttpApi9292168F', 'ApiEndpoint'] },
      }),
    )
  })
})

/** What the local emulator of AWS knows nothing of, nor of alarms over a formula: nothing depends on them. */
const NOT_EMULATED = ['AWS::Logs::QueryDefinition', 'AWS::SecretsManager::RotationSchedule']

test('the stack needs only what the local emulator of AWS can deploy too', () => {
  const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> }
  const needed = Object.values(Resources).filter(({ Type }) => !NOT_EMULATED.includes(Type))
  const types = new Set(needed.map(({ Type }) => Type))
  expect([...types].sort()).toEqual([
    'AWS::ApiGatewayV2::Api',
    'AWS::ApiGatewayV2::Integration',
    'AWS::ApiGatewayV2::Route',
    'AWS::ApiGatewayV2::Stage',
    'AWS::CloudWatch::Alarm',
    'AWS::CloudWatch::Dashboard',
    'AWS::DynamoDB::Table',
    'AWS::Events::EventBus',
    'AWS::Events::Rule',
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::Lambda::EventInvokeConfig',
    'AWS::Lambda::EventSourceMapping',
    'AWS::Lambda::Function',
    'AWS::Lambda::Permission',
    'AWS::Logs::LogGroup',
    'AWS::SNS::Topic',
    'AWS::SNS::TopicPolicy',
    'AWS::SQS::Queue',
    'AWS::SQS::QueuePolicy',
    'AWS::SecretsManager::Secret',
  ])
})
