import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { USERS } from '../../infra/local/microsoft/directory.ts'
import { createBrowser, signIn } from '../e2e/support/browser.ts'
import { type RunningService, startLocalService } from '../e2e/support/local-service.ts'
import { createPartner, field, LOCAL_CLIENT } from '../e2e/support/partner.ts'
import { say } from '../support/say.ts'
import { installTools, REDOCLY, SCHEMATHESIS } from './install.ts'

const HERE = import.meta.dirname
const RESOURCE = 'https://example.crm.dynamics.com'
/** Of an account of its own: see schemathesis.toml. */
const ACCOUNT = 'contoso'

/** What the tools are told, which they read from the folder that they run in. */
const SETTINGS = ['redocly.yaml', '.redocly.lint-ignore.yaml', 'schemathesis.toml'] as const

/** Lints the description that the service answers. */
async function lint(url: string, folder: string): Promise<boolean> {
  writeFileSync(join(folder, 'openapi.json'), await textAt(`${url}/openapi.json`))
  const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  // A warning fails as well.
  const args = [REDOCLY, 'lint', '--max-problems=1000', '--format=json', 'openapi.json']
  const { exitCode, output } = await outputOf(process.execPath, args, { folder, env })
  const { totals, problems } = JSON.parse(output)
  const open = totals.errors + totals.warnings
  say(`Redocly: ${open} problems, ${totals.ignored} ignored with their reasons`)
  for (const problem of problems) {
    if (!problem.ignored)
      say(`  ${problem.ruleId} ${problem.location[0]?.pointer}: ${problem.message}`)
  }
  return exitCode === 0 && open === 0
}

/** Asks the service whatever its description allows, and what it does not. */
async function fuzz(url: string, folder: string, extra: readonly string[]): Promise<boolean> {
  const [, docsVersion] = /\/docs\/([0-9a-f]+)\//.exec(await textAt(`${url}/docs`)) ?? []
  const dictionaries = `
[dictionaries]
connections = { values = [${await connected(url)}] }
docs-versions = { values = ["${docsVersion}"] }
`
  appendFileSync(join(folder, 'schemathesis.toml'), dictionaries)
  const env = { BEARER: await bearerToken(url) }
  const args = ['--no-color', 'run', `${url}/openapi.json`, ...extra]
  return (await outputOf(SCHEMATHESIS, args, { folder, env, isShown: true })).exitCode === 0
}

async function connected(url: string): Promise<string> {
  const partner = createPartner(url)
  const { connectionId, link } = await partner.signInLink({ account: ACCOUNT, resource: RESOURCE })
  await signIn(createBrowser(), link, USERS.contosoMember.username)
  const path = `/v1.0/account/connectors/${connectionId}`
  const { json } = await partner.call('GET', path, { account: ACCOUNT })
  if (field(json, 'Status') !== 'connected') throw new Error('the sign-in did not connect')
  return connectionId
}

async function bearerToken(url: string): Promise<string> {
  const { clientId, clientSecret } = LOCAL_CLIENT
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  }
  const body = new URLSearchParams(form)
  const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body })
  return field(await answer.json(), 'access_token')
}

async function textAt(url: string): Promise<string> {
  return (await fetch(url)).text()
}

async function outputOf(
  command: string,
  args: readonly string[],
  options: { readonly folder: string; readonly env: NodeJS.ProcessEnv; readonly isShown?: boolean },
): Promise<{ readonly exitCode: unknown; readonly output: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env }
  const child = spawn(command, args, {
    cwd: options.folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill())
  const pieces: string[] = []
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    pieces.push(piece)
    if (options.isShown) process.stdout.write(piece)
  })
  const [exitCode] = await once(child, 'close')
  return { exitCode, output: pieces.join('') }
}

async function runTier(service: RunningService, extra: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'description-'))
  try {
    for (const file of SETTINGS) copyFileSync(join(HERE, file), join(folder, file))
    const isClean = await lint(service.url, folder)
    const isTrue = await fuzz(service.url, folder, extra)
    return [isClean, isTrue].filter((passed) => passed).length
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// A process that ends by a signal runs no exit handler, and its children would stay.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

installTools()
const service = await startLocalService()
const passed = await runTier(service, process.argv.slice(2)).finally(() => service.stop())
say(`${passed} passed, ${2 - passed} failed`)
process.exitCode = passed === 2 ? 0 : 1
