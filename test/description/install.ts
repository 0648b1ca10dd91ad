import { join } from 'node:path'
import { installOnce, requireCommand, run } from '../support/install-once.ts'

const HERE = import.meta.dirname
const VENV = join(HERE, '.venv')

/** The commands, once they are installed. */
export const SCHEMATHESIS = join(VENV, 'bin', 'schemathesis')
export const REDOCLY = join(HERE, 'node_modules', '@redocly', 'cli', 'bin', 'cli.js')

/** Brings Schemathesis and Redocly; what is there in the pinned version is left alone. */
export function installTools(): void {
  requireCommand('python3', ['-c', 'import ensurepip, venv'], 'apt-get install python3-venv')
  installOnce({
    name: 'Schemathesis',
    manifest: join(HERE, 'requirements.txt'),
    folder: VENV,
    install: () => {
      run(HERE, 'python3', ['-m', 'venv', VENV])
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', 'requirements.txt']
      run(HERE, join(VENV, 'bin', 'python'), pip)
    },
  })
  installOnce({
    name: 'Redocly',
    manifest: join(HERE, 'package-lock.json'),
    folder: join(HERE, 'node_modules'),
    install: () => run(HERE, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
  })
}

if (import.meta.main) installTools()
