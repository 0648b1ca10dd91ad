import { dirname } from 'node:path'
import { installEmulator, PYTHON } from '../../aws/install.ts'
import { freePort, startProcess } from '../../support/processes.ts'

/** A MiniStack that plays DynamoDB and Secrets Manager. */
export interface Ministack {
  /** What points a local service at it. */
  readonly variables: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Starts it on this machine alone, without roles: only its stores are wanted. */
export async function startMinistack(): Promise<Ministack> {
  installEmulator()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { PATH, HOME, TMPDIR } = process.env
  const { stop } = await startProcess({
    command: PYTHON,
    args: ['-m', 'ministack.app'],
    cwd: dirname(PYTHON),
    env: { PATH, HOME, TMPDIR, GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1' },
    readyUrl: `${url}/_ministack/health`,
  })
  const variables = {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
  }
  return { variables, stop }
}
