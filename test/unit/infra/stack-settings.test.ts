import { describe, expect, test } from 'vitest'
import { DNS_TARGET_OUTPUT } from '../../../infra/custom-domain.ts'
import { OUTPUT } from '../../../infra/outputs.ts'
import { EVERY_SETTING } from './every-setting.ts'
import { matrixOf } from './role-permissions.ts'
import {
  FUNCTIONS,
  functionProperties,
  HTTP_FUNCTIONS,
  resourcesOf,
  synthesized,
} from './synthesized.ts'

const template = synthesized(EVERY_SETTING)

/** The one resource of a type. */
function only(type: string): unknown {
  const found = [...resourcesOf<unknown>(template, type).values()]
  expect(found).toHaveLength(1)
  return found[0]
}

describe('a custom domain', () => {
  test('has its certificate, and takes nothing below TLS 1.2', () => {
    expect(only('AWS::ApiGatewayV2::DomainName')).toMatchObject({
      DomainName: 'connect.example.com',
      DomainNameConfigurations: [
        {
          CertificateArn: EVERY_SETTING.certificateArn,
          EndpointType: 'REGIONAL',
          SecurityPolicy: 'TLS_1_2',
        },
      ],
    })
  })

  test('is answered by the API, whose own URL does not answer any more', () => {
    expect(only('AWS::ApiGatewayV2::ApiMapping')).toMatchObject({
      ApiId: { Ref: 'HttpApi9292168F' },
      DomainName: { Ref: expect.stringMatching(/^HttpApiCustomDomain/) },
      Stage: '$default',
    })
    const [mapping] = Object.values(template.findResources('AWS::ApiGatewayV2::ApiMapping'))
    expect(mapping?.DependsOn).toContainEqual(expect.stringMatching(/^HttpApiStage/))
    expect(only('AWS::ApiGatewayV2::Api')).toMatchObject({ DisableExecuteApiEndpoint: true })
  })

  test('is what people, Microsoft and the functions see', () => {
    expect(outputOf(OUTPUT.apiUrl)).toBe('https://connect.example.com')
    expect(outputOf(OUTPUT.replyUrl)).toBe('https://connect.example.com/connector/callback')
    for (const name of HTTP_FUNCTIONS) {
      const { Variables } = functionProperties(template, name).Environment
      expect(Variables).toMatchObject({ PUBLIC_URL: 'https://connect.example.com' })
    }
  })

  test('tells where its DNS record points, which is made when there is a zone', () => {
    const domain = expect.stringMatching(/^HttpApiCustomDomain/)
    const target = { 'Fn::GetAtt': [domain, 'RegionalDomainName'] }
    expect(outputOf(DNS_TARGET_OUTPUT)).toEqual(target)
    expect(only('AWS::Route53::RecordSet')).toEqual({
      HostedZoneId: EVERY_SETTING.hostedZoneId,
      Name: { Ref: domain },
      Type: 'A',
      AliasTarget: {
        DNSName: target,
        HostedZoneId: { 'Fn::GetAtt': [domain, 'RegionalHostedZoneId'] },
      },
    })
  })

  test('may have another host in front of it, which people see then', () => {
    const behindCdn = synthesized({
      ...EVERY_SETTING,
      hostedZoneId: '',
      publicUrl: 'https://www.example.com',
    })
    const { [OUTPUT.replyUrl]: replyUrl, [OUTPUT.apiUrl]: apiUrl } = behindCdn.findOutputs('*')
    expect(replyUrl).toMatchObject({ Value: 'https://www.example.com/connector/callback' })
    expect(apiUrl).toMatchObject({ Value: 'https://connect.example.com' })
    behindCdn.resourceCountIs('AWS::Route53::RecordSet', 0)
  })

  function outputOf(output: string): unknown {
    return template.findOutputs(output)[output]?.Value
  }
})

describe('a customer managed key', () => {
  const key = { 'Fn::GetAtt': [expect.stringMatching(/^EncryptionKey/), 'Arn'] }

  test('is rotated once a year by KMS', () => {
    expect(only('AWS::KMS::Key')).toMatchObject({ EnableKeyRotation: true })
  })

  test('encrypts both tables, every secret and every log', () => {
    const tables = [...resourcesOf<unknown>(template, 'AWS::DynamoDB::Table').values()]
    expect(tables).toHaveLength(2)
    for (const table of tables) {
      expect(table).toMatchObject({
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
      })
    }
    for (const type of ['AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup']) {
      const encrypted = [...resourcesOf<unknown>(template, type).values()]
      expect(encrypted.length).toBeGreaterThan(0)
      for (const resource of encrypted) expect(resource).toMatchObject({ KmsKeyId: key })
    }
  })

  test('may be used by CloudWatch Logs for the logs of this stack alone', () => {
    const { KeyPolicy } = only('AWS::KMS::Key') as { readonly KeyPolicy: KeyPolicy }
    const ofLogs = KeyPolicy.Statement.filter(({ Principal }) =>
      JSON.stringify(Principal).includes('"logs."'),
    )
    expect(ofLogs).toHaveLength(1)
    expect(JSON.stringify(ofLogs[0]?.Condition)).toMatch(
      /kms:EncryptionContext:aws:logs:arn.*:log-group:dynamics-connect-\*/,
    )
  })
})

test('a key that an earlier deployment made is used in place of a new one', () => {
  const customerManagedKey =
    'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555'
  const later = synthesized({ customerManagedKey })
  expect(resourcesOf(later, 'AWS::KMS::Key').size).toBe(0)
  for (const type of ['AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup']) {
    for (const resource of resourcesOf<unknown>(later, type).values()) {
      expect(resource).toMatchObject({ KmsKeyId: customerManagedKey })
    }
  }
  for (const row of Object.values(matrixOf(later))) {
    const actions = row[customerManagedKey] ?? []
    expect(actions).toContainEqual(expect.stringMatching(/^kms:Decrypt via/))
  }
})

interface KeyPolicy {
  readonly Statement: readonly { readonly Principal: unknown; readonly Condition?: unknown }[]
}

test('logs are kept as long as the setting says', () => {
  const logs = resourcesOf<{ RetentionInDays: number }>(template, 'AWS::Logs::LogGroup')
  expect(new Set([...logs.values()].map(({ RetentionInDays }) => RetentionInDays))).toEqual(
    new Set([365]),
  )
})

test('runs are kept for the functions that the setting names, and for no other', () => {
  const reserved = FUNCTIONS.flatMap((name) => {
    const { ReservedConcurrentExecutions } = functionProperties(template, name)
    return ReservedConcurrentExecutions === undefined ? [] : [[name, ReservedConcurrentExecutions]]
  })
  expect(Object.fromEntries(reserved)).toEqual(EVERY_SETTING.reservedConcurrency)
})

test('X-Ray follows every function when tracing is on, and none otherwise', () => {
  const modesIn = (from: typeof template) =>
    FUNCTIONS.map((name) => functionProperties(from, name).TracingConfig?.Mode)
  expect(new Set(modesIn(template))).toEqual(new Set(['Active']))
  expect(new Set(modesIn(synthesized()))).toEqual(new Set([undefined]))
})

test('a trial leaves nothing behind', () => {
  const { Resources } = template.toJSON() as {
    Resources: Record<string, { DeletionPolicy?: string; Properties?: object }>
  }
  const resources = Object.values(Resources)
  expect(resources.filter(({ DeletionPolicy }) => DeletionPolicy === 'Delete')).not.toHaveLength(0)
  expect(resources.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')).toEqual([])
  const tables = resourcesOf<unknown>(template, 'AWS::DynamoDB::Table').values()
  for (const table of tables) expect(table).toMatchObject({ DeletionProtectionEnabled: false })
})
