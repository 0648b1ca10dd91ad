import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installOnce, requireCommand, run } from '../support/install-once.ts'

const HERE = import.meta.dirname

/** The backend of a vendor, who has installed what the examples want, but not yet the client. */
export const BACKEND = join(HERE, '.backend')

/** Where `python3` is that has requests. */
export const PYTHON_BIN = join(HERE, '.venv', 'bin')

/** Brings what the examples need; what is there in the pinned version is left alone. */
export function installExamplesTier(): void {
  requireCommand('python3', ['-c', 'import ensurepip, venv'], 'apt-get install python3-venv')
  installBackend()
  installOnce({
    name: 'requests',
    manifest: join(HERE, 'requirements.txt'),
    folder: join(HERE, '.venv'),
    install: installRequests,
  })
}

/** The npm packages alone. */
export function installBackend(): void {
  installOnce({
    name: 'the packages of a backend',
    manifest: join(HERE, 'package-lock.json'),
    folder: BACKEND,
    install: installPackages,
  })
}

function installPackages(): void {
  mkdirSync(BACKEND)
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    copyFileSync(join(HERE, file), join(BACKEND, file))
  }
  run(BACKEND, 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

function installRequests(): void {
  run(HERE, 'python3', ['-m', 'venv', '.venv'])
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '-r', 'requirements.txt']
  run(HERE, join(PYTHON_BIN, 'python'), pip)
}

if (import.meta.main) installExamplesTier()
