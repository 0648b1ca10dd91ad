import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loginFile } from '../../../functions/cli/stored-login.ts'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { commandScene, LOGIN_VARIABLES } from './support/command-scene.ts'
import { CLIENT_ID, CLIENT_SECRET, responseOf, SERVICE_URL } from './support/memory-service.ts'

/** Somebody who has not logged in yet, in a home of their own. */
function newcomer(options: Partial<Parameters<typeof commandScene>[0]> = {}) {
  const folder = temporaryFolder('cli-login')
  const homeFolder = join(folder, 'home')
  const file = join(homeFolder, '.config/dynamics-connect/config.json')
  const scene = commandScene({ folder, homeFolder, isLoggedIn: false, ...options })
  return { ...scene, file, homeFolder }
}

const TYPED = `${SERVICE_URL}\n${CLIENT_ID}\n${CLIENT_SECRET}\n`
const OPTIONS = ['--url', SERVICE_URL, '--client-id', CLIENT_ID]

describe('login', () => {
  test('asks at a terminal, and never shows the secret', async () => {
    const { run, file } = newcomer({ typed: TYPED, isTerminal: true })
    const { exitCode, stdout, stderr } = await run('login')
    expect(exitCode).toBe(0)
    expect(stdout + stderr).not.toContain(CLIENT_SECRET)
    const shown = stderr.replace(/\r+/g, '').split('\n')
    expect(shown.slice(0, 3)).toEqual([
      `Address of the service (https://…): ${SERVICE_URL}`,
      `Client id: ${CLIENT_ID}`,
      'Client secret (not shown): ',
    ])
    expect(stderr).toContain(`Logged in to ${SERVICE_URL} as ${CLIENT_ID}. Kept in ${file}`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      url: SERVICE_URL,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
    })
  })

  test('keeps it in a file that its owner alone can read, and leaves no other behind', async () => {
    const { run, file } = newcomer({ typed: TYPED })
    await run('login')
    await run('login')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    expect(readdirSync(dirname(file))).toEqual(['config.json'])
  })

  test('takes the secret from stdin where there is no terminal', async () => {
    const { run, file } = newcomer({ piped: `${CLIENT_SECRET}\nand more` })
    const { exitCode, stdout } = await run('login', ...OPTIONS, '--account', 'acme', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      Url: SERVICE_URL,
      ClientId: CLIENT_ID,
      Account: 'acme',
      File: file,
    })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ account: 'acme' })
  })

  test('takes everything from variables', async () => {
    const { run, file } = newcomer({ env: LOGIN_VARIABLES })
    expect((await run('login')).exitCode).toBe(0)
    expect(existsSync(file)).toBe(true)
  })

  test('is what other commands go by, until logout', async () => {
    const { run, file, service } = newcomer({ piped: CLIENT_SECRET })
    service.add({ accountId: 'acme' })
    await run('login', ...OPTIONS, '--account', 'acme')
    expect((await run('connections', 'show', '1')).exitCode).toBe(0)
    expect((await run('logout')).stderr).toBe(`Logged out: deleted ${file}\n`)
    expect((await run('logout')).exitCode).toBe(0)
    const { exitCode, stderr } = await run('connections', 'show', '1')
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'dynamics-connect: nobody is logged in: run dynamics-connect login, or set DYNAMICS_CONNECT_URL, DYNAMICS_CONNECT_CLIENT_ID, DYNAMICS_CONNECT_CLIENT_SECRET\n',
    )
  })

  test('keeps nothing that the service does not accept', async () => {
    const { run, file } = newcomer({ piped: 'not-the-secret' })
    const { exitCode, stdout, stderr } = await run('login', ...OPTIONS)
    expect(exitCode).toBe(1)
    expect(stdout + stderr).not.toContain('not-the-secret')
    expect(stderr).toMatch(/^dynamics-connect: The service does not accept the client id or its/)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect(existsSync(file)).toBe(false)
  })

  test.each([
    [[], CLIENT_SECRET, 'give --url and --client-id'],
    [['--url', SERVICE_URL], CLIENT_SECRET, 'give --url and --client-id'],
    [OPTIONS, '', 'give the secret by stdin'],
    [['--url', 'http://connect.example.com', '--client-id', 'x'], 'y', 'https'],
    [['--url', 'connect.example.com', '--client-id', 'x'], 'y', 'Set url to the address'],
  ])('of %j and the secret %j says what is missing', async (words, piped, told) => {
    const { run, file } = newcomer({ piped })
    const { exitCode, stderr } = await run('login', ...words)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(told)
    expect(existsSync(file)).toBe(false)
  })

  test('takes no secret as an argument, and does not repeat it', async () => {
    const { run } = newcomer()
    const { exitCode, stderr } = await run('login', `--client-secret=${CLIENT_SECRET}`)
    expect(exitCode).toBe(2)
    expect(stderr).toContain("unknown option '--client-secret'")
    expect(stderr).not.toContain(CLIENT_SECRET)
    const split = await run('login', '--client-secret', CLIENT_SECRET)
    expect(split.stderr).not.toContain(CLIENT_SECRET)
  })

  test('at a service of before tells that it is too old', async () => {
    const { run, service, file } = newcomer({ piped: CLIENT_SECRET })
    service.fault = ({ what }) =>
      what.includes('/accounts/')
        ? responseOf(new ServiceError('there is nothing at this path', { code: 'not_found' }))
        : undefined
    const { exitCode, stderr } = await run('login', ...OPTIONS)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('older than this command line: deploy the newer one')
    expect(existsSync(file)).toBe(false)
  })

  test('that nobody finishes changes nothing', async () => {
    const { run, file } = newcomer({ typed: `${SERVICE_URL}\n` })
    expect((await run('login')).exitCode).toBe(130)
    expect(existsSync(file)).toBe(false)
  })
})

describe('what is kept', () => {
  async function loggedIn(env: Readonly<Record<string, string>> = {}) {
    const it = newcomer({ piped: CLIENT_SECRET })
    await it.run('login', ...OPTIONS)
    const { folder, homeFolder } = it
    const { file } = it
    return { ...commandScene({ folder, homeFolder, isLoggedIn: false, env }), path: file }
  }

  test('loses to the variables', async () => {
    const { run } = await loggedIn({ DYNAMICS_CONNECT_CLIENT_SECRET: 'another' })
    const { exitCode, stderr } = await run('connections', 'list')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('does not accept')
  })

  test.each([
    { DYNAMICS_CONNECT_URL: 'https://elsewhere.example.com' },
    { DYNAMICS_CONNECT_CLIENT_ID: 'another' },
  ])('is not sent anywhere else when %j is set', async (env) => {
    const { run, service } = await loggedIn(env)
    service.fault = () => expect.unreachable('the secret was sent elsewhere')
    const { exitCode, stderr } = await run('connections', 'list')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('the login is for another address or client id')
    expect(stderr).toContain('set DYNAMICS_CONNECT_CLIENT_SECRET\n')
  })

  test.each(['', '{', '[]', '{"url":"https://connect.example.com"}', '{"url":1}'])(
    'as %j asks for a new login',
    async (text) => {
      const { run, path } = await loggedIn()
      writeFileSync(path, text)
      const { exitCode, stderr } = await run('connections', 'list')
      expect(exitCode).toBe(2)
      expect(stderr).toBe(
        `dynamics-connect: ${path} cannot be read: run dynamics-connect login again\n`,
      )
    },
  )

  test('where others can read it is told', async () => {
    const { run, path } = await loggedIn()
    chmodSync(path, 0o644)
    const { exitCode, stderr } = await run('connections', 'list')
    expect(exitCode).toBe(0)
    expect(stderr).toContain(`chmod 600`)
  })
})

describe('the place', () => {
  test.each([
    [{}, 'linux', '/ada/.config/dynamics-connect/config.json'],
    [{ XDG_CONFIG_HOME: '/etc/ada' }, 'linux', '/etc/ada/dynamics-connect/config.json'],
    [{ XDG_CONFIG_HOME: 'here' }, 'darwin', '/ada/.config/dynamics-connect/config.json'],
    [{ APPDATA: '/ada/roaming' }, 'win32', '/ada/roaming/dynamics-connect/config.json'],
    [{}, 'win32', '/ada/AppData/Roaming/dynamics-connect/config.json'],
  ])('with %j on %s is %s', (env, platform, path) => {
    expect(loginFile({ env, platform, homeFolder: '/ada' })).toBe(path)
  })
})
