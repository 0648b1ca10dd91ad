import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startProcess } from '../../support/processes.ts'
import { javaLibraries } from '../install.ts'

export interface DynamodbLocal {
  readonly endpoint: string
  stop(): Promise<void>
}

/** Amazon's own DynamoDB Local, in memory; it leaves a file in its working folder all the same. */
export async function startDynamodbLocal(): Promise<DynamodbLocal> {
  const cwd = mkdtempSync(join(tmpdir(), 'dynamodb-local-'))
  process.once('exit', () => rmSync(cwd, { recursive: true, force: true }))
  const port = await freePort()
  const endpoint = `http://localhost:${port}`
  const libraries = javaLibraries('dynamodb-local')
  const options = [`-Djava.library.path=${libraries}`, '-cp', join(libraries, '*')]
  const { stop } = await startProcess({
    command: 'java',
    args: [...options, MAIN_CLASS, '-inMemory', '-port', String(port)],
    env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
    cwd,
    readyUrl: endpoint,
  })
  return { endpoint, stop }
}

const MAIN_CLASS = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner'
