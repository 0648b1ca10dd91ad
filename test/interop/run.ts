import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { say } from '../support/say.ts'
import { installPeers } from './install.ts'
import { startDynamodbLocal } from './support/dynamodb-local.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(HERE, '../..')

interface Counts {
  readonly passed: number
  readonly failed: number
}

/**
 * Installs the peers, then runs this tier's tests, and the storage contract and the model on DynamoDB Local.
 * With filters only the test files that they name are run.
 */
async function runTier(filters: readonly string[]): Promise<Counts> {
  installPeers()
  await checkTypes()
  say('starting DynamoDB Local…')
  const dynamodb = await startDynamodbLocal()
  const env = { ...process.env, DYNAMODB_ENDPOINT: dynamodb.endpoint }
  try {
    const interop = await vitest(['--config', join(HERE, 'vitest.config.ts'), ...filters], env)
    if (filters.length > 0) return interop
    const contract = await vitest(['--project', 'contract', 'dynamodb'], env)
    const model = await vitest(['--project', 'model', 'dynamodb'], env)
    return {
      passed: interop.passed + contract.passed + model.passed,
      failed: interop.failed + contract.failed + model.failed,
    }
  } finally {
    await dynamodb.stop()
  }
}

/** The root leaves this folder out, for it must not need what only this tier installs. */
async function checkTypes(): Promise<void> {
  say('checking types…')
  if (!(await succeeds('tsc', ['-p', HERE], process.env))) process.exit(1)
}

async function vitest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'interop-'))
  const results = join(folder, 'results.json')
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${results}`]
  try {
    const succeeded = await succeeds('vitest', ['run', ...args, ...reporters], env)
    return countsOf(results, succeeded)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function succeeds(
  tool: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const command = join(ROOT, 'node_modules/.bin', tool)
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] })
  process.once('exit', () => child.kill())
  const [exitCode] = await once(child, 'exit')
  return exitCode === 0
}

/** A run that failed without a failing test, in a hook for one, still counts as a failure. */
function countsOf(results: string, succeeded: boolean): Counts {
  const { numPassedTests, numFailedTests } = readResults(results)
  const failed = succeeded ? numFailedTests : Math.max(numFailedTests, 1)
  return { passed: numPassedTests, failed }
}

function readResults(path: string): { numPassedTests: number; numFailedTests: number } {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 0 }
  }
}

// a process that ends by a signal runs no exit handler, and its children would stay
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const { passed, failed } = await runTier(process.argv.slice(2))
say(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
