import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import cdk from '../../../cdk.json' with { type: 'json' }
import { readServiceSettings, type ServiceSettings } from '../../../infra/settings.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const CERTIFICATE =
  'arn:aws:acm:eu-central-1:111122223333:certificate/11111111-2222-3333-4444-555555555555'

function settingsFrom(context: Readonly<Record<string, unknown>>): ServiceSettings {
  return readServiceSettings({ ...cdk.context, ...context })
}

const STREAM_ARN =
  'arn:aws:dynamodb:eu-central-1:111122223333:table/restored/stream/2026-01-31T12:00:00.000'

describe('the settings of a deployment', () => {
  test('have defaults that serve', () => {
    expect(settingsFrom({})).toEqual({
      publicUrl: undefined,
      domain: undefined,
      allowedOrigins: [],
      clouds: ['commercial'],
      shards: 4,
      refreshPolicy: 'adaptive',
      alarmMail: undefined,
      logRetention: 90,
      customerManagedKey: false,
      reservedConcurrency: {},
      tracing: false,
      removalPolicy: 'retain',
      connectionsStreamArn: undefined,
      keyRotationDays: 90,
      appCredential: 'secret',
    })
    expect(readServiceSettings({})).toEqual(settingsFrom({}))
  })

  test('may come from the command line, as strings', () => {
    const context = {
      publicUrl: 'https://connect.example.com',
      allowedOrigins: 'https://a.example.com, https://b.example.com:8443',
      clouds: 'usgov-high,usgov-dod',
      appCredential: 'secret',
      shards: '16',
      refreshPolicy: 'always-hot',
      alarmMail: 'ops@example.com',
      logRetentionDays: '365',
      customerManagedKey: 'true',
      reservedConcurrency: '{"refresh":16,"token":"100"}',
      tracing: 'false',
      removalPolicy: 'destroy',
      domainName: 'api.example.com',
      certificateArn: CERTIFICATE,
      hostedZoneId: 'Z0123456789ABC',
      connectionsStreamArn: STREAM_ARN,
      keyRotationDays: '0',
    }
    expect(settingsFrom(context)).toEqual({
      publicUrl: 'https://connect.example.com',
      allowedOrigins: ['https://a.example.com', 'https://b.example.com:8443'],
      clouds: ['usgov-high', 'usgov-dod'],
      shards: 16,
      refreshPolicy: 'always-hot',
      alarmMail: 'ops@example.com',
      logRetention: 365,
      customerManagedKey: true,
      reservedConcurrency: { refresh: 16, token: 100 },
      tracing: false,
      removalPolicy: 'destroy',
      domain: {
        name: 'api.example.com',
        certificateArn: CERTIFICATE,
        hostedZoneId: 'Z0123456789ABC',
      },
      connectionsStreamArn: STREAM_ARN,
      keyRotationDays: 0,
      appCredential: 'secret',
    })
  })

  test('take a page on the own machine for a sign-in to return to', () => {
    const allowedOrigins = ['http://localhost:3000']
    expect(settingsFrom({ allowedOrigins }).allowedOrigins).toEqual(allowedOrigins)
  })

  test.each([
    'http://connect.example.com',
    'http://localhost:3000',
    'https://connect.example.com/',
    'https://connect.example.com/base',
    'https://CONNECT.example.com',
    'https://user@connect.example.com',
    'connect.example.com',
  ])('refuse the public URL %s, and say what to write', (publicUrl) => {
    expect(() => settingsFrom({ publicUrl })).toThrow(
      `cdk context: publicUrl is "${publicUrl}": write an https origin such as "https://connect.example.com"`,
    )
  })

  test.each([
    'https://app.example.com/',
    'https://app.example.com:443',
    'https://*.example.com',
    'http://app.example.com',
    'http://localhost',
    '*',
    'null',
  ])('refuse the allowed origin %s, and say what to write', (origin) => {
    expect(() => settingsFrom({ allowedOrigins: ['https://good.example.com', origin] })).toThrow(
      `allowedOrigins has "${origin}": write each origin exactly, such as "https://app.example.com"`,
    )
  })

  test('refuse a cloud that does not exist, and name those that do', () => {
    expect(() => settingsFrom({ clouds: ['commercial', 'gcc'] })).toThrow(
      'clouds has "gcc": write one or more of "commercial", "usgov-high", "usgov-dod", "china"',
    )
    expect(() => settingsFrom({ clouds: [] })).toThrow('clouds is empty: write one or more of')
  })

  test('refuse a refresh policy that does not exist, and name those that do', () => {
    expect(() => settingsFrom({ refreshPolicy: 'hot' })).toThrow(
      'refreshPolicy is "hot": write "adaptive" or "always-hot"',
    )
  })

  test('take the key of an earlier deployment by its ARN', () => {
    const customerManagedKey =
      'arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555'
    expect(settingsFrom({ customerManagedKey }).customerManagedKey).toBe(customerManagedKey)
  })

  test.each(['restored', 'arn:aws:dynamodb:eu-west-1:123456789012:table/t'])(
    'refuse %s for the stream of a restored table',
    (connectionsStreamArn) => {
      expect(() => settingsFrom({ connectionsStreamArn })).toThrow(
        `connectionsStreamArn is "${connectionsStreamArn}": write the ARN of the stream of a restored table`,
      )
    },
  )

  test.each([0, 65, 1.5, 'many', -1])('refuse %s shards', (shards) => {
    expect(() => settingsFrom({ shards })).toThrow(
      /shards is \S+: write a whole number from 1 to 64/,
    )
  })

  test.each([
    ['domainName', 'https://connect.example.com', 'write a host such as "connect.example.com"'],
    ['domainName', 'connect', 'write a host such as "connect.example.com"'],
    ['certificateArn', 'arn:aws:iam::111122223333:server-certificate/x', 'write the ARN of a cert'],
    ['hostedZoneId', '/hostedzone/Z0123', 'write the id of a Route 53 hosted zone'],
    ['alarmMail', 'ops@example.com,dev@example.com', 'write one mail address such as'],
    [
      'logRetentionDays',
      100,
      'write one of the numbers of days that CloudWatch knows: 1, 3, 5, 7,',
    ],
    ['customerManagedKey', 'yes', 'write true, false, or the ARN of the KMS key'],
    ['customerManagedKey', 'constructor', 'write true, false, or the ARN'],
    ['tracing', 1, 'write true or false'],
    ['removalPolicy', 'snapshot', 'write "retain", or "destroy" for a trial'],
    ['reservedConcurrency', 16, 'write a whole number from 1 to 10000 for some of api, token, ref'],
    ['reservedConcurrency', { sweep: 16 }, 'write a whole number'],
    ['reservedConcurrency', { refresh: 0 }, 'write a whole number'],
    ['reservedConcurrency', [16], 'write a whole number'],
  ])('refuse %s %j, and say what to write', (name, value, remedy) => {
    const problem = `cdk context: ${name} is ${JSON.stringify(value)}: ${remedy}`
    expect(() => settingsFrom({ [name]: value })).toThrow(problem)
  })

  test('take a domain only with its certificate', () => {
    expect(() => settingsFrom({ domainName: 'connect.example.com' })).toThrow(
      'domainName needs certificateArn: write it too',
    )
    expect(() => settingsFrom({ certificateArn: CERTIFICATE })).toThrow(
      'certificateArn needs domainName: write it too',
    )
    expect(() => settingsFrom({ hostedZoneId: 'Z0123456789ABC' })).toThrow(
      'hostedZoneId needs domainName and certificateArn: write it too',
    )
  })

  test('take a certificate only in the region that is deployed to', () => {
    const context = { domainName: 'connect.example.com', certificateArn: CERTIFICATE }
    expect(readServiceSettings(context, 'eu-central-1').domain).toBeDefined()
    expect(() => readServiceSettings(context, 'us-east-1')).toThrow(
      'certificateArn is of eu-central-1, but this deploys to us-east-1: set AWS_REGION=eu-central-1',
    )
  })

  test('keep at least one run for each shard, when runs are kept', () => {
    const kept = (refresh: number) => settingsFrom({ shards: 8, reservedConcurrency: { refresh } })
    expect(kept(8).reservedConcurrency).toEqual({ refresh: 8 })
    expect(() => kept(7)).toThrow('write at least 8')
  })

  test.each([
    ['alarmEmail', 'alarmMail'],
    ['allowed-origins', 'allowedOrigins'],
    ['ALLOWED_ORIGIN', 'allowedOrigins'],
    ['cloud', 'clouds'],
    ['domain', 'domainName'],
    ['logRetention', 'logRetentionDays'],
  ])('guess what %s was meant to be', (name, meant) => {
    expect(() => settingsFrom({ [name]: 'x' })).toThrow(
      `cdk context: ${name} is no setting: did you mean ${meant}?`,
    )
  })

  test('name a word that is no setting, and all that are', () => {
    expect(() => settingsFrom({ frobnicate: 1 })).toThrow(
      /frobnicate is no setting: take it out, or write one of publicUrl, .+, removalPolicy/,
    )
  })

  test('say where the brand is set, which is no part of a deployment', () => {
    expect(() => settingsFrom({ partnerName: 'Fabrikam' })).toThrow(
      'partnerName is no setting: the name, logo and colour on the pages are set after the deployment, by npm run brand',
    )
  })

  test('are refused by the app in one line, without a trace', async () => {
    const CDK_OUTDIR = temporaryFolder('cdk-out')
    const env = { ...process.env, CDK_OUTDIR, CDK_CONTEXT_JSON: '{"shards":0}' }
    const app = join(import.meta.dirname, '../../../infra/app.ts')
    const refused = promisify(execFile)(process.execPath, [app], { env })
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: 'cdk context: shards is 0: write a whole number from 1 to 64\n',
    })
  })

  test('leave alone what belongs to the CDK', () => {
    const context = {
      '@aws-cdk/core:someFlag': true,
      'aws:cdk:enable-path-metadata': true,
      'availability-zones:account=1:region=eu-central-1': ['a'],
      'acknowledged-issue-numbers': [1],
      'cli-telemetry': false,
    }
    expect(settingsFrom(context)).toEqual(settingsFrom({}))
  })

  test.each([-1, 1001, 1.5, 'often'])('refuse a rotation of keys every %s days', (days) => {
    expect(() => settingsFrom({ keyRotationDays: days })).toThrow(
      `keyRotationDays is ${JSON.stringify(days)}: write a whole number from 0 to 1000`,
    )
  })

  test('take an app without credential, in the cloud that knows it', () => {
    expect(settingsFrom({ appCredential: 'federated' }).appCredential).toBe('federated')
    expect(() => settingsFrom({ appCredential: 'federated', clouds: ['china'] })).toThrow(
      'appCredential is "federated", which only the cloud "commercial" takes: write "secret"',
    )
    expect(() => settingsFrom({ appCredential: 'none' })).toThrow(
      'appCredential is "none": write "secret" or "federated"',
    )
  })

  test('name everything that is wrong at once', () => {
    expect(() => settingsFrom({ publicUrl: 'x', allowedOrigins: ['y'], shards: 0 })).toThrow(
      /publicUrl is .+; allowedOrigins has .+; shards is /,
    )
  })
})
