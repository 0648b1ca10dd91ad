import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { at } from '../../fakes/hand-clock.ts'
import { aReason, RESOURCE } from '../../support/builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { commandScene } from './support/command-scene.ts'

function scene(options: Partial<Parameters<typeof commandScene>[0]> = {}) {
  return commandScene({ folder: temporaryFolder('cli-export'), ...options })
}

function withMany(count: number) {
  const it = scene()
  for (let made = 0; made < count; made += 1) {
    it.service.add({ accountId: made % 2 ? 'fabrikam' : 'acme', name: `Sales\n${made}` })
  }
  return it
}

test('writes every connection of every account, one a line', async () => {
  const { run } = withMany(205)
  const { exitCode, stdout, stderr } = await run('export')
  expect(exitCode).toBe(0)
  expect(stderr).toBe('Exported 205 connections of 2 accounts.\n')
  const lines = stdout.trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).Id)).toEqual(
    Array.from({ length: 205 }, (_, index) => index + 1),
  )
})

test('writes everything but tokens', async () => {
  const { run, service } = scene()
  const environment = { organizationId: 'o', userId: 'u', businessUnitId: 'b' }
  const failure = { code: 'AADSTS90033', at: at(3), count: 2 }
  const resource = RESOURCE
  service.add({ accountId: 'acme', resource, environment, failure, reason: aReason() })
  const [connection] = (await run('export')).stdout.split('\n').filter(Boolean)
  expect(JSON.parse(connection ?? '')).toMatchObject({
    Environment: { OrganizationId: 'o', UserId: 'u', BusinessUnitId: 'b' },
    LastFailure: { Code: 'AADSTS90033', At: at(3).toISOString(), Count: 2 },
    Reason: { Code: 'AADSTS50173', Who: 'user' },
    User: { Username: 'ada@contoso.example' },
  })
  expect(Object.keys(JSON.parse(connection ?? ''))).toEqual([
    'AccountId',
    'Id',
    'Name',
    'Description',
    'Status',
    'Resource',
    'Reason',
    'Environment',
    'User',
    'LastFailure',
    'CreatedAtUtc',
    'ConnectedAtUtc',
    'RefreshedAtUtc',
    'NextRefreshAtUtc',
  ])
})

test('writes a file that its owner alone can read', async () => {
  const { run, read, modeOf } = withMany(3)
  const { exitCode, stdout } = await run('export', '--out', 'all.jsonl')
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
  expect(read('all.jsonl').trimEnd().split('\n')).toHaveLength(3)
  expect(modeOf('all.jsonl')).toBe(0o600)
})

test('writes no file at all when the service ends in the middle, and keeps the one of before', async () => {
  const { run, service, read, file, folder } = withMany(250)
  file('before.jsonl', 'as it was')
  service.fault = ({ what }) =>
    what.includes('after=100') ? new Response('<html>', { status: 502 }) : undefined
  for (const out of ['all.jsonl', 'before.jsonl']) {
    const { exitCode, stderr } = await run('export', '--out', out)
    expect(exitCode).toBe(3)
    expect(stderr).not.toContain('Exported')
    expect(stderr).toMatch(/^dynamics-connect: .*cannot answer now/)
  }
  expect(existsSync(join(folder, 'all.jsonl'))).toBe(false)
  expect(read('before.jsonl')).toBe('as it was')
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('ends at once by Ctrl+C, and leaves nothing behind', async () => {
  const { run, service, folder, interrupt } = withMany(3)
  service.fault = ({ what }) => {
    if (!what.includes('accounts/connectors')) return undefined
    interrupt()
    return new Promise(() => {})
  }
  expect((await run('export', '--out', 'all.jsonl')).exitCode).toBe(130)
  expect(readdirSync(folder).filter((name) => name.includes('all.jsonl'))).toEqual([])
})

test('into a folder that is not there says so in one line', async () => {
  const { run } = withMany(1)
  const { exitCode, stderr } = await run('export', '--out', 'nowhere/all.jsonl')
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^dynamics-connect: ENOENT: no such file or directory[^\n]*\n$/)
})
