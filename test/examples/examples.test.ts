import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamicsConnect } from '../../functions/client/main.ts'
import { sampleAccounts } from '../../infra/local/microsoft/organization.ts'
import { createBrowser } from '../e2e/support/browser.ts'
import { type RunningService, startLocalService } from '../e2e/support/local-service.ts'
import { freePort } from '../support/processes.ts'
import manifest from './package.json' with { type: 'json' }
import { setUpBackend } from './support/backend.ts'
import { connectByPage, findAndConnect } from './support/connect.ts'
import { buildDotnet, syntaxErrorsOf } from './support/csharp.ts'
import { EXAMPLES, readExample } from './support/example.ts'
import { runProgram, type Settings, startProgram } from './support/program.ts'

const WITH_FETCH = 'list-accounts-fetch.mjs'
const WITH_DYNAMICS_WEB_API = 'list-accounts-dynamics-web-api.mjs'
const WITH_REQUESTS = 'list_accounts.py'
const WITH_EXPRESS = 'connect-button-express.mjs'
const ON_LAMBDA = 'lambda-token-by-iam.mjs'
const WITH_SERVICE_CLIENT = 'ServiceClientExample/Program.cs'

const LISTS = [WITH_FETCH, WITH_DYNAMICS_WEB_API, WITH_REQUESTS]
const PROGRAMS = [...LISTS, WITH_EXPRESS]
const EVERY_EXAMPLE = [...PROGRAMS, ON_LAMBDA, WITH_SERVICE_CLIENT]

/** So that a program can be copied from a page and read in one look. */
const MOST_LINES = 39

const NAMES = sampleAccounts(new URLSearchParams()).map((row) => 'name' in row && String(row.name))
const LISTED = `${NAMES.join('\n')}\n`

let client: string
let service: RunningService
let settings: Settings
let origin: string
beforeAll(async () => {
  origin = `http://localhost:${await freePort()}`
  client = await setUpBackend()
  service = await startLocalService({ env: { ALLOWED_ORIGINS: origin } })
  settings = await connectByPage(service.url, 'acme')
})
afterAll(() => service.stop())

const GUIDE = readFileSync(join(EXAMPLES, 'README.md'), 'utf8')

/** What the guide says to set in one command that begins with this variable. */
function settingsIn(guide: string, first: string): Settings {
  const [, command = ''] = new RegExp(`\\\`(${first}=[^\\\`]+)\\\``).exec(guide) ?? []
  return Object.fromEntries(
    [...command.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  )
}

describe('the guide', () => {
  test('names every example, and what the page of a connection says to set', () => {
    for (const file of EVERY_EXAMPLE) expect(GUIDE).toContain(`](${file})`)
    for (const name of Object.keys(settings)) expect(GUIDE).toContain(`| \`${name}\` |`)
    expect(Object.keys(settings)).toHaveLength(6)
  })

  test('says what a service takes that nobody has changed', () => {
    const { DYNAMICS_CONNECT_CLIENT_ID: id, DYNAMICS_CONNECT_CLIENT_SECRET: secret } = settings
    expect(GUIDE).toContain(`| \`DYNAMICS_CONNECT_CLIENT_ID\` | \`${id}\` |`)
    expect(GUIDE).toContain(`| \`DYNAMICS_CONNECT_CLIENT_SECRET\` | \`${secret}\` |`)
  })
})

describe('what the README shows of an example', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8')
  const excerpt = /<!-- from functions\/client\/examples\/(\S+) -->\n```\w+\n(.*?)```/gs
  const excerpts = [...readme.matchAll(excerpt)].map(([, file = '', code = '']) => ({ file, code }))

  test('is there', () => {
    expect(excerpts).toHaveLength(3)
  })

  test.each(excerpts)('is in $file, line by line', ({ file, code }) => {
    const inExample = readExample(file).lines.map((line) => line.trim())
    const shown = code.split('\n').map((line) => line.trim())
    expect(shown.filter((line) => !inExample.includes(line) && line !== '')).toEqual([])
  })
})

/** A connection that nobody has signed in to. */
async function newConnection(accountId: string): Promise<string> {
  const credentials = { clientId: 'local', clientSecret: 'local-secret' }
  const { connections } = dynamicsConnect({ url: service.url, accountId, ...credentials })
  return String((await connections.create()).id)
}

describe.each(EVERY_EXAMPLE)('%s', (file) => {
  test('is short, and says at its head what it does, what to install and how to run it', () => {
    const { lines, head, install, run } = readExample(file)
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES)
    expect(head).toHaveLength(3)
    expect(install).not.toBe('')
    expect(run).not.toBe('')
  })
})

describe('what the head comments say to install', () => {
  const npmPackages = EVERY_EXAMPLE.flatMap((file) => {
    const [, packages = ''] =
      /npm install (\S+(?: [\w./@-]+)*)/.exec(readExample(file).install) ?? []
    return packages.split(' ').filter((name) => name !== '')
  })

  test('is the client as it is packed, and what this tier has tried', () => {
    const tried = [`./${client}`, ...Object.keys(manifest.dependencies)]
    expect(new Set(npmPackages)).toEqual(new Set(tried))
  })
})

describe('a program that lists accounts', () => {
  test.each(LISTS)('does so once it is told what the page shows: %s', async (file) => {
    const ended = await runProgram(readExample(file).run, settings)
    expect(ended).toEqual({ exitCode: 0, stdout: LISTED, stderr: '' })
  })
})

describe('a program on Lambda', () => {
  /** Runs its handler for a connection of the account, as the guide says to on one machine. */
  const invoke = (connectionId: string) => {
    const variables = {
      DATAVERSE_URL: settings.DATAVERSE_URL ?? '',
      DYNAMICS_CONNECT_TOKEN_FUNCTION: 'token',
      ...settingsIn(GUIDE, 'AWS_ENDPOINT_URL_LAMBDA'),
      AWS_ENDPOINT_URL_LAMBDA: service.lambdaUrl,
    }
    const run = readExample(ON_LAMBDA).run.replace('123', connectionId)
    // The SDK wants a newer Node than the other programs.
    return runProgram(run, variables, process.execPath)
  }

  test('lists accounts without a secret', async () => {
    const ended = await invoke(settings.DYNAMICS_CONNECT_CONNECTION ?? '')
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
    for (const name of NAMES) expect(ended.stdout).toContain(`'${name}'`)
  })

  test('says what to do when nobody has signed in', async () => {
    const { exitCode, stdout, stderr } = await invoke(await newConnection('acme'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('Error: The connection is pending; let a user sign in first.')
  })
})

/** What a newcomer gets wrong: how the settings are then, and what the line has to say. */
type Mistake = readonly [what: string, change: () => Promise<Settings> | Settings, told: RegExp]

/** Runs the programs at once, and holds each to one line and an exit code. */
async function expectOneLine(
  files: readonly string[],
  changed: Settings,
  told: RegExp,
): Promise<void> {
  const PORT = new URL(origin).port
  const run = (file: string) => runProgram(readExample(file).run, { ...settings, PORT, ...changed })
  const ends = await Promise.all(files.map(async (file) => ({ file, ...(await run(file)) })))
  const secrets = [settings.DYNAMICS_CONNECT_CLIENT_SECRET, changed.DYNAMICS_CONNECT_CLIENT_SECRET]
  for (const { file, ...ended } of ends) {
    expect(ended, file).toMatchObject({ exitCode: 1, stdout: '' })
    expect(ended.stderr, file).toMatch(/^[^\n]+\n$/)
    expect(ended.stderr, file).toMatch(told)
    for (const secret of secrets) if (secret) expect(ended.stderr, file).not.toContain(secret)
  }
}

describe('one clear line, and exit code 1, come of', () => {
  const nobody = async () => `http://localhost:${await freePort()}`
  const withSetting = (name: string) => (value: string) => ({ [`DYNAMICS_CONNECT_${name}`]: value })

  const ofEvery: readonly Mistake[] = [
    [
      'a service that is down',
      async () => withSetting('URL')(await nobody()),
      /^No answer from http:\/\/localhost:\d+.*(ECONNREFUSED|ConnectionError)/,
    ],
    ['an address that is not the service', () => withSetting('URL')(service.microsoftUrl), /404/],
    ['an address that is none', () => withSetting('URL')('connect'), /url|connect\/oauth/],
    ['no address', () => withSetting('URL')(''), /^Set (DYNAMICS_CONNECT_URL|url)/],
    [
      'a wrong secret',
      () => withSetting('CLIENT_SECRET')('not-the-secret'),
      /client secret is wrong/,
    ],
    [
      'no secret',
      () => withSetting('CLIENT_SECRET')(''),
      /^Set (DYNAMICS_CONNECT_CLIENT_SECRET|clientSecret)/,
    ],
    ['no account', () => withSetting('ACCOUNT')(''), /ACCOUNT|account/],
  ]
  test.each(ofEvery)('%s', async (_what, change, told) => {
    await expectOneLine(PROGRAMS, await change(), told)
  })

  const ofLists: readonly Mistake[] = [
    [
      'a connection that nobody has signed in to',
      async () => withSetting('CONNECTION')(await newConnection('acme')),
      /sign/i,
    ],
    [
      'a connection of somebody else',
      () => withSetting('ACCOUNT')('other'),
      /no account connector/,
    ],
    ['no connection', () => withSetting('CONNECTION')(''), /CONNECT_CONNECTION|by its id/],
    [
      'an environment that is down',
      async () => ({ DATAVERSE_URL: await nobody() }),
      /ECONNREFUSED|ConnectionError/,
    ],
    [
      'another environment than that of the connection',
      () => ({ DATAVERSE_URL: `${service.microsoftUrl}/dataverse/contoso.crm4.dynamics.com` }),
      /401/,
    ],
  ]
  test.each(ofLists)('%s', async (_what, change, told) => {
    await expectOneLine(LISTS, await change(), told)
  })
})

describe('the page with a button', () => {
  test('connects whoever is signed in to it', async () => {
    const changed = { DYNAMICS_CONNECT_ACCOUNT: 'with-a-button', PORT: new URL(origin).port }
    const program = startProgram(readExample(WITH_EXPRESS).run, { ...settings, ...changed })
    try {
      await program.says(`Open ${origin}/`)
      const post = async (path: string) =>
        (await fetch(`${origin}${path}`, { method: 'POST' })).text()
      const browser = createBrowser()
      const page = await browser.open(`${origin}/`)
      expect(page.body).toContain(`<script src="${service.url}/connect.js"></script>`)
      expect((await fetch(`${service.url}/connect.js`)).status).toBe(200)
      expect(await post('/state')).toBe('Your Dynamics 365: pending')
      const returned = await findAndConnect(browser, await post('/link'))
      expect(returned.location).toMatch(new RegExp(`^${origin}/\\?.*status=connected`))
      expect((await browser.follow(returned)).status).toBe(200)
      expect(await post('/state')).toBe('Your Dynamics 365: connected')
    } finally {
      await program.stop()
    }
  })
})

describe(WITH_SERVICE_CLIENT, () => {
  test('is C#, by its grammar', () => {
    const { lines } = readExample(WITH_SERVICE_CLIENT)
    expect(syntaxErrorsOf(lines.join('\n'))).toBe(0)
    expect(syntaxErrorsOf(lines.slice(0, -10).join('\n'))).toBeGreaterThan(0)
  })

  test('takes one version of its package', () => {
    const project = readFileSync(join(EXAMPLES, 'ServiceClientExample/ServiceClientExample.csproj'))
    const reference = /"Microsoft\.PowerPlatform\.Dataverse\.Client" Version="\d+\.\d+\.\d+"/
    expect(String(project)).toMatch(reference)
  })

  test('compiles', ({ skip }) => {
    const built = buildDotnet('ServiceClientExample')
    skip(built === 'no_dotnet', 'not compiled: dotnet is not installed')
    skip(built === 'no_packages', 'not compiled: NuGet cannot be reached')
    expect(built).toBe('built')
  })
})
