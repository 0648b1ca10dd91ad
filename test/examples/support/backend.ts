import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { buildClient } from '../../../infra/build-client.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { BACKEND } from '../install.ts'
import { EXAMPLES } from './example.ts'

/**
 * Packs the client, installs it in the vendor's backend and copies the examples there.
 * @returns the name of the package's file.
 */
export async function setUpBackend(): Promise<string> {
  const folder = temporaryFolder('examples')
  await buildClient(join(folder, 'client'))
  const pack = ['pack', './client', '--json', '--pack-destination', BACKEND]
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: folder, encoding: 'utf8' }))
  // Its lock file stays that of the pins, and no registry is asked.
  const install = ['install', '--no-save', '--offline', '--no-audit', '--no-fund', `./${filename}`]
  execFileSync('npm', install, { cwd: BACKEND, stdio: 'pipe' })
  cpSync(EXAMPLES, BACKEND, { recursive: true })
  return filename
}
