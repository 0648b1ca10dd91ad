import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { OUTPUT, STACK_NAME } from '../../../infra/outputs.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const CLIENT_ID = '11111111-2222-3333-4444-555555555555'
const CLIENT_SECRET = 'abc8Q~the-value-of-the-secret'
/** Of a client secret whose end is not known. */
const SAVED_APP = {
  clientId: { S: CLIENT_ID },
  appKind: { S: 'client_secret' },
  appChangedAt: { N: expect.any(String) },
}
const ARN = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:'

type Json = Readonly<Record<string, unknown>>

/** Answers the calls that the setup makes to Secrets Manager and DynamoDB, and refuses any other. */
class StandIn {
  readonly secrets = new Map<string, string>()
  readonly regions = new Set<string | undefined>()
  settings: Json = {}
  readonly #server: Server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    this.regions.add(/\/\d{8}\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1])
    const parts: Buffer[] = await request.toArray()
    const answer = this.#answer(operation, JSON.parse(Buffer.concat(parts).toString()))
    response.writeHead('__type' in answer ? 400 : 200, {
      'content-type': 'application/x-amz-json-1.1',
    })
    response.end(JSON.stringify(answer))
  })

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.close()
  }

  #answer(operation: string, input: Json): Json {
    switch (operation) {
      case 'GetSecretValue': {
        const SecretString = this.secrets.get(String(input.SecretId))
        return SecretString === undefined
          ? { __type: 'ResourceNotFoundException' }
          : { SecretString }
      }
      case 'PutSecretValue':
        this.secrets.set(String(input.SecretId), String(input.SecretString))
        return {}
      case 'GetItem':
        return { Item: this.settings }
      case 'UpdateItem': {
        const values = Object.entries(input.ExpressionAttributeValues as Json)
        const set = values.map(([name, value]) => [name.slice(1), value])
        this.settings = { ...this.settings, ...(input.Key as Json), ...Object.fromEntries(set) }
        return {}
      }
      default:
        return { __type: 'UnknownOperationException' }
    }
  }
}

const standIns: StandIn[] = []

afterEach(() => {
  for (const standIn of standIns.splice(0)) {
    standIn.stop()
  }
})

async function anOutputsFile(outputs: Json): Promise<string> {
  const path = join(temporaryFolder('outputs'), 'outputs.json')
  await writeFile(path, JSON.stringify({ [STACK_NAME]: outputs }))
  return path
}

function outputsOfADeployment(): Json {
  return Object.fromEntries(Object.values(OUTPUT).map((name) => [name, `${ARN}${name}`]))
}

/** Runs the command as `npm run setup` does. */
async function setup(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['infra/setup.ts', ...args], {
    env: { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
  })
  const [out, err] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()])
  return {
    code: await exit,
    out: Buffer.concat(out).toString(),
    err: Buffer.concat(err).toString(),
  }
}

async function aDeployment() {
  const standIn = new StandIn()
  standIns.push(standIn)
  const AWS_ENDPOINT_URL = await standIn.start()
  const outputs = await anOutputsFile(outputsOfADeployment())
  const answers = { ENTRA_CLIENT_ID: CLIENT_ID, ENTRA_CLIENT_SECRET: CLIENT_SECRET }
  const run = (env: NodeJS.ProcessEnv = answers, ...flags: readonly string[]) =>
    setup(['--outputs', outputs, ...flags], { AWS_ENDPOINT_URL, ...env })
  return { standIn, run }
}

describe('npm run setup', () => {
  test('fills a new deployment in the region of its secrets, and a second run changes nothing', async () => {
    const { standIn, run } = await aDeployment()
    const first = await run()
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(standIn.secrets.get(`${ARN}${OUTPUT.appCredentialSecret}`)).toBe(
      JSON.stringify({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }),
    )
    expect(standIn.secrets.size).toBe(4)
    expect(standIn.settings).toEqual({ pk: { S: 'settings' }, ...SAVED_APP })
    expect([...standIn.regions]).toEqual(['eu-west-1'])

    const filled = new Map(standIn.secrets)
    const second = await run({})
    expect(second).toMatchObject({ code: 0, err: '' })
    expect(standIn.secrets).toEqual(filled)
    expect(first.out + second.out).not.toContain(CLIENT_SECRET)
  })

  test('keeps the end date of the client secret', async () => {
    const { standIn, run } = await aDeployment()
    const answers = { ENTRA_CLIENT_ID: CLIENT_ID, ENTRA_CLIENT_SECRET: CLIENT_SECRET }
    await run({ ...answers, ENTRA_CLIENT_SECRET_ENDS_ON: '2999-05-01' })
    const stored = standIn.secrets.get(`${ARN}${OUTPUT.appCredentialSecret}`)
    expect(JSON.parse(stored ?? '')).toMatchObject({ endsOn: '2999-05-01' })
  })

  test('changes only what the settings say of the app', async () => {
    const { standIn, run } = await aDeployment()
    standIn.settings = { pk: { S: 'settings' }, clientId: { S: 'old' }, alwaysHot: { BOOL: true } }
    await run(undefined, '--another-app')
    expect(standIn.settings).toEqual({
      pk: { S: 'settings' },
      ...SAVED_APP,
      alwaysHot: { BOOL: true },
    })
  })

  test('says how to make an outputs file that is not there', async () => {
    const { code, err } = await setup(['--outputs', 'cdk.out/none.json'])
    expect(code).toBe(1)
    expect(err).toBe(
      'setup: there is no cdk.out/none.json: run "npx cdk deploy --outputs-file cdk.out/none.json" first\n',
    )
  })

  test.each([
    ['an output is missing', { ...outputsOfADeployment(), [OUTPUT.apiAccessSecret]: undefined }],
    ['the stack is another one', {}],
  ])('says what an outputs file lacks when %s', async (_name, outputs) => {
    const path = await anOutputsFile(outputs)
    const { code, err } = await setup(['--outputs', path])
    expect(code).toBe(1)
    expect(err).toMatch(
      /lacks .*ApiAccessSecretArn.* of the stack dynamics-connect: run "npx cdk dep/,
    )
  })

  test.each([
    [
      'a client id that is no GUID',
      { ENTRA_CLIENT_ID: 'contoso', ENTRA_CLIENT_SECRET: CLIENT_SECRET },
      /ENTRA_CLIENT_ID: "contoso" is no client id: paste the "Application \(client\) ID"/,
    ],
    [
      'the id of a secret in place of its value',
      { ENTRA_CLIENT_ID: CLIENT_ID, ENTRA_CLIENT_SECRET: '99999999-8888-7777-6666-555555555555' },
      /ENTRA_CLIENT_SECRET: this is the "Secret ID" .*AADSTS7000215\): paste its "Value"/,
    ],
    [
      'an end date that has passed',
      {
        ENTRA_CLIENT_ID: CLIENT_ID,
        ENTRA_CLIENT_SECRET: CLIENT_SECRET,
        ENTRA_CLIENT_SECRET_ENDS_ON: '2020-05-01',
      },
      /ENTRA_CLIENT_SECRET_ENDS_ON: the client secret has ended on 2020-05-01: make a new one/,
    ],
    [
      'no terminal to ask for the client secret',
      { ENTRA_CLIENT_ID: CLIENT_ID },
      /set ENTRA_CLIENT_SECRET, or run this in a terminal/,
    ],
  ])('refuses %s, and does not repeat the secret', async (_name, env, message) => {
    const { standIn, run } = await aDeployment()
    const { code, out, err } = await run(env)
    expect(code).toBe(1)
    expect(err).toMatch(message)
    const { ENTRA_CLIENT_SECRET: typed = CLIENT_SECRET }: NodeJS.ProcessEnv = env
    expect(out + err).not.toContain(typed)
    expect(standIn.secrets.has(`${ARN}${OUTPUT.appCredentialSecret}`)).toBe(false)
  })

  test('stores a certificate in the place of a client secret', async () => {
    const { standIn, run } = await aDeployment()
    await run()
    const { pem, keyPem } = selfSigned()
    const file = join(temporaryFolder('certificate'), 'app.pem')
    await writeFile(file, pem + keyPem)
    const { code, out } = await run({ ENTRA_CLIENT_ID: CLIENT_ID }, '--certificate', file)
    expect(code).toBe(0)
    expect(out).toContain('app credential: stored; it ends on 2036-01-01')
    expect(out).not.toContain('PRIVATE KEY')
    expect(JSON.parse(standIn.secrets.get(`${ARN}${OUTPUT.appCredentialSecret}`) ?? '')).toEqual({
      clientId: CLIENT_ID,
      certificate: pem,
      privateKey: keyPem,
    })
  })

  test('stores that there is no credential, and tells how Microsoft learns to trust', async () => {
    const { standIn, run } = await aDeployment()
    const { code, out } = await run({ ENTRA_CLIENT_ID: CLIENT_ID }, '--federated')
    expect(code).toBe(0)
    expect(out).toContain('aws iam enable-outbound-web-identity-federation')
    expect(out).toContain(`az ad app federated-credential create --id ${CLIENT_ID}`)
    expect(JSON.parse(standIn.secrets.get(`${ARN}${OUTPUT.appCredentialSecret}`) ?? '')).toEqual({
      clientId: CLIENT_ID,
      federated: true,
    })
  })

  test.each([
    [['--certificate', 'a.pem', '--federated'], 'write either --certificate or --federated'],
    [['--certificate', '/nowhere/a.pem'], 'there is no file /nowhere/a.pem that can be read'],
  ])('changes nothing when it is told %j', async (flags, message) => {
    const { standIn, run } = await aDeployment()
    const { code, err } = await run({ ENTRA_CLIENT_ID: CLIENT_ID }, ...flags)
    expect(code).toBe(1)
    expect(err).toContain(`setup: ${message}`)
    expect(standIn.secrets.size).toBe(0)
  })

  test('replaces the credential of the app when told to', async () => {
    const { standIn, run } = await aDeployment()
    await run()
    const other = '22222222-2222-3333-4444-555555555555'
    const env = { ENTRA_CLIENT_ID: other, ENTRA_CLIENT_SECRET: 'another-value' }
    const refused = await run(env, '--replace-app-credential')
    expect(refused.err).toMatch(
      /^setup: the service is app 1111.* add --another-app if that is meant/,
    )
    const { out } = await run(env, '--replace-app-credential', '--another-app')
    expect(out).toContain('keyring of access tokens: kept')
    expect(out).toContain('app credential: stored')
    expect(standIn.secrets.get(`${ARN}${OUTPUT.appCredentialSecret}`)).toContain(other)
  })
})
