import { join } from 'node:path'
import { installOnce, type Peer, requireCommand, run } from '../support/install-once.ts'

const HERE = import.meta.dirname
const VENV = join(HERE, '.venv')

/** The Python that has the emulator. */
export const PYTHON = join(VENV, 'bin/python')

const clients: Peer = {
  name: 'clients of AWS services',
  manifest: join(HERE, 'package-lock.json'),
  folder: join(HERE, 'node_modules'),
  install: () => run(HERE, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
}

const emulator: Peer = {
  name: 'MiniStack',
  manifest: join(HERE, 'requirements.txt'),
  folder: VENV,
  install: () => {
    run(HERE, 'python3', ['-m', 'venv', VENV])
    run(HERE, PYTHON, ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', 'requirements.txt'])
  },
}

/** Brings the emulator and its clients; what is there in the pinned version is left alone. */
export function installEmulator(): void {
  requireCommand('python3', ['-c', 'import ensurepip, venv'], 'apt-get install python3-venv')
  requireCommand('openssl', ['version'], 'apt-get install openssl')
  for (const peer of [clients, emulator]) installOnce(peer)
}

if (import.meta.main) installEmulator()
