import { describe, expect, test } from 'vitest'
import type { CheckCredential } from '../../../../functions/domain/credential-check.ts'
import { newApiAccess, newApiClient } from '../../../../functions/domain/stored-api-access.ts'
import { newKeyring } from '../../../../functions/domain/stored-keyring.ts'
import type { DeployedStack } from '../../../../infra/operate/deployed-stack.ts'
import { examine, type Patient } from '../../../../infra/operate/doctor-steps.ts'
import type { EntraProbe } from '../../../../infra/operate/entra-probe.ts'
import { OUTPUT, type Outputs, VERSION } from '../../../../infra/outputs.ts'
import { at, MINUTE } from '../../../fakes/hand-clock.ts'
import { selfSigned } from '../../../support/self-signed-certificate.ts'

const CLIENT_ID = '11111111-2222-3333-4444-555555555555'
const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:'

const OUTPUTS: Outputs = {
  apiUrl: 'https://api.example.com',
  replyUrl: 'https://api.example.com/connector/callback',
  consoleUrl: 'https://api.example.com/console',
  connectionsTable: 'connections',
  eventBus: 'dynamics-connect',
  signInsTable: 'sign-ins',
  appCredentialSecret: `${ARN}app`,
  accessTokenKeyringSecret: `${ARN}access`,
  refreshTokenKeyringSecret: `${ARN}refresh`,
  apiAccessSecret: `${ARN}api`,
  consoleAccessSecret: `${ARN}console`,
  tokenFunction: 'arn:aws:lambda:eu-central-1:123456789012:function:token',
  refreshFunction: 'refresh',
  callbackRole: 'arn:aws:iam::111122223333:role/callback',
  refreshRole: 'arn:aws:iam::111122223333:role/refresh',
  version: VERSION,
}

const SECRETS = {
  [OUTPUTS.appCredentialSecret]: { clientId: CLIENT_ID, clientSecret: 'abc8Q~value' },
  [OUTPUTS.accessTokenKeyringSecret]: newKeyring(),
  [OUTPUTS.refreshTokenKeyringSecret]: newKeyring(),
  [OUTPUTS.apiAccessSecret]: newApiAccess([newApiClient('partner')]),
  [OUTPUTS.consoleAccessSecret]: {},
}

const PROVIDER = {
  issuer: 'https://login.example.com/tenant',
  clientId: 'console-app',
  people: ['@example.com'],
}

const STACK: DeployedStack = {
  status: 'UPDATE_COMPLETE',
  region: 'eu-west-1',
  account: '123456789012',
  outputs: Object.fromEntries(
    Object.entries(OUTPUT).map(([key, name]) => [name, OUTPUTS[key as keyof Outputs]]),
  ),
}

const FUNCTION = {
  isActive: true,
  reservedConcurrency: undefined,
  logGroup: '/log/refresh',
  variables: {},
}

interface Illness {
  readonly patient?: Partial<Patient>
  readonly microsoft?: Partial<EntraProbe>
  readonly checkCredential?: CheckCredential
  readonly secrets?: Readonly<Record<string, unknown>>
  readonly outputs?: Partial<Outputs>
  readonly options?: { readonly tenant?: string; readonly connectionId?: number }
}

/** A healthy deployment but for its illness, and what the doctor says about it. */
async function examined({
  checkCredential = async () => ({ verdict: 'accepted' }),
  patient,
  microsoft,
  secrets,
  outputs,
  options,
}: Illness = {}) {
  const told: string[] = []
  const held: Readonly<Record<string, unknown>> = { ...SECRETS, ...secrets }
  const isHealthy = await examine(
    {
      patient: {
        stack: async () => STACK,
        secrets: { read: async (id) => JSON.stringify(held[id]) },
        clientId: async () => CLIENT_ID,
        rules: async () => [{ name: 'sweep-0', isEnabled: true }],
        finishedSweeps: async () => ({ count: 14, lastAt: at(-2 * MINUTE), oldestDueMs: 0 }),
        refreshFunction: async () => FUNCTION,
        openBreaker: async () => undefined,
        refresh: async () => expect.unreachable('a connection was refreshed'),
        awsClockAheadMs: () => 200,
        ...patient,
      },
      microsoft: {
        replyUrl: async () => 'registered',
        clockAheadMs: () => 300,
        ...microsoft,
      },
      checkCredential,
      tell: (line) => told.push(line),
      now: () => at(0),
    },
    { outputs: { ...OUTPUTS, ...outputs }, tenant: undefined, connectionId: undefined, ...options },
  )
  return { isHealthy, told, wrong: told.filter((line) => line.startsWith('✗')) }
}

describe('the doctor', () => {
  test('says of a healthy deployment what was checked, one line each', async () => {
    const { isHealthy, told } = await examined()
    expect(isHealthy).toBe(true)
    expect(told).toEqual([
      `✓ stack: version ${VERSION} in eu-west-1 of account 123456789012`,
      '✓ keyring of access tokens: filled',
      '✓ keyring of refresh tokens: filled',
      '✓ API access: filled',
      '✓ app credential, as stored: filled',
      '✓ console: https://api.example.com/console, for whoever signs in by an API client',
      '✓ app credential: accepted by Microsoft',
      '✓ reply URL: https://api.example.com/connector/callback is registered',
      '✓ refresh function: the refresh function is ready',
      '✓ schedule: every rule is enabled (1)',
      '✓ sweeps: 14 have finished of late, the last one 2 minutes ago',
      '✓ clock: AWS and Microsoft agree within 0 s',
      '… test refresh: none was asked for; add --connection <id>',
      'nothing is wrong',
    ])
  })

  const illnesses: readonly (readonly [string, Illness, RegExp])[] = [
    [
      'a stack of another account',
      { patient: { stack: async () => undefined } },
      /^✗ stack: .* deployed to account 123456789012 in eu-west-1: sign in there/,
    ],
    [
      'a deployment that failed',
      { patient: { stack: async () => ({ ...STACK, status: 'UPDATE_FAILED' }) } },
      /UPDATE_FAILED: wait until it has ended, then run "npm run deploy"/,
    ],
    [
      'an outputs file of an earlier deployment',
      { patient: { stack: async () => ({ ...STACK, outputs: {} }) } },
      /the outputs file says another ApiUrl than the stack/,
    ],
    [
      'another version',
      {
        outputs: { version: '0.0.9' },
        patient: {
          stack: async () => ({ ...STACK, outputs: { ...STACK.outputs, Version: '0.0.9' } }),
        },
      },
      /version 0\.0\.9 is deployed, this folder is .*: run "npm run deploy"/,
    ],
    [
      'an empty keyring',
      { secrets: { [OUTPUTS.accessTokenKeyringSecret]: undefined } },
      /^✗ keyring of access tokens: is not filled: run "npm run setup"/,
    ],
    [
      'a half-filled credential',
      { secrets: { [OUTPUTS.appCredentialSecret]: { clientId: CLIENT_ID } } },
      /^✗ app credential, as stored: lacks "clientSecret": run "npm run setup -- --replace-app/,
    ],
    [
      'a client id that is not the published one',
      { patient: { clientId: async () => 'other' } },
      /sign-ins begin with the client id other, and end with 1111.*: run "npm run setup"/,
    ],
    [
      'a console that nobody can sign in to',
      {
        secrets: {
          [OUTPUTS.apiAccessSecret]: newApiAccess([
            { ...newApiClient('acme-only'), accountId: 'acme' },
          ]),
        },
      },
      /^✗ console: nobody can sign in: see "Nobody can sign in to the console" in infra/,
    ],
    [
      'a console whose secret was emptied',
      { secrets: { [OUTPUTS.consoleAccessSecret]: undefined } },
      /^✗ console: its secret holds no JSON object: see "Nobody can sign in/,
    ],
    [
      'a provider of people that is not whole',
      { secrets: { [OUTPUTS.consoleAccessSecret]: { provider: { issuer: 'contoso' } } } },
      /^✗ console: the OpenID provider that is stored cannot be used: at https/,
    ],
    [
      'an expired client secret',
      {
        checkCredential: async () => ({
          verdict: 'rejected',
          cause: 'secret_expired',
          code: 7000222,
        }),
      },
      /rejected by Microsoft \(AADSTS7000222\): the client secret has expired: make a new/,
    ],
    [
      'an app that Microsoft does not know',
      { checkCredential: async () => ({ verdict: 'unknown_app', code: 700016 }) },
      /no such app \(AADSTS700016\): compare the client id/,
    ],
    [
      'a service that was refused by itself',
      { patient: { openBreaker: async () => 'AADSTS7000215' } },
      /the service was refused \(AADSTS7000215\) .* its id was stored in place of its value/,
    ],
    [
      'a reply URL that is not registered',
      { microsoft: { replyUrl: async () => 'not_registered' } },
      /AADSTS50011\): add https:\/\/api\.example\.com\/connector\/callback under Authentication/,
    ],
    [
      'a function that is switched off',
      { patient: { refreshFunction: async () => ({ ...FUNCTION, reservedConcurrency: 0 }) } },
      /reserved concurrency of 0: remove it with "aws lambda delete-function-concurrency"/,
    ],
    [
      'a disabled rule',
      { patient: { rules: async () => [{ name: 'sweep-0', isEnabled: false }] } },
      /1 of 1 rules are disabled.*"aws events enable-rule --name sweep-0"/,
    ],
    [
      'no sweep of late',
      { patient: { finishedSweeps: async () => undefined } },
      /none has finished within 15 minutes .* "aws logs tail \/log\/refresh"/,
    ],
    [
      'a queue that grows',
      {
        patient: {
          finishedSweeps: async () => ({ count: 1, lastAt: at(0), oldestDueMs: 11 * MINUTE }),
        },
      },
      /was due for 11 minutes: set more "shards"/,
    ],
    [
      'clocks that differ',
      { patient: { awsClockAheadMs: () => 6 * MINUTE } },
      /AWS and Microsoft differ by 360 s/,
    ],
    [
      'a check that cannot be made',
      {
        patient: {
          rules: () => Promise.reject(Object.assign(new Error('x'), { name: 'AccessDenied' })),
        },
      },
      /^✗ schedule: could not be checked: these AWS credentials may not do this: x/,
    ],
  ]

  test.each(illnesses)('finds %s, and nothing else', async (_name, illness, line) => {
    const { isHealthy, wrong } = await examined(illness)
    expect(isHealthy).toBe(false)
    expect(wrong).toEqual([
      expect.stringMatching(line),
      ...wrong.slice(1).filter((more) => more.startsWith('✗ app credential: ')),
    ])
  })

  const beside: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    [
      'an API client',
      {},
      '! console: the first sign-in is still open, for whoever may read its secret: sign in at https://api.example.com/console by an API client, and close it under Access',
    ],
    [
      'a provider of people',
      { provider: PROVIDER },
      '! console: the first sign-in is still open, for whoever may read its secret: sign in at https://api.example.com/console by an API client or login.example.com, and close it under Access',
    ],
  ]

  const FIRST = { clientId: 'console', clientSecret: 'as-it-was-made' }

  test.each(beside)('minds a first sign-in that is open beside %s', async (_, stored, line) => {
    const secrets = { [OUTPUTS.consoleAccessSecret]: { ...FIRST, ...stored } }
    const { isHealthy, told } = await examined({ secrets })
    expect(isHealthy).toBe(true)
    expect(told).toContain(line)
    expect(told.join()).not.toContain(FIRST.clientSecret)
  })

  test('leaves a first sign-in alone that is the only way in', async () => {
    const clients = newApiAccess([])
    const secrets = { [OUTPUTS.consoleAccessSecret]: FIRST, [OUTPUTS.apiAccessSecret]: clients }
    const { told } = await examined({ secrets })
    expect(told).toContain('✓ console: https://api.example.com/console, by the first sign-in alone')
  })

  test.each([
    [
      { outcome: 'refreshed', generation: 3, expiresAt: at(0) },
      '✓ test refresh: connection 7 was refreshed; its token is good until 2096-03-01T12:00:00.000Z',
    ],
    [
      { outcome: 'gone', status: 'disconnected' },
      '✗ test refresh: connection 7 is disconnected and holds no grant: name one that is connected',
    ],
    [
      { outcome: 'transient', code: 'AADSTS90033', retryAt: at(MINUTE) },
      '✗ test refresh: connection 7: AADSTS90033; the service tries again at 2096-03-01T12:01:00.000Z',
    ],
  ] as const)('tells what a test refresh came to: %j', async (outcome, line) => {
    const { told } = await examined({
      patient: { refresh: async () => outcome },
      options: { connectionId: 7 },
    })
    expect(told).toContain(line)
  })

  test.each([
    [
      { verdict: 'rejected', cause: 'certificate_unknown', code: 700027 },
      /AADSTS700027\): the app does not know the certificate: upload it/,
    ],
    [
      { verdict: 'rejected', cause: 'other', code: 7000218 },
      /AADSTS7000218\): "Microsoft rejects the app credential" in infra\/RUNBOOK\.md/,
    ],
    [
      { verdict: 'wrong_tenant', cause: 'malformed', code: undefined },
      /could not be tried \(no code\): that is neither a tenant id nor a domain/,
    ],
    [
      { verdict: 'wrong_tenant', cause: 'not_found', code: 90002 },
      /could not be tried \(AADSTS90002\): Microsoft knows no such tenant/,
    ],
  ] as const)('says what to do about %j', async (verdict, line) => {
    const { wrong } = await examined({ checkCredential: async () => verdict })
    expect(wrong).toEqual([expect.stringMatching(line)])
  })

  test('has a certificate tried, and leaves an app that AWS vouches for to the service', async () => {
    const { pem, keyPem } = selfSigned()
    const kinds: string[] = []
    const checkCredential: CheckCredential = async ({ credential }) => {
      kinds.push(credential.kind)
      return { verdict: 'accepted' }
    }
    const held = (value: object) => ({
      checkCredential,
      secrets: { [OUTPUTS.appCredentialSecret]: { clientId: CLIENT_ID, ...value } },
    })
    await examined(held({ certificate: pem, privateKey: keyPem }))
    const { told } = await examined(held({ federated: true }))
    expect(kinds).toEqual(['certificate'])
    expect(told).toContain(
      '… app credential: AWS vouches for the service alone, so only that can use it; --connection <id> does',
    )
  })

  test('is not sure of a credential that Microsoft only did not object to', async () => {
    const checkCredential = async () => ({ verdict: 'not_refused' }) as const
    const { isHealthy, told } = await examined({ checkCredential })
    expect(isHealthy).toBe(true)
    expect(told).toContain(
      '… app credential: Microsoft did not object to it; --tenant <your own tenant id> or --connection <id> prove it',
    )
  })

  test('asks Microsoft about a tenant only where it was told one, and shows no secret', async () => {
    const asked: unknown[] = []
    const checkCredential: CheckCredential = async ({ tenant }) => {
      asked.push(tenant)
      return { verdict: 'accepted' }
    }
    const first = await examined({ checkCredential })
    const second = await examined({ checkCredential, options: { tenant: 'contoso.example' } })
    expect(asked).toEqual([undefined, 'contoso.example'])
    expect([...first.told, ...second.told].join()).not.toContain('abc8Q')
  })
})
