import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../../../functions/cli/command-line.ts'
import { ServiceError, type ServiceErrorCode } from '../../../functions/domain/service-error.ts'
import { STATUS_OF } from '../../../functions/http/error-response.ts'
import { aReason } from '../../support/builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { capture, commandScene, LOGIN_VARIABLES } from './support/command-scene.ts'
import { memoryService, responseOf } from './support/memory-service.ts'

const folder = temporaryFolder('cli')
const scene = (options: Partial<Parameters<typeof commandScene>[0]> = {}) =>
  commandScene({ folder, ...options })

const COMMANDS = [
  ['login'],
  ['logout'],
  ['connections'],
  ['connections', 'list'],
  ['connections', 'show'],
  ['connections', 'create'],
  ['connections', 'link'],
  ['connections', 'refresh'],
  ['connections', 'disconnect'],
  ['import'],
  ['export'],
  ['doctor'],
  ['revoke-all'],
]

describe('the help', () => {
  test('is written without a command, which is an error, and by --help, which is none', async () => {
    const { run } = scene({ isLoggedIn: false })
    const asked = await run('--help')
    expect(asked).toMatchObject({ exitCode: 0, stderr: '' })
    const none = await run()
    expect(none).toEqual({ exitCode: 2, stdout: '', stderr: asked.stdout })
    expect(asked.stdout).toContain('Exit codes:')
    expect(asked.stdout).toContain('DYNAMICS_CONNECT_CLIENT_SECRET')
  })

  test.each(COMMANDS.filter((words) => words.join() !== 'connections'))(
    'of %s %s has an example and the exit codes',
    async (...words) => {
      const { run } = scene({ isLoggedIn: false })
      const { exitCode, stdout } = await run(...words, '--help')
      expect(exitCode).toBe(0)
      expect(stdout).toMatch(/^Examples?:\n {2}/m)
      expect(stdout).toContain(`  dynamics-connect ${words.join(' ')}`)
      expect(stdout).toContain('Exit codes: 0 well,')
    },
  )

  test('has examples that can be read: every word of them is an option or an argument', async () => {
    const { run } = scene({ isLoggedIn: false })
    for (const words of COMMANDS) {
      const { stdout } = await run(...words, '--help')
      const examples = stdout.match(/^ {2}(?:id=\$\()?dynamics-connect .*$/gm) ?? []
      for (const example of examples) {
        const options = example.match(/--[\w-]+/g) ?? []
        for (const option of options) expect(stdout).toContain(`${option} `)
      }
    }
  })

  test('tells the version', async () => {
    expect(await scene().run('--version')).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' })
  })
})

describe('what is written wrongly', () => {
  test.each([
    [['lst'], "unknown command 'lst'"],
    [['connections', 'lst'], "unknown command 'lst' (Did you mean list?)"],
    [['connections', 'list', '--acount', 'acme'], "unknown option '--acount'"],
    [['connections', 'list', 'more'], 'too many arguments'],
    [['connections', 'list', '--account'], "option '--account <id>' argument missing"],
    [['connections', 'list', '--status', 'asleep'], 'Allowed choices are pending, connected,'],
    [['import'], "missing required argument 'file'"],
    [['import', 'x', '--concurrency', '0'], 'Give a whole number from 1 to 32.'],
  ])('%j is told in one line, with where the help is', async (words, told) => {
    const { run, service } = scene()
    const { exitCode, stdout, stderr } = await run(...words)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    const [line, hint, ...more] = stderr.trimEnd().split('\n')
    expect(line).toMatch(/^dynamics-connect: /)
    expect(line).toContain(told)
    expect(hint).toMatch(/^Run dynamics-connect.* --help for what it takes\.$/)
    expect(more).toEqual([])
    expect(service.asked).toHaveLength(0)
  })
})

describe('every error of the service', () => {
  const codes = Object.entries(STATUS_OF).filter(([, status]) => status !== 500)

  test.each(codes)(
    '%s is one line with its words and code, and an exit code',
    async (name, status) => {
      const code = name as ServiceErrorCode
      const { run, service } = scene()
      const reason = code === 'reauthorization_required' ? { reason: aReason() } : {}
      service.fault = ({ what }) =>
        what.includes('oauth')
          ? undefined
          : responseOf(new ServiceError(`the words of ${code}`, { code, ...reason }))
      const { exitCode, stdout, stderr } = await run(
        'connections',
        'show',
        '1',
        '--account',
        'acme',
      )
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^dynamics-connect: [^\n]+\n$/)
      expect(stderr).toContain(code)
      expect(stderr).toContain('request request-1')
      expect(stderr).not.toContain(' at ')
      expect(exitCode).toBe(status >= 500 ? 3 : code === 'account_missing' ? 2 : 1)
    },
  )

  test('says who has to act and what to do, once', async () => {
    const { run, service } = scene()
    service.fault = ({ what }) =>
      what.endsWith('/refresh')
        ? responseOf(
            new ServiceError('a person has to sign in', {
              code: 'reauthorization_required',
              reason: aReason(),
            }),
          )
        : undefined
    const { exitCode, stderr } = await run('connections', 'refresh', '1', '--account', 'acme')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^dynamics-connect: A person has to sign in\. \w.* Who has to act: the user\. \(reauthorization_required, AADSTS50173, request request-1\)\n$/,
    )
  })
})

test.each([-86_400_000, 86_400_000])(
  'a clock that is off by %i ms keeps no command from its work',
  async (skewMs) => {
    const { run, service } = scene({ skewMs })
    service.add({ accountId: 'acme' })
    for (const words of [['connections', 'list'], ['export']]) {
      expect(await run(...words)).toMatchObject({ exitCode: 0 })
    }
  },
)

describe('a reader that leaves', () => {
  test('before the end, as head does, is no error', async () => {
    const service = memoryService(() => new Date())
    service.add({ accountId: 'acme' })
    const stderr = capture(false)
    const gone = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    })
    for (const words of [['connections', 'list'], ['export']]) {
      const exitCode = await runCommandLine(
        {
          stdin: process.stdin,
          stdout: gone,
          stderr: stderr.stream,
          env: LOGIN_VARIABLES,
          platform: 'linux',
          homeFolder: folder,
          workingFolder: folder,
          fetch: service.fetch,
          now: () => 0,
          wait: async () => {},
          interrupted: new AbortController().signal,
          processId: 1,
          isRunning: () => false,
          version: '1',
        },
        words,
      )
      expect(exitCode).toBe(0)
    }
    expect(stderr.text()).not.toContain('EPIPE')
  })
})

describe('Ctrl+C', () => {
  test('ends a command that waits for the service at once', async () => {
    const { run, service, interrupt } = scene()
    service.fault = () => {
      interrupt()
      return new Promise(() => {})
    }
    expect(await run('connections', 'list')).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'dynamics-connect: interrupted\n',
    })
  })
})
