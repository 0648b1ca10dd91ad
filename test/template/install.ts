import { join } from 'node:path'
import { installOnce, requireCommand, run } from '../support/install-once.ts'

const HERE = import.meta.dirname
const VENV = join(HERE, '.venv')

/** Where the commands of the linters are once they are installed. */
export const BIN = join(VENV, 'bin')

/** Brings the linters; what is there in the pinned version is left alone. */
export function installLinters(): void {
  requireCommand('python3', ['-c', 'import ensurepip, venv'], 'apt-get install python3-venv')
  installOnce({
    name: 'cfn-lint and checkov',
    manifest: join(HERE, 'requirements.txt'),
    folder: VENV,
    install: () => {
      run(HERE, 'python3', ['-m', 'venv', VENV])
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', 'requirements.txt']
      run(HERE, join(BIN, 'python'), pip)
    },
  })
}
