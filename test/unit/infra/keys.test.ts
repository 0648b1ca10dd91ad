import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, describe, expect, test } from 'vitest'
import { secretsManagerKeyring } from '../../../functions/adapters/secrets-manager-keyring.ts'
import { STORED_AS } from '../../../functions/adapters/table-schema.ts'
import {
  newKeyring,
  type StoredKeyring,
  withNewKey,
} from '../../../functions/domain/stored-keyring.ts'
import { tokenSealer } from '../../../functions/domain/token-sealer.ts'
import { keyIdOf } from '../../../infra/keys-use.ts'
import { OUTPUT, STACK_NAME } from '../../../infra/outputs.ts'
import { handClock, SECOND } from '../../fakes/hand-clock.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const ARN = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:'
const ACCESS_KEYRING = `${ARN}${OUTPUT.accessTokenKeyringSecret}`
const REFRESH_KEYRING = `${ARN}${OUTPUT.refreshTokenKeyringSecret}`
const LONG_AGO = Date.parse('2026-01-01T00:00:00Z') / 1000

type Json = Readonly<Record<string, unknown>>

/** A version of a secret; its id follows from its text. */
interface Version {
  readonly text: string
  readonly createdAt: number
}

/** Answers the calls that the keys command and a keyring make, and refuses any other. */
class StandIn {
  readonly secrets = new Map<string, Version>()
  /** What was stored beside the current version, by its id. */
  readonly #beside = new Map<string, Version>()
  /** What happens once, between the command's reading of a secret and its writing. */
  meanwhile: (() => void) | undefined
  readonly scans: Json[] = []
  /** Sealed tokens by connection, a page for each three. */
  readonly items: Json[] = []
  readonly #server: Server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
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
    this.#server.closeAllConnections()
  }

  store(secretId: string, keyring: StoredKeyring): void {
    this.secrets.set(secretId, { text: JSON.stringify(keyring), createdAt: LONG_AGO })
  }

  /** Every keyring was last changed long ago; when its keys were replaced stays. */
  settle(): void {
    for (const [id, { text }] of this.secrets) this.secrets.set(id, { text, createdAt: LONG_AGO })
  }

  /** Every keyring was last changed long ago, and so its keys were replaced. */
  age(): void {
    for (const id of this.secrets.keys()) {
      const { replaced = {}, ...keyring } = this.keyring(id)
      const longAgo = new Date(LONG_AGO * 1000).toISOString()
      const aged = Object.fromEntries(Object.keys(replaced).map((keyId) => [keyId, longAgo]))
      this.store(id, { ...keyring, replaced: aged })
    }
  }

  keyring(secretId: string): StoredKeyring {
    return JSON.parse(this.secrets.get(secretId)?.text ?? '')
  }

  #answer(operation: string, input: Json): Json {
    switch (operation) {
      case 'GetSecretValue': {
        const secret = this.secrets.get(String(input.SecretId))
        if (secret === undefined) return { __type: 'ResourceNotFoundException' }
        const { text, createdAt } = secret
        return { SecretString: text, CreatedDate: createdAt, VersionId: idOf(text) }
      }
      case 'PutSecretValue': {
        const text = String(input.SecretString)
        this.#beside.set(idOf(text), { text, createdAt: Date.now() / 1000 })
        return { VersionId: idOf(text) }
      }
      case 'UpdateSecretVersionStage':
        return input.VersionStage === 'AWSCURRENT' ? this.#makeCurrent(input) : {}
      case 'Scan':
        return this.#scan(input)
      default:
        return { __type: 'UnknownOperationException' }
    }
  }

  #makeCurrent({ SecretId, MoveToVersionId, RemoveFromVersionId }: Json): Json {
    const secretId = String(SecretId)
    const next = this.#beside.get(String(MoveToVersionId))
    const isStillCurrent = idOf(this.secrets.get(secretId)?.text ?? '') === RemoveFromVersionId
    if (!isStillCurrent || next === undefined) return { __type: 'InvalidParameterException' }
    this.secrets.set(secretId, next)
    return {}
  }

  #scan(input: Json): Json {
    this.scans.push(input)
    this.meanwhile?.()
    this.meanwhile = undefined
    const start = Number((input.ExclusiveStartKey as { pk: { S: string } } | undefined)?.pk.S ?? 0)
    const Items = this.items.slice(start, start + 3)
    const end = start + Items.length
    const isMore = end < this.items.length
    const LastEvaluatedKey = { pk: { S: String(end) } }
    const ConsumedCapacity = { CapacityUnits: 1 }
    return { Items, Count: Items.length, ConsumedCapacity, ...(isMore && { LastEvaluatedKey }) }
  }
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const standIns: StandIn[] = []

afterEach(() => {
  for (const standIn of standIns.splice(0)) standIn.stop()
})

async function aDeployment() {
  const standIn = new StandIn()
  standIns.push(standIn)
  const endpoint = await standIn.start()
  standIn.store(ACCESS_KEYRING, newKeyring())
  standIn.store(REFRESH_KEYRING, newKeyring())
  const outputs = join(temporaryFolder('outputs'), 'outputs.json')
  const values = Object.values(OUTPUT).map((name) => [name, `${ARN}${name}`])
  await writeFile(outputs, JSON.stringify({ [STACK_NAME]: Object.fromEntries(values) }))
  const run = (...args: readonly string[]) => keys([...args, '--outputs', outputs], endpoint)
  return { standIn, endpoint, run }
}

/** Runs the command as `npm run keys` does. */
async function keys(args: readonly string[], endpoint: string) {
  const child = spawn(process.execPath, ['infra/keys.ts', ...args], {
    env: {
      PATH: process.env.PATH,
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    },
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

/** A running function's sealer of access tokens: with a copy of the keyring of its own. */
function aContainer(endpoint: string, now = handClock().now) {
  const client = new SecretsManagerClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  return tokenSealer('access', secretsManagerKeyring(client, { secretArn: ACCESS_KEYRING, now }))
}

/** A connection's item, as far as a scan for sealed tokens sees it. */
function anItem(sealed: Uint8Array, status = 'connected'): Json {
  const B = Buffer.from(sealed).toString('base64')
  const { access, refresh } = STORED_AS.tokenSet
  return { status: { S: status }, tokenSet: { M: { [access]: { B }, [refresh]: { B } } } }
}

describe('npm run keys', () => {
  test('counts sealed tokens by key over all pages, and asks for nothing but them', async () => {
    const { standIn, endpoint, run } = await aDeployment()
    const container = aContainer(endpoint)
    for (let connectionId = 1; connectionId <= 7; connectionId += 1) {
      standIn.items.push(anItem(await container.seal({ connectionId, generation: 1 }, 'token')))
    }
    expect(await run('rotate')).toMatchObject({ code: 0, err: '' })
    const fresh = await aContainer(endpoint).seal({ connectionId: 8, generation: 1 }, 'token')
    standIn.items.push(anItem(fresh), anItem(fresh, 'reauthorization_required'))
    const { code, out } = await run('report')
    expect(code).toBe(0)
    expect(out).toContain('k1: in use by 7\n')
    expect(out).toContain('k2: active, in use by 1; 1 more in connections that wait')
    expect(standIn.scans).toHaveLength(3)
    expect(standIn.scans[0]).toMatchObject({
      ProjectionExpression: '#status, tokenSet.#access, tokenSet.#refresh',
      ConsistentRead: false,
    })
  })

  test('drops a key once nothing is sealed with it, and not before', async () => {
    const { standIn, endpoint, run } = await aDeployment()
    const binding = { connectionId: 1, generation: 1 }
    standIn.items.push(anItem(await aContainer(endpoint).seal(binding, 'token')))
    await run('rotate')
    expect((await run('drop', 'k1')).err).toMatch(/a running container may still seal with k1/)
    standIn.settle()
    expect((await run('drop', 'k1')).err).toMatch(/^keys: k1 was replaced on .*--lose-restores\n$/)
    const inUse = await run('drop', 'k1', '--lose-restores')
    expect(inUse.err).toMatch(/^keys: k1 is in use by 1 access tokens/)
    standIn.age()
    expect((await run('drop', 'k1')).err).toMatch(/^keys: k1 is in use by 1 access tokens/)
    standIn.items[0] = anItem(await aContainer(endpoint).seal(binding, 'token'))
    expect(await run('drop', 'k1')).toMatchObject({ code: 0, err: '' })
    expect(Object.keys(standIn.keyring(ACCESS_KEYRING).keys)).toEqual(['k2'])
    expect(Object.keys(standIn.keyring(REFRESH_KEYRING).keys)).toEqual(['k2'])
  })

  test('does not take away a key that a rotation on schedule added while it was counting', async () => {
    const { standIn, run } = await aDeployment()
    await run('rotate')
    standIn.age()
    const rotated = withNewKey(standIn.keyring(ACCESS_KEYRING), new Date())
    standIn.meanwhile = () => standIn.store(ACCESS_KEYRING, rotated)
    const { code, err } = await run('drop', 'k1')
    expect(code).toBe(1)
    expect(err).toBe(
      `keys: the secret ${ACCESS_KEYRING} was changed by somebody else meanwhile and is left as it is: try again\n`,
    )
    expect(standIn.keyring(ACCESS_KEYRING)).toEqual(rotated)
  })

  test.each([
    ['nothing', []],
    ['something else', ['shred']],
    ['to drop no key in particular', ['drop']],
    ['to drop two keys', ['drop', 'k1', 'k2']],
  ])('says how it is used when told %s', async (_case, args) => {
    const { run } = await aDeployment()
    const { code, err } = await run(...args)
    expect(code).toBe(1)
    expect(err).toBe(
      'keys: say what to do: npm run keys -- report | rotate | drop <key id> [--lose-restores]\n',
    )
  })

  test('says what to run first where a secret holds no keyring', async () => {
    const { standIn, run } = await aDeployment()
    standIn.secrets.set(REFRESH_KEYRING, { text: 'placeholder', createdAt: LONG_AGO })
    const { code, err } = await run('rotate')
    expect(code).toBe(1)
    expect(err).toBe(
      `keys: the secret ${REFRESH_KEYRING} holds no keyring: run "npm run setup" first\n`,
    )
    expect(standIn.keyring(ACCESS_KEYRING).active).toBe('k1')
  })

  test('shows no key, whatever it is told', async () => {
    const { standIn, run } = await aDeployment()
    const outputs = [
      await run('report'),
      await run('rotate'),
      await run('drop', 'k1'),
      await run('report'),
    ]
    const said = outputs.map(({ out, err }) => out + err).join('')
    const all = [standIn.keyring(ACCESS_KEYRING), standIn.keyring(REFRESH_KEYRING)]
    const values = all.flatMap((keyring) => Object.values(keyring.keys))
    expect(values).toHaveLength(4)
    for (const value of values) expect(said).not.toContain(value.slice(0, 8))
  })
})

describe('a rotation while traffic runs', () => {
  test('loses nothing, whether a container has heard of the new key or not', async () => {
    const { standIn, endpoint, run } = await aDeployment()
    const clock = handClock()
    const stale = aContainer(endpoint, clock.now)
    const binding = { connectionId: 12, generation: 1 }
    const sealedBefore = await stale.seal(binding, 'before')

    expect((await run('rotate')).code).toBe(0)
    clock.advance(2 * SECOND)
    const fresh = aContainer(endpoint, clock.now)
    const sealedByStale = await stale.seal(binding, 'by the stale one')
    const sealedByFresh = await fresh.seal(binding, 'by the fresh one')
    expect([sealedByStale, sealedByFresh].map(keyIdOf)).toEqual(['k1', 'k2'])

    for (const container of [stale, fresh]) {
      expect(await container.open(binding, sealedBefore)).toBe('before')
      expect(await container.open(binding, sealedByStale)).toBe('by the stale one')
      expect(await container.open(binding, sealedByFresh)).toBe('by the fresh one')
    }
    expect(keyIdOf(await stale.seal(binding, 'learned'))).toBe('k2')
    expect(Object.keys(standIn.keyring(ACCESS_KEYRING).keys)).toEqual(['k1', 'k2'])
  })
})
