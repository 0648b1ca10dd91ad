import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { wireReason } from '../../../functions/http/account-connector.ts'
import { aReason, OTHER_RESOURCE, RESOURCE } from '../../support/builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { commandScene, LOGIN_VARIABLES } from './support/command-scene.ts'
import { CLIENT_SECRET, type Fault, responseOf } from './support/memory-service.ts'

type Line = Readonly<Record<string, unknown>>

/** A command line in a folder of its own. */
function scene(options: Partial<Parameters<typeof commandScene>[0]> = {}) {
  const it = commandScene({ folder: temporaryFolder('cli-import'), ...options })
  return {
    ...it,
    lines: (...lines: readonly Line[]) =>
      it.file('all.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    journal: () => it.read('all.jsonl.progress'),
    installs: () => it.service.asked.filter(({ what }) => what.endsWith('/install')).length,
    imports: () =>
      it.service.asked.filter(({ json }) => json.AuthValue !== undefined).map(({ what }) => what),
  }
}

const token = (number: number) => `0.refresh-token-${number}`
const line = (number: number, more: Line = {}): Line => ({
  AccountId: `account-${number}`,
  Resource: RESOURCE,
  RefreshToken: token(number),
  ...more,
})

const refused =
  (path: string): Fault =>
  ({ what, json }) =>
    what.endsWith(path) && json.AuthValue !== undefined
      ? Response.json(
          {
            Code: 'import_refused',
            Message: 'Microsoft does not take the refresh token.',
            RequestId: 'request-2',
            Reason: wireReason(aReason()),
          },
          { status: 409 },
        )
      : undefined

describe('import', () => {
  test('makes what is not there, uses what is, and says how many', async () => {
    const { run, lines, service, installs } = scene()
    service.add({ accountId: 'account-1', name: 'Sales', status: 'pending', resource: undefined })
    service.add({ accountId: 'account-2', name: 'Old', status: 'disconnected', resource: RESOURCE })
    const sales = line(1, { Name: 'Sales', Resource: `${RESOURCE.toUpperCase()}/` })
    const { exitCode, stdout, stderr } = await run('import', lines(sales, line(2), line(3)))
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      'imported 3 (1 new connections), 0 were imported before, 0 refused, 0 left; 3 lines\n',
    )
    expect(stderr).toContain('3 of 3 lines, 0 refused')
    expect(stderr).toContain('Delete the file with the tokens')
    expect(installs()).toBe(1)
    expect(service.connections()).toMatchObject([
      { accountId: 'account-1', name: 'Sales', resource: RESOURCE, status: 'connected' },
      { accountId: 'account-2', name: 'Old', resource: RESOURCE, status: 'connected' },
      { accountId: 'account-3', resource: RESOURCE, status: 'connected' },
    ])
    expect([1, 2, 3].map(service.imported)).toEqual([token(1), token(2), token(3)])
  })

  test('takes what export wrote, with tokens put to it', async () => {
    const { run, lines, service } = scene()
    service.add({ accountId: 'acme', name: 'Sales', resource: RESOURCE, status: 'disconnected' })
    const exported = JSON.parse((await run('export')).stdout)
    const file = lines({ ...exported, RefreshToken: token(1) })
    expect((await run('import', file)).exitCode).toBe(0)
    expect(service.imported(1)).toBe(token(1))
  })

  test('lists what was refused at the end, with who has to act, and goes on with the rest', async () => {
    const { run, lines, service } = scene()
    service.add({ accountId: 'account-1', name: 'Sales', resource: RESOURCE, status: 'pending' })
    service.fault = refused('/connectors/1')
    const file = lines(line(1, { Name: 'Sales' }), line(2))
    const { exitCode, stdout, stderr } = await run('import', file)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^LINE {2}ACCOUNT {4}CONNECTION {2}ACTS {2}CODE +WHAT TO DO$/m)
    expect(stdout).toMatch(
      /^1 +account-1 {2}Sales +user {2}AADSTS50173 {2}Microsoft does not take/m,
    )
    expect(stdout).toContain('imported 1 (1 new connections), 0 were imported before, 1 refused')
    expect(stderr).toContain('tries what was refused anew')
    expect(stdout + stderr).not.toContain('refresh-token')
    service.fault = undefined
    const again = await run('import', file, '--json')
    expect(again.exitCode).toBe(0)
    expect(JSON.parse(again.stdout)).toEqual({
      Lines: 2,
      Imported: 1,
      NewConnections: 0,
      ImportedBefore: 1,
      Refused: [],
    })
  })

  test('gives JSON of what was refused', async () => {
    const { run, lines, service } = scene()
    service.add({ accountId: 'account-1', name: 'Sales', resource: RESOURCE, status: 'pending' })
    service.fault = refused('/connectors/1')
    const { stdout } = await run('import', lines(line(1, { Name: 'Sales' })), '--json')
    expect(JSON.parse(stdout).Refused).toEqual([
      {
        Line: 1,
        AccountId: 'account-1',
        Name: 'Sales',
        Resource: RESOURCE,
        Code: 'AADSTS50173',
        Who: 'user',
        Message: expect.stringMatching(
          /^Microsoft does not take the refresh token\. .*import_refused/,
        ),
      },
    ])
  })

  test('stops when somebody changes the file meanwhile', async () => {
    const { run, lines, service, file } = scene()
    const name = lines(line(1), line(2))
    service.fault = ({ what }) => {
      if (what.includes('accounts/connectors')) file(name, 'something else\n')
      return undefined
    }
    const { exitCode, stderr } = await run('import', name)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('was changed while it was imported')
    expect(service.connections()).toEqual([])
  })

  test('takes no environment away from a connection that works', async () => {
    const { run, lines, service, imports } = scene()
    service.add({ accountId: 'account-1', name: 'Sales', resource: OTHER_RESOURCE })
    const { exitCode, stdout } = await run('import', lines(line(1, { Name: 'Sales' })))
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`connection 1 is connected to ${OTHER_RESOURCE}: disconnect it first`)
    expect(imports()).toEqual([])
  })

  test('does not guess between two connections', async () => {
    const { run, lines, service, imports } = scene()
    for (const name of ['one', 'two']) {
      service.add({ accountId: 'account-1', name, resource: RESOURCE, status: 'disconnected' })
    }
    const { exitCode, stdout } = await run('import', lines(line(1)))
    expect(exitCode).toBe(1)
    expect(stdout).toContain('several connections are meant (1, 2)')
    expect(imports()).toEqual([])
  })

  test('warns of a file with tokens that others can read', async () => {
    const { run, lines, folder } = scene()
    const file = lines(line(1))
    for (const [mode, isTold] of [
      [0o640, true],
      [0o600, false],
    ] as const) {
      chmodSync(join(folder, file), mode)
      const { stderr } = await run('import', file, '--dry-run')
      expect(stderr.includes('all.jsonl: chmod 600 it')).toBe(isTold)
    }
  })

  test('works on as many at the same time as it is told', async () => {
    for (const [words, most] of [
      [[], 4],
      [['--concurrency', '1'], 1],
    ] as const) {
      const { run, lines, service } = scene()
      const held: (() => void)[] = []
      let seen = 0
      service.fault = async ({ json }) => {
        if (json.AuthValue === undefined) return undefined
        const turn = Promise.withResolvers<void>()
        held.push(turn.resolve)
        // None ends before as many wait as may, and one more would have had time to come.
        if (held.length === most) setTimeout(letGo, 20)
        await turn.promise
        return undefined
      }
      const letGo = () => {
        seen = Math.max(seen, held.length)
        for (const go of held.splice(0)) go()
      }
      const file = lines(...Array.from({ length: 12 }, (_, index) => line(index)))
      expect((await run('import', file, ...words)).exitCode).toBe(0)
      expect(seen).toBe(most)
    }
  })

  test('tells how far it is: every hundred lines, or all the time on a terminal', async () => {
    const many = Array.from({ length: 250 }, (_, index) => line(index))
    const piped = scene()
    const { stderr } = await piped.run('import', piped.lines(...many))
    expect(stderr.match(/of 250 lines/g)).toHaveLength(3)
    const onTerminal = scene({ isTerminal: true })
    const shown = await onTerminal.run('import', onTerminal.lines(...many))
    expect(shown.stderr.split('\r\u001b[2K')).toHaveLength(251)
  })
})

describe('a file with wrong lines', () => {
  test.each([
    ['{', 'it is no JSON object'],
    ['"text"', 'it is no JSON object'],
    [{ ...line(1), AccountId: '' }, 'AccountId has to be'],
    [{ ...line(1), AccountId: 7 }, 'AccountId has to be'],
    [{ ...line(1), Name: ' ' }, 'Name has to be'],
    [{ ...line(1), Name: 'x'.repeat(201) }, 'Name has to be'],
    [{ ...line(1), Resource: 'contoso' }, 'Resource has to be'],
    [{ ...line(1), Resource: `${RESOURCE}/main.aspx` }, 'Resource has to be'],
    [{ ...line(1), RefreshToken: undefined }, 'RefreshToken has to be'],
    [{ ...line(1), RefreshToken: 'two words' }, 'RefreshToken has to be'],
    [{ ...line(1), refreshToken: token(1) }, 'it has a member that is none of'],
  ])('%j is told', async (wrong, words) => {
    const { run, file, service } = scene()
    file('all.jsonl', typeof wrong === 'string' ? wrong : JSON.stringify(wrong))
    const { exitCode, stdout, stderr } = await run('import', 'all.jsonl')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`line 1: ${words}`)
    expect(stdout + stderr).not.toContain('refresh-token')
    expect(service.asked).toHaveLength(0)
  })

  test('has every one told, and nothing is sent or written', async () => {
    const { run, lines, service, folder } = scene()
    const file = lines(line(1), { AccountId: 'a' }, line(1), line(2), line(2, { Name: 'Sales' }))
    const { exitCode, stderr } = await run('import', file)
    expect(exitCode).toBe(2)
    expect(stderr.trimEnd().split('\n')).toEqual([
      'line 2: Resource has to be the address of an environment, such as https://contoso.crm4.dynamics.com',
      'line 2: RefreshToken has to be a refresh token',
      'line 3: it is the same connection as line 1',
      'line 5: it has the AccountId and Resource of line 4: give both a Name',
      'dynamics-connect: nothing was imported: mend what is wrong in all.jsonl first',
    ])
    expect(service.asked).toHaveLength(0)
    expect(existsSync(join(folder, 'all.jsonl.progress'))).toBe(false)
  })

  test('that are empty is none, whatever ends them', async () => {
    const { run, file } = scene()
    file('all.jsonl', `\ufeff${JSON.stringify(line(1))}\r\n\r\n  \n${JSON.stringify(line(2))}`)
    const { stdout } = await run('import', 'all.jsonl')
    expect(stdout).toContain('imported 2 ')
  })

  test.each([
    ['', 'all.jsonl has no lines'],
    [undefined, 'there is no file'],
  ])('as %j has nothing to import', async (text, words) => {
    const { run, file } = scene()
    if (text !== undefined) file('all.jsonl', text)
    const { exitCode, stderr } = await run('import', 'all.jsonl')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(words)
  })
})

describe('a dry run', () => {
  test('says what would be done, and changes nothing', async () => {
    const { run, lines, service, folder } = scene()
    service.add({ accountId: 'account-1', name: 'Sales', resource: RESOURCE })
    service.add({ accountId: 'account-3', name: 'Sales', resource: OTHER_RESOURCE })
    const names = { Name: 'Sales' }
    const file = lines(line(1, names), line(2, names), line(3, names))
    const { exitCode, stdout, stderr } = await run('import', file, '--dry-run')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^1 +account-1 {2}1 +https:\S+ {2}import +-$/m)
    expect(stdout).toMatch(/^2 +account-2 {2}Sales +https:\S+ {2}make and import +-$/m)
    expect(stdout).toMatch(
      /^3 +account-3 {2}Sales +https:\S+ {2}cannot be imported {2}connection 2/m,
    )
    expect(stderr).toContain('Nothing was changed')
    expect(service.asked.filter(({ what }) => !what.startsWith('GET '))).toEqual([])
    expect(existsSync(join(folder, 'all.jsonl.progress'))).toBe(false)
    expect(stdout + stderr).not.toContain('refresh-token')
  })

  test('knows what was imported before', async () => {
    const { run, lines } = scene()
    const file = lines(line(1))
    await run('import', file)
    const { exitCode, stdout } = await run('import', file, '--dry-run', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([
      { Line: 1, What: 'already imported', ConnectionId: 1 },
    ])
  })
})

describe('run again', () => {
  test('asks for nothing that is done, and does a line anew whose token is another', async () => {
    const { run, lines, service, imports } = scene()
    await run('import', lines(line(1), line(2)))
    const before = service.asked.length
    await run('import', 'all.jsonl')
    expect(service.asked.slice(before).map(({ what }) => what)).toEqual([
      'GET /v1.0/accounts/connectors?pageSize=1',
    ])
    const { stdout } = await run('import', lines(line(1), line(2, { RefreshToken: token(22) })))
    expect(stdout).toContain('imported 1 (0 new connections), 1 were imported before')
    expect(imports()).toHaveLength(3)
    expect(service.connections()).toHaveLength(2)
  })

  test('keeps a journal that gives nothing away, for its owner alone', async () => {
    const { run, lines, journal, modeOf } = scene()
    await run('import', lines(line(1, { Name: 'Sales' })))
    expect(modeOf('all.jsonl.progress')).toBe(0o600)
    const text = journal()
    expect(text).not.toContain('refresh-token')
    expect(text).not.toContain('account-1')
    expect(text).not.toContain(CLIENT_SECRET)
    expect(text.trimEnd().split('\n')).toHaveLength(4)
  })

  test('has digests that nobody can try a token against without the secret', async () => {
    const digestsWith = async (secret: string) => {
      const env = { ...LOGIN_VARIABLES, DYNAMICS_CONNECT_CLIENT_SECRET: secret }
      const { run, lines, journal, service } = scene({ env })
      service.fault = ({ what }) =>
        what.includes('oauth')
          ? Response.json({ access_token: 'bearer', expires_in: 3600 })
          : undefined
      await run('import', lines(line(1)))
      return [...journal().matchAll(/[\w-]{43}/g)].map(([digest]) => digest)
    }
    const [one, another] = [await digestsWith('one'), await digestsWith('another')]
    expect(one).toHaveLength(3)
    expect(another).toHaveLength(3)
    expect(one.filter((digest) => another.includes(digest))).toEqual([])
  })

  test('after half a line of the journal was written goes on', async () => {
    const { run, lines, folder, journal } = scene()
    await run('import', lines(line(1)))
    appendFileSync(join(folder, 'all.jsonl.progress'), '{"Imported":"half')
    const { stdout } = await run('import', lines(line(1), line(2)))
    expect(stdout).toContain('imported 1 (1 new connections), 1 were imported before')
    for (const text of journal().trimEnd().split('\n'))
      expect(JSON.parse(text)).toBeTypeOf('object')
  })

  test.each([
    [
      '{"Journal":"dynamics-connect import","Service":"https://other.example.com"}\n',
      'another service',
    ],
    ['my notes\n', 'not the progress of an import'],
  ])('does not go on with %j', async (text, words) => {
    const { run, lines, file, service, journal } = scene()
    file('all.jsonl.progress', text)
    const { exitCode, stderr } = await run('import', lines(line(1)))
    expect(exitCode).toBe(1)
    expect(stderr).toContain(words)
    expect(stderr).toContain('move it away to begin anew')
    expect(service.asked).toHaveLength(1)
    expect(service.connections()).toHaveLength(0)
    expect(journal()).toBe(text)
  })
})

describe('a second import of the same file', () => {
  test('is kept away while the first one runs', async () => {
    const { run, lines, file, read, service } = scene({ isRunning: (id) => id === 4711 })
    file('all.jsonl.lock', '4711')
    const { exitCode, stderr } = await run('import', lines(line(1)))
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /another import of this file is running \(process 4711\); .* delete \S+lock\n$/,
    )
    expect(service.connections()).toEqual([])
    expect(read('all.jsonl.lock')).toBe('4711')
    expect((await run('import', 'all.jsonl', '--dry-run')).exitCode).toBe(0)
  })

  test.each(['4711', '', 'x'])('goes on where %j was killed, and leaves no lock', async (left) => {
    const { run, lines, file, folder } = scene()
    file('all.jsonl.lock', left)
    expect((await run('import', lines(line(1)))).exitCode).toBe(0)
    expect(existsSync(join(folder, 'all.jsonl.lock'))).toBe(false)
  })
})

describe('a run that is killed', () => {
  /** Ends for good at a request: what comes after it in the process never happens. */
  async function killedAt(point: string, isDone: boolean) {
    const it = scene()
    const { service, lines, folder } = it
    const file = lines(line(1, { Name: 'Sales' }))
    const killed = Promise.withResolvers<void>()
    const dead = Promise.withResolvers<Response>()
    service.fault = async (asked) => {
      const isPoint =
        point === 'import' ? asked.json.AuthValue !== undefined : asked.what.endsWith(point)
      if (!isPoint) return undefined
      service.fault = undefined
      if (isDone)
        await service.fetch(`https://connect.example.com${asked.what.split(' ')[1]}`, {
          method: asked.what.split(' ')[0] ?? '',
          headers: { 'x-account': asked.accountId, 'content-type': 'application/json' },
          body: JSON.stringify(asked.json),
          redirect: 'manual',
          signal: AbortSignal.timeout(1000),
        })
      killed.resolve()
      return dead.promise
    }
    const ended = it.run('import', file)
    onTestFinished(async () => {
      it.interrupt()
      dead.reject(new TypeError('terminated'))
      await ended
    })
    await killed.promise
    return { ...it, file, journalAtDeath: readFileSync(join(folder, `${file}.progress`), 'utf8') }
  }

  test.each([
    ['/install', false],
    ['/install', true],
    ['import', false],
    ['import', true],
  ])('at %s, done: %s, makes no second connection', async (point, isDone) => {
    const { run, file, service } = await killedAt(point, isDone)
    const { exitCode, stdout } = await run('import', file)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('0 refused, 0 left')
    expect(service.connections()).toMatchObject([{ name: 'Sales', status: 'connected' }])
    expect(service.imported(1)).toBe(token(1))
  })

  test('while it made a connection has the next one wait until that can be known', async () => {
    const { run, file, waits, clock } = await killedAt('/install', false)
    clock.advance(5000)
    await run('import', file)
    expect(waits).toEqual([30_000])
  })

  test('long before needs no wait', async () => {
    const { run, file, waits, clock } = await killedAt('/install', true)
    clock.advance(60_000)
    await run('import', file)
    expect(waits).toEqual([])
  })

  test('right after it made a connection uses it by its id, whether the lists show it or not', async () => {
    const { run, file, service, waits, installs } = await killedAt('import', false)
    service.fault = ({ what }) =>
      what.startsWith('GET /v1.0/account/connectors?') ? Response.json([]) : undefined
    expect((await run('import', file)).exitCode).toBe(0)
    expect(installs()).toBe(1)
    expect(waits).toEqual([])
  })

  test('and whose connection was deleted since makes a new one', async () => {
    const { run, file, service, installs } = await killedAt('import', false)
    service.fault = ({ what }) =>
      what === 'GET /v1.0/account/connectors/1'
        ? responseOf(new ServiceError('there is none', { code: 'not_found' }))
        : what.startsWith('GET /v1.0/account/connectors?')
          ? Response.json([])
          : undefined
    const { stdout } = await run('import', file)
    expect(stdout).toContain('name_in_use')
    expect(installs()).toBe(2)
  })
})

describe('a service that cannot answer', () => {
  const busy = (times: number, retryAfterSeconds: number): Fault => {
    let left = times
    return ({ json }) => {
      if (json.AuthValue === undefined || left === 0) return undefined
      left -= 1
      const code = 'temporarily_unavailable'
      const evidence = { retryAfterSeconds }
      return responseOf(new ServiceError('Microsoft cannot be asked now', { code, evidence }))
    }
  }

  test('is waited for as it asks', async () => {
    const { run, lines, service, waits } = scene()
    service.fault = busy(2, 60)
    const { exitCode, stdout } = await run('import', lines(line(1)))
    expect(exitCode).toBe(0)
    expect(stdout).toContain('imported 1 ')
    expect(waits).toEqual([60_000, 60_000])
  })

  test.each([
    ['for ever', 99, 30],
    ['for a long time', 99, 3600],
  ])('%s stops it, with what is left, and the next run goes on', async (_, times, seconds) => {
    const { run, lines, service } = scene()
    service.fault = busy(times, seconds)
    const file = lines(line(1), line(2))
    const { exitCode, stdout, stderr } = await run('import', file, '--concurrency', '1')
    expect(exitCode).toBe(3)
    expect(stdout).toContain(
      'imported 0 (0 new connections), 0 were imported before, 0 refused, 2 left',
    )
    expect(stderr).toContain('Run the same command again')
    expect(stderr).toMatch(/dynamics-connect: Microsoft cannot be asked now\. [^\n]*\n$/)
    service.fault = undefined
    expect((await run('import', file)).stdout).toContain('imported 2 (1 new connections)')
    expect(service.connections()).toHaveLength(2)
  })

  test('at all stops it before it waits', async () => {
    const { run, lines, service, waits } = scene()
    service.fault = () => new Response('<html>', { status: 503, headers: { 'retry-after': '20' } })
    const { exitCode, stdout, stderr } = await run('import', lines(line(1)))
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toMatch(/dynamics-connect: [^\n]+cannot answer now[^\n]+\n$/)
    expect(waits).toEqual([])
  })

  test("because of the app's own credential is not waited for", async () => {
    const { run, lines, service, waits } = scene()
    service.fault = ({ json }) =>
      json.AuthValue === undefined
        ? undefined
        : responseOf(new ServiceError('the secret ended', { code: 'app_credential_rejected' }))
    const { exitCode, stderr } = await run('import', lines(line(1), line(2)))
    expect(exitCode).toBe(3)
    expect(stderr).toContain('app_credential_rejected')
    expect(waits).toEqual([])
  })

  test('in the middle of making a connection makes no second one', async () => {
    const { run, lines, service, waits } = scene()
    service.fault = ({ what }) => {
      if (!what.endsWith('/install')) return undefined
      service.fault = undefined
      service.add({ accountId: 'account-1', name: 'Sales', status: 'pending', resource: RESOURCE })
      return Promise.reject(new TypeError('terminated'))
    }
    const { exitCode } = await run('import', lines(line(1, { Name: 'Sales' })))
    expect(exitCode).toBe(0)
    expect(service.connections()).toHaveLength(1)
    // As long as the client says, and then until the lists are sure to show it.
    expect(waits).toEqual([5000, 30_000])
  })

  test('to a name that is taken is not waited for by the next run', async () => {
    const { run, lines, service, waits } = scene()
    service.fault = ({ what }) =>
      what.endsWith('/install')
        ? responseOf(new ServiceError('the name is in use', { code: 'name_in_use' }))
        : undefined
    const file = lines(line(1, { Name: 'Sales' }))
    expect((await run('import', file)).stdout).toContain('name_in_use')
    service.fault = undefined
    expect((await run('import', file)).exitCode).toBe(0)
    expect(waits).toEqual([])
  })
})

describe('Ctrl+C', () => {
  test('lets end what was begun, begins nothing more, and the next run goes on', async () => {
    const { run, lines, service, interrupt, folder } = scene()
    const file = lines(...Array.from({ length: 40 }, (_, index) => line(index)))
    service.fault = ({ json }) => {
      if (json.AuthValue !== undefined) interrupt()
      return undefined
    }
    const { exitCode, stdout, stderr } = await run('import', file)
    expect(exitCode).toBe(130)
    const [, imported = ''] = /imported (\d+) /.exec(stdout) ?? []
    expect(Number(imported)).toBeGreaterThan(0)
    expect(Number(imported)).toBeLessThan(40)
    expect(stderr).toMatch(/dynamics-connect: interrupted\n$/)
    const { service: _, ...rest } = commandScene({ folder, fetch: service.fetch })
    const again = await rest.run('import', file)
    expect(again.stdout).toContain(`${imported} were imported before, 0 refused, 0 left`)
    expect(service.connections()).toHaveLength(40)
  })

  test('ends a wait at once', async () => {
    const interruption = new AbortController()
    const { run, lines, service } = scene({
      interrupted: interruption.signal,
      wait: () => {
        interruption.abort()
        return new Promise(() => {})
      },
    })
    service.fault = ({ json }) =>
      json.AuthValue === undefined
        ? undefined
        : responseOf(new ServiceError('not now', { code: 'temporarily_unavailable' }))
    expect((await run('import', lines(line(1)))).exitCode).toBe(130)
  })
})
