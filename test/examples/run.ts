import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { installExamplesTier } from './install.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../..')

installExamplesTier()
const vitest = join(ROOT, 'node_modules/.bin/vitest')
const args = ['run', '--config', join(HERE, 'vitest.config.ts'), ...process.argv.slice(2)]
process.exitCode = spawnSync(vitest, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1
