import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installBackend } from '../examples/install.ts'
import { CHROMIUM } from './support/chromium-path.ts'

const HERE = import.meta.dirname

/** Brings what drives the browser, in its pinned versions, and says what of Debian is missing. */
export function installBrowserTier(): void {
  if (!existsSync(CHROMIUM)) fail('install chromium: apt-get install chromium')
  if (process.env.SCREENSHOTS !== undefined) requireFonts()
  installPackages()
  installBackend()
}

/** Without them the pictures of Japanese and Chinese pages are rows of boxes. */
function requireFonts(): void {
  const { stdout } = spawnSync('fc-list', [':lang=ja', 'family'], { encoding: 'utf8' })
  if (stdout?.trim()) return
  fail('install fonts for Japanese and Chinese: apt-get install fonts-noto-cjk')
}

/** A stamp with the lock file's own text says which pins were installed. */
function installPackages(): void {
  const stamp = join(HERE, 'node_modules', '.installed-from')
  const pins = readFileSync(join(HERE, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === pins) return
  process.stdout.write('installing npm packages…\n')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: HERE, encoding: 'utf8' })
  if (status !== 0) fail(`npm ci in test/browser failed:\n${stdout}${stderr}`)
  writeFileSync(stamp, pins)
}

function fail(message: string): never {
  process.stdout.write(`${message}\n`)
  process.exit(1)
}

if (import.meta.main) installBrowserTier()
