import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setDefaultCACertificates } from 'node:tls'
import { freePort, type RunningProcess, startProcess } from '../../support/processes.ts'
import { PYTHON } from '../install.ts'
import { TEST_ENV } from './test-env.ts'

/** An AWS of its own, which knows nothing yet. */
export interface Emulator {
  /** The variables of a process that uses it, and nothing else of this machine's. */
  readonly env: NodeJS.ProcessEnv
  /** What it has written so far. */
  output(): string
  stop(): Promise<void>
}

/**
 * Starts the emulator on this machine alone, over TLS and with IAM enforced: a function may do what
 * its role says. The functions inherit its variables, which is how they come to meet the stand-in for Microsoft.
 */
export async function startEmulator(): Promise<Emulator> {
  const folder = mkdtempSync(join(tmpdir(), 'dynamics-connect-aws-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const microsoftPort = await freePort()
  const tls = makeCertificate(folder)
  const running = await startProcess({
    command: PYTHON,
    args: [join(import.meta.dirname, '..', 'emulator.py')],
    env: {
      ...ownEnvironment(folder),
      ...emulatorSettings(port, tls),
      ...microsoftAt(`http://localhost:${microsoftPort}`),
    },
    readyUrl: `https://127.0.0.1:${port}/_ministack/health`,
  })
  return {
    env: {
      ...ownEnvironment(folder),
      ...clientSettings(port, tls.certificate),
      [TEST_ENV.microsoftPort]: String(microsoftPort),
      [TEST_ENV.workFolder]: folder,
    },
    output: running.output,
    stop: () => stop(running, folder),
  }
}

async function stop(running: RunningProcess, folder: string): Promise<void> {
  await running.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** The emulator runs whatever `node` comes first: the one that runs this. */
function ownEnvironment(folder: string): NodeJS.ProcessEnv {
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary, { recursive: true })
  return { PATH: path, HOME: folder, TMPDIR: temporary }
}

interface TlsFiles {
  readonly certificate: string
  readonly key: string
}

function emulatorSettings(port: number, { certificate, key }: TlsFiles): NodeJS.ProcessEnv {
  return {
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    AUTH: 'true',
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
    IOT_MTLS_ENABLED: '0',
    NODE_EXTRA_CA_CERTS: certificate,
  }
}

function microsoftAt(url: string): NodeJS.ProcessEnv {
  return { ENTRA_BASE_URL: url, DATAVERSE_BASE_URL: `${url}/dataverse` }
}

/** The credentials are those of the account's root. No call leaves this machine. */
function clientSettings(port: number, certificate: string): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_CA_BUNDLE: certificate,
    CURL_CA_BUNDLE: certificate,
    NODE_EXTRA_CA_CERTS: certificate,
  }
}

/** For the names of deployed APIs too. This process trusts it from now on. */
function makeCertificate(folder: string): TlsFiles {
  const certificate = join(folder, 'certificate.pem')
  const key = join(folder, 'key.pem')
  const names = 'DNS:localhost,DNS:*.execute-api.localhost,IP:127.0.0.1'
  const files = ['-keyout', key, '-out', certificate]
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const content = ['-subj', '/CN=localhost', '-addext', `subjectAltName=${names}`]
  execFileSync('openssl', ['req', ...kind, ...files, '-days', '2', ...content], { stdio: 'pipe' })
  setDefaultCACertificates([readFileSync(certificate, 'utf8')])
  return { certificate, key }
}
