import { describe, expect, test } from 'vitest'
import { at } from '../../fakes/hand-clock.ts'
import { aReason, OTHER_RESOURCE, RESOURCE } from '../../support/builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { commandScene, LOGIN_VARIABLES } from './support/command-scene.ts'

const folder = temporaryFolder('cli-connections')
const scene = (options: Partial<Parameters<typeof commandScene>[0]> = {}) =>
  commandScene({ folder, ...options })

const ACME = ['--account', 'acme']

describe('list', () => {
  function withThree(options = {}) {
    const it = scene(options)
    const reason = aReason({ who: 'administrator' })
    it.service.add({ accountId: 'acme', name: 'Sales', resource: RESOURCE })
    it.service.add({
      accountId: 'fabrikam',
      name: '販売',
      status: 'reauthorization_required',
      reason,
    })
    const nobody = { user: undefined, resource: undefined }
    it.service.add({ accountId: 'acme', name: 'New', status: 'pending', ...nobody })
    return it
  }

  test('shows those of all accounts in columns that stand below each other', async () => {
    const { run } = withThree()
    const { exitCode, stdout, stderr } = await run('connections', 'list')
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^ACCOUNT {3}ID {2}STATUS +ACTS +NAME {3}RESOURCE +USER$/)
    expect(lines[1]).toMatch(/^acme {6}1 {3}connected +- +Sales {2}https:\/\/contoso\S+ +ada@/)
    expect(lines[2]).toMatch(
      /^fabrikam {2}2 {3}reauthorization_required {2}administrator {2}販売 {3}/,
    )
    expect(lines[3]).toMatch(/^acme {6}3 {3}pending +- +New {4}- +-$/)
  })

  test('shows those of one account, or of one status', async () => {
    const { run } = withThree()
    const ofAcme = await run('connections', 'list', ...ACME)
    expect(ofAcme.stdout).not.toContain('fabrikam')
    expect(ofAcme.stdout.trimEnd().split('\n')).toHaveLength(3)
    const pending = await run('connections', 'list', '--status', 'pending')
    expect(pending.stdout.trimEnd().split('\n')).toHaveLength(2)
  })

  test('gives JSON under the names of the API', async () => {
    const { run } = withThree()
    const { stdout } = await run('connections', 'list', '--json', '--status', 'connected')
    expect(JSON.parse(stdout)).toMatchObject([
      { AccountId: 'acme', Id: 1, Name: 'Sales', Status: 'connected', Resource: RESOURCE },
    ])
  })

  test('of nothing is an empty list, and says so', async () => {
    const { run } = scene()
    const nothing = (stderr: string) => ({ exitCode: 0, stdout: '', stderr })
    expect(await run('connections', 'list')).toEqual(
      nothing('There is no connection yet: dynamics-connect connections create makes one.\n'),
    )
    expect(await run('connections', 'list', '--status', 'connected')).toEqual(
      nothing('There is no such connection.\n'),
    )
    expect((await run('connections', 'list', '--json')).stdout).toBe('[]\n')
  })

  test('goes through all pages', async () => {
    const { run, service } = scene()
    for (let made = 0; made < 205; made += 1) service.add({ accountId: 'acme' })
    const { stdout } = await run('connections', 'list', '--json')
    expect(JSON.parse(stdout)).toHaveLength(205)
  })

  test('has colours on a terminal alone, and not where NO_COLOR asks for none', async () => {
    const onTerminal = withThree({ isTerminal: true })
    expect((await onTerminal.run('connections', 'list')).stdout).toContain('\u001b[32mconnected')
    const env = { ...LOGIN_VARIABLES, NO_COLOR: '1' }
    const plain = withThree({ isTerminal: true, env })
    expect((await plain.run('connections', 'list')).stdout).not.toContain('\u001b')
    const piped = withThree()
    expect((await piped.run('connections', 'list')).stdout).not.toContain('\u001b')
  })

  test('lets no name of a customer control the terminal', async () => {
    const { run, service } = scene()
    service.add({ accountId: 'acme', name: 'a\u001b[2J\u202e\u009b31mb\nc' })
    const { stdout } = await run('connections', 'list')
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    const json = await run('connections', 'list', '--json')
    expect(json.stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
    expect(JSON.parse(json.stdout)[0].Name).toBe('a\u001b[2J\u202e\u009b31mb\nc')
  })
})

describe('show', () => {
  test('tells everything, with who has to act and what to do', async () => {
    const { run, service } = scene()
    service.add({
      accountId: 'acme',
      status: 'reauthorization_required',
      reason: aReason(),
      createdAt: at(0),
    })
    const { exitCode, stdout } = await run('connections', 'show', '1', ...ACME)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Account +acme$/m)
    expect(stdout).toMatch(/^Status +reauthorization_required$/m)
    expect(stdout).toMatch(/^Who acts +the user$/m)
    expect(stdout).toMatch(/^Reason +\w.*\(AADSTS50173, 2096-03-01 12:00:00Z\)$/m)
    expect(stdout).toMatch(/^Created +2096-03-01 12:00:00Z$/m)
    expect(stdout).not.toContain('undefined')
    const json = await run('connections', 'show', '1', ...ACME, '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ Id: 1, Reason: { Who: 'user' } })
  })

  test('of another account finds nothing, in one line', async () => {
    const { run, service } = scene()
    service.add({ accountId: 'fabrikam' })
    expect(await run('connections', 'show', '1', ...ACME)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'dynamics-connect: This account has no account connector with that id. (not_found, request request-1)\n',
    })
  })

  test('takes the account of the variable where none is given', async () => {
    const env = { ...LOGIN_VARIABLES, DYNAMICS_CONNECT_ACCOUNT: 'acme' }
    const { run, service } = scene({ env })
    service.add({ accountId: 'acme' })
    expect((await run('connections', 'show', '1')).exitCode).toBe(0)
    expect((await run('connections', 'show', '1', '--account', 'fabrikam')).exitCode).toBe(1)
  })
})

describe('create', () => {
  test('prints the id alone on stdout', async () => {
    const { run, service } = scene()
    const words = ['connections', 'create', ...ACME, '--resource', RESOURCE, '--name', 'Sales']
    const { exitCode, stdout, stderr } = await run(...words)
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '1\n' })
    expect(stderr).toContain('connections link 1')
    expect(service.connections()).toMatchObject([
      { accountId: 'acme', name: 'Sales', resource: RESOURCE },
    ])
    const json = await run('connections', 'create', ...ACME, '--resource', RESOURCE, '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ Id: 2, Status: 'pending' })
  })

  test('wants a resource', async () => {
    const { run, service } = scene()
    const { exitCode, stderr } = await run('connections', 'create', ...ACME)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^dynamics-connect: required option '--resource <url>' not specified\n/)
    expect(service.asked).toHaveLength(0)
  })
})

describe('link', () => {
  const LINK = ['--username', 'erika', '--target-origin', 'https://app.example.com/done']

  test('prints the link alone on stdout', async () => {
    const { run, service } = scene()
    service.add({ accountId: 'acme' })
    const { exitCode, stdout, stderr } = await run('connections', 'link', '1', ...ACME, ...LINK)
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      'https://connect.example.com/connector/authorize?id=1&token=the-sign-in-token&targetOrigin=https%3A%2F%2Fapp.example.com%2Fdone\n',
    )
    expect(stderr).toBe('Good until 2096-03-01 12:05:00Z, for one sign-in.\n')
  })

  test('can be good for longer', async () => {
    const { run, service } = scene()
    const words = ['connections', 'link', '1', ...ACME, ...LINK, '--lifetime', '1440']
    expect(JSON.parse((await run(...words, '--json')).stdout)).toMatchObject({
      ExpiresAtUtc: '2096-03-01T12:05:00.000Z',
    })
    expect(service.asked[0]?.json).toEqual({ Username: 'erika', LifetimeMinutes: 1440 })
  })

  test.each(['0', '10081', '1.5', 'day'])('is not good for %s minutes', async (lifetime) => {
    const { run } = scene()
    const words = ['connections', 'link', '1', ...ACME, ...LINK, '--lifetime', lifetime]
    const { exitCode, stderr } = await run(...words)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Give a whole number from 1 to 10080.')
  })

  test('wants an account, and says how to give one', async () => {
    const { run } = scene()
    const { exitCode, stderr } = await run('connections', 'link', '1', ...LINK)
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'dynamics-connect: Say which account: --account <id>, or DYNAMICS_CONNECT_ACCOUNT. (account_missing)\n',
    )
  })
})

describe('refresh and disconnect', () => {
  test('say what they did', async () => {
    const { run, service } = scene()
    service.add({ accountId: 'acme', resource: OTHER_RESOURCE })
    const refreshed = await run('connections', 'refresh', '1', ...ACME)
    expect(refreshed.stdout).toBe(
      'refreshed: the access token is good until 2096-03-01 12:00:00Z\n',
    )
    const json = await run('connections', 'refresh', '1', ...ACME, '--json')
    expect(JSON.parse(json.stdout)).toEqual({
      Outcome: 'refreshed',
      ExpiresAtUtc: '2096-03-01T12:00:00.000Z',
    })
    const disconnected = await run('connections', 'disconnect', '1', ...ACME)
    expect(disconnected).toMatchObject({ exitCode: 0, stdout: '' })
    expect(disconnected.stderr).toContain('Disconnected 1')
    expect(service.connections()).toMatchObject([{ status: 'disconnected' }])
  })

  test.each([
    ['not_due', 'not due'],
    ['in_progress', 'in progress'],
  ])('tell %s', async (Outcome, words) => {
    const { run, service } = scene()
    service.fault = ({ what }) =>
      what.endsWith('/refresh') ? Response.json({ Outcome }) : undefined
    const { exitCode, stdout } = await run('connections', 'refresh', '1', ...ACME)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(words)
  })

  test('want an id', async () => {
    const { run } = scene()
    const { exitCode, stderr } = await run('connections', 'disconnect', ...ACME)
    expect(exitCode).toBe(2)
    expect(stderr).toContain("missing required argument 'id'")
    expect((await run('connections', 'disconnect', 'seven', ...ACME)).stderr).toContain(
      'Give the connection by its id, a whole number.',
    )
  })
})
