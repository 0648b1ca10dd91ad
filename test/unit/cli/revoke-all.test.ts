import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { commandScene } from './support/command-scene.ts'
import { responseOf } from './support/memory-service.ts'

const folder = temporaryFolder('cli-revoke')

function scene(options: Partial<Parameters<typeof commandScene>[0]> = {}) {
  const it = commandScene({ folder, ...options })
  it.service.add({ accountId: 'acme', status: 'connected' })
  it.service.add({ accountId: 'acme', status: 'pending', user: undefined })
  it.service.add({ accountId: 'fabrikam', status: 'reauthorization_required' })
  it.service.add({ accountId: 'fabrikam', status: 'disconnected' })
  const statuses = () => it.service.connections().map(({ status }) => status)
  const disconnected = () =>
    it.service.asked.filter(({ what }) => what.endsWith('/deauthenticate')).length
  return { ...it, statuses, disconnected }
}

const UNTOUCHED = ['connected', 'pending', 'reauthorization_required', 'disconnected']

describe('revoke-all', () => {
  test('disconnects whatever may hold tokens, and says what goes on living', async () => {
    const { run, statuses, disconnected } = scene()
    const { exitCode, stdout, stderr } = await run('revoke-all', '--everything', '--yes')
    expect(exitCode).toBe(0)
    expect(stdout).toBe('disconnected 2 of 2 connections that held tokens\n')
    expect(stderr).toContain('end within 90 minutes')
    expect(stderr).toContain('npm run revoke')
    expect(statuses()).toEqual(['disconnected', 'pending', 'disconnected', 'disconnected'])
    expect(disconnected()).toBe(2)
  })

  test('of one account leaves the others alone', async () => {
    const { run, statuses } = scene()
    const { stdout } = await run('revoke-all', '--account', 'acme', '--yes', '--json')
    expect(JSON.parse(stdout)).toEqual({ Disconnected: 1, Left: 0 })
    expect(statuses()[2]).toBe('reauthorization_required')
  })

  test.each([
    [['--everything'], '2', '2 connections of all accounts'],
    [['--account', 'acme'], 'acme', '1 connections of account acme'],
  ])('%j asks for %j at a terminal', async (words, word, told) => {
    const { run, disconnected } = scene({ typed: `${word}\n` })
    const { exitCode, stderr } = await run('revoke-all', ...words)
    expect(exitCode).toBe(0)
    expect(stderr).toContain(`This forgets the tokens of ${told}.`)
    expect(stderr).toContain(`Type ${word} to go on:`)
    expect(disconnected()).toBeGreaterThan(0)
  })

  test('does nothing after another word', async () => {
    const { run, statuses } = scene({ typed: 'yes\n' })
    const { exitCode, stderr } = await run('revoke-all', '--everything')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('nothing was done: that is not 2')
    expect(statuses()).toEqual(UNTOUCHED)
  })

  test('does nothing where nobody can be asked', async () => {
    const { run, statuses } = scene()
    const { exitCode, stderr } = await run('revoke-all', '--everything')
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'dynamics-connect: nothing was done: add --yes, or run this in a terminal\n',
    )
    expect(statuses()).toEqual(UNTOUCHED)
  })

  test.each([[[]], [['--everything', '--account', 'acme']]])(
    'wants to know what: %j',
    async (words) => {
      const { run, service } = scene()
      const { exitCode, stderr } = await run('revoke-all', ...words, '--yes')
      expect(exitCode).toBe(2)
      expect(stderr).toContain('--account <id>, or --everything')
      expect(service.asked).toHaveLength(0)
    },
  )

  test('waits as long as the service asks for', async () => {
    const { run, service, waits } = scene()
    let times = 0
    service.fault = ({ what }) => {
      if (!what.endsWith('/1/deauthenticate') || times === 2) return undefined
      times += 1
      const code = 'temporarily_unavailable'
      return responseOf(new ServiceError('not now', { code, evidence: { retryAfterSeconds: 40 } }))
    }
    const { exitCode, stderr } = await run('revoke-all', '--everything', '--yes')
    expect(exitCode).toBe(0)
    expect(waits).toEqual([40_000, 40_000])
    expect(stderr).toContain('Waiting 40 s.')
  })

  test('that is broken off goes on where it was', async () => {
    const { run, service, disconnected } = scene()
    service.fault = ({ what }) =>
      what.endsWith('/3/deauthenticate') ? Promise.reject(new TypeError('fetch failed')) : undefined
    const broken = await run('revoke-all', '--everything', '--yes')
    expect(broken.exitCode).toBe(3)
    expect(broken.stderr).toContain('1 are left: run the same command again.')
    service.fault = undefined
    const again = await run('revoke-all', '--everything', '--yes')
    expect(again.stdout).toBe('disconnected 1 of 1 connections that held tokens\n')
    expect(disconnected()).toBe(2)
    const nothing = await run('revoke-all', '--everything')
    expect(nothing.stdout).toBe('disconnected 0 of 0 connections that held tokens\n')
  })

  test('takes one that was deleted meanwhile for done', async () => {
    const { run, service } = scene()
    service.fault = ({ what }) =>
      what.endsWith('/1/deauthenticate')
        ? responseOf(new ServiceError('there is none', { code: 'not_found' }))
        : undefined
    expect((await run('revoke-all', '--everything', '--yes')).exitCode).toBe(0)
  })

  test('begins nothing more after Ctrl+C', async () => {
    const { run, service, interrupt, disconnected } = scene()
    for (let more = 0; more < 40; more += 1) service.add({ accountId: 'acme' })
    service.fault = ({ what }) => {
      if (what.endsWith('/1/deauthenticate')) interrupt()
      return undefined
    }
    const { exitCode, stdout } = await run('revoke-all', '--everything', '--yes')
    expect(exitCode).toBe(130)
    expect(stdout).toContain('of 42 connections')
    expect(disconnected()).toBeLessThan(42)
    expect(disconnected()).toBeGreaterThan(0)
  })
})
