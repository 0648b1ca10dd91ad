import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { createBrowser, signIn } from './support/browser.ts'
import { type Place, runCommand, startCommand } from './support/command-line.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'
import { refreshTokenOf } from './support/refresh-token.ts'

const RESOURCE = 'https://example.crm.dynamics.com'
const MEMBER = USERS.contosoMember
const KILLED_LINES = 12

let service: RunningService
beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

/** A home of its own, where somebody is logged in for an account. */
async function loggedIn(account: string): Promise<Place> {
  const env = { DATAVERSE_BASE_URL: `${service.microsoftUrl}/dataverse` }
  const place = { folder: temporaryFolder('command-line'), env }
  const words = ['login', '--url', service.url, '--client-id', 'local', '--account', account]
  const { exitCode, stderr } = await runCommand(place, words, 'local-secret\n')
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: expect.stringContaining('Logged in'),
  })
  return place
}

/** @returns what a command wrote to stdout, once it ended well */
async function well(place: Place, words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(place, words)
  expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: expect.anything() })
  return stdout
}

describe('the command line', () => {
  test('goes from login over a sign-in to revoke-all', async () => {
    const place = await loggedIn('cli-story')
    const file = join(place.folder, '.config/dynamics-connect/config.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)

    const create = ['connections', 'create', '--resource', RESOURCE, '--name', 'Sales']
    const id = (await well(place, create)).trim()
    expect(id).toMatch(/^\d+$/)
    const target = ['--username', 'erika', '--target-origin', `${service.url}/`]
    const link = (await well(place, ['connections', 'link', id, ...target])).trim()
    const end = await signIn(createBrowser(), link, MEMBER.username)
    expect(end.location).toBe(`${service.url}/?connectionId=${id}&status=connected`)

    const list = await well(place, ['connections', 'list', '--account', 'cli-story'])
    expect(list).toMatch(new RegExp(`^cli-story +${id} +connected +- +Sales +${RESOURCE} `, 'm'))
    expect(await well(place, ['connections', 'list', '--json'])).toContain('"cli-story"')
    expect(await well(place, ['connections', 'show', id])).toContain(MEMBER.username)
    expect(await well(place, ['connections', 'refresh', id])).toMatch(/^refreshed: /)
    const doctor = await well(place, ['doctor', '--connection', id])
    expect(doctor).toContain(`${RESOURCE} answers WhoAmI`)
    expect(doctor).not.toContain('not well')

    await well(place, ['export', '--out', 'all.jsonl'])
    const exported = readFileSync(join(place.folder, 'all.jsonl'), 'utf8').trim().split('\n')
    expect(exported.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ AccountId: 'cli-story', Id: Number(id), Status: 'connected' }),
    )
    await well(place, ['connections', 'disconnect', id])
    expect(await well(place, ['connections', 'show', id])).toMatch(/^Status +disconnected$/m)
    await well(place, ['logout'])
    expect(existsSync(file)).toBe(false)
  })

  test('moves in: dry run, killed in the middle, run again; and revokes it all', async () => {
    const place = await loggedIn('cli-moving')
    const path = join(place.folder, 'customers.jsonl')
    const journal = `${path}.progress`
    const tokens: string[] = []
    for (let line = 0; line < KILLED_LINES; line += 1)
      tokens.push(await refreshTokenOf(service, MEMBER.username))
    const lines = tokens.map((RefreshToken, index) =>
      JSON.stringify({
        AccountId: 'cli-moving',
        Name: `Sales ${index}`,
        Resource: RESOURCE,
        RefreshToken,
      }),
    )
    writeFileSync(path, lines.join('\n'))

    const dry = await well(place, ['import', 'customers.jsonl', '--dry-run', '--json'])
    expect(JSON.parse(dry)).toHaveLength(KILLED_LINES)
    expect(existsSync(journal)).toBe(false)

    const words = ['import', 'customers.jsonl', '--concurrency', '1']
    const running = startCommand(place, words)
    while (!isWhereToKill(journal)) await setTimeout(5)
    running.child.kill('SIGKILL')
    expect((await running.ended).exitCode).toBe(null)

    const again = await runCommand(place, [...words, '--json'])
    expect(again).toMatchObject({ exitCode: 0 })
    const { Imported, ImportedBefore, Refused } = JSON.parse(again.stdout)
    expect(Refused).toEqual([])
    expect(ImportedBefore).toBeGreaterThan(0)
    expect(Imported + ImportedBefore).toBe(KILLED_LINES)
    const all = await well(place, ['connections', 'list', '--account', 'cli-moving', '--json'])
    const connections: readonly { Name: string; Status: string }[] = JSON.parse(all)
    expect(connections.map(({ Status }) => Status)).toEqual(tokens.map(() => 'connected'))
    expect(new Set(connections.map(({ Name }) => Name)).size).toBe(KILLED_LINES)
    const written = again.stdout + again.stderr + readFileSync(journal, 'utf8') + service.output()
    for (const token of tokens) expect(written).not.toContain(token.slice(0, 40))

    const revoke = ['revoke-all', '--account', 'cli-moving']
    expect(await runCommand(place, revoke)).toMatchObject({ exitCode: 2 })
    expect(await well(place, [...revoke, '--yes'])).toBe(
      `disconnected ${KILLED_LINES} of ${KILLED_LINES} connections that held tokens\n`,
    )
    expect(await well(place, [...revoke, '--yes'])).toContain('disconnected 0 of 0')
  }, 120_000)

  test('lists at the end what Microsoft did not take, with who has to act', async () => {
    const place = await loggedIn('cli-refused')
    const line = { AccountId: 'cli-refused', Resource: RESOURCE, RefreshToken: 'not-one-of-theirs' }
    writeFileSync(join(place.folder, 'customers.jsonl'), JSON.stringify(line))
    const { exitCode, stdout, stderr } = await runCommand(place, ['import', 'customers.jsonl'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^1 +cli-refused +https:\S+ +user +AADSTS70000 /m)
    expect(stdout + stderr).not.toContain('not-one-of-theirs')
  })

  test('goes on for a reader that leaves, as head does', async () => {
    const place = await loggedIn('cli-head')
    for (let made = 0; made < 3; made += 1) {
      await well(place, ['connections', 'create', '--resource', RESOURCE])
    }
    const running = startCommand(place, ['export'])
    running.child.stdout?.destroy()
    const { exitCode, stderr } = await running.ended
    expect(exitCode).toBe(0)
    expect(stderr).not.toMatch(/EPIPE|dynamics-connect:/)
  })
})

/** Where a connection was made for a line whose tokens are on their way. */
function isWhereToKill(journal: string): boolean {
  const entries = existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []
  return entries.length > 12 && entries.at(-1)?.startsWith('{"Made"') === true
}
