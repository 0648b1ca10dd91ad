import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { say } from '../say.ts'

/** The manifest with the pinned runtime client, and nothing else. */
const MANIFEST_FOLDER = import.meta.dirname
const PACKAGE_FOLDER = join(MANIFEST_FOLDER, 'node_modules', 'aws-lambda-ric')

/** AWS's own runtime client, which compiles while it is installed. */
export const RUNTIME_CLIENT = join(PACKAGE_FOLDER, 'index.mjs')

/** What compiling it takes, and the Debian package that brings it. */
const TOOLS = { cmake: 'cmake', 'g++': 'g++', make: 'make', python3: 'python3', xz: 'xz-utils' }

/** Brings the runtime client in its pinned version; what is there already is left alone. */
export function installRuntimeClient(): void {
  const stamp = join(MANIFEST_FOLDER, 'node_modules', '.installed-from')
  const pins = readFileSync(join(MANIFEST_FOLDER, 'package-lock.json'), 'utf8')
  const isBuilt = existsSync(join(PACKAGE_FOLDER, 'rapid-client.node'))
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === pins) return
  for (const [tool, debianPackage] of Object.entries(TOOLS)) requireTool(tool, debianPackage)
  say('compiling aws-lambda-ric, which takes about a minute…')
  const args = ['ci', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error']
  const env = { ...process.env, ...headersOfNode() }
  const options = { cwd: MANIFEST_FOLDER, env, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync('npm', args, options)
  if (status !== 0) fail(`npm ci in test/support/lambda failed: ${lastLines(`${stdout}${stderr}`)}`)
  writeFileSync(stamp, pins)
}

/**
 * node-gyp downloads the headers of Node from nodejs.org unless it is told where they are. The addon
 * speaks Node-API alone, whose binary interface does not change, so that those of an older Node do.
 */
function headersOfNode(): { npm_config_nodedir?: string } {
  const given = process.env.npm_config_nodedir
  const prefixes = [dirname(dirname(process.execPath)), '/usr', '/usr/local']
  const found = prefixes.find((prefix) => existsSync(join(prefix, 'include/node/node_api.h')))
  return given === undefined && found !== undefined ? { npm_config_nodedir: found } : {}
}

function requireTool(tool: string, debianPackage: string): void {
  if (spawnSync(tool, ['--version']).status === 0) return
  fail(`compiling aws-lambda-ric needs ${tool}: apt-get install ${debianPackage}`)
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-3).join(' | ')
}

function fail(message: string): never {
  say(message)
  process.exit(1)
}

if (import.meta.main) installRuntimeClient()
