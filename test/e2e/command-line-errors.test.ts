import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { portOf } from '../../infra/local/local-server.ts'
import { freePort } from '../support/processes.ts'
import { selfSigned } from '../support/self-signed-certificate.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { commandScene } from '../unit/cli/support/command-scene.ts'
import { send, tinyServer } from '../unit/support/tiny-server.ts'
import { type Ended, runCommand } from './support/command-line.ts'
import { type RunningService, startLocalService } from './support/local-service.ts'

const SECRET = 'local-secret'

let service: RunningService
beforeAll(async () => {
  service = await startLocalService()
})
afterAll(() => service.stop())

const loginAt = (url: string) => ({
  DYNAMICS_CONNECT_URL: url,
  DYNAMICS_CONNECT_CLIENT_ID: 'local',
  DYNAMICS_CONNECT_CLIENT_SECRET: SECRET,
})

/** What a command ends with when it is sent to an address, by this process, which does not wait between attempts. */
function listAt(url: string, more: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const folder = temporaryFolder('errors')
  const wait = async () => {}
  const env = { ...loginAt(url), ...more }
  return commandScene({ folder, fetch, env, wait }).run('connections', 'list')
}

/** One line on stderr, nothing on stdout, no stack trace, no secret. */
function expectOneLine({ exitCode, stdout, stderr }: Ended, wanted: number, words: RegExp): void {
  expect(stderr).toMatch(/^dynamics-connect: [^\n]+\n$/)
  expect(stderr).toMatch(words)
  expect(stderr).not.toMatch(/ {4}at |node:internal|local-secret|not-the-secret/)
  expect({ exitCode, stdout }).toEqual({ exitCode: wanted, stdout: '' })
}

describe('is told in one line, with an exit code:', () => {
  test('a client secret that is wrong, or has ended', async () => {
    const env = { DYNAMICS_CONNECT_CLIENT_SECRET: 'not-the-secret' }
    expectOneLine(await listAt(service.url, env), 1, /does not accept the client id or its secret/)
  })

  test('a client id that is not known', async () => {
    const env = { DYNAMICS_CONNECT_CLIENT_ID: 'nobody' }
    expectOneLine(await listAt(service.url, env), 1, /api_client_rejected/)
  })

  test('an address that is none', async () => {
    expectOneLine(await listAt('connect.example.com'), 2, /Set url to the address of the service/)
  })

  test('http where only https is safe', async () => {
    expectOneLine(
      await listAt('http://connect.example.com'),
      2,
      /https \(http on localhost alone\)/,
    )
  })

  test('an address with a path', async () => {
    expectOneLine(await listAt(`${service.url}/console`), 2, /without a path/)
  })

  test('a host that does not exist', async () => {
    expectOneLine(
      await listAt('https://connect.invalid'),
      3,
      /No answer from https:\/\/connect\.invalid/,
    )
  })

  test('a server that is down', async () => {
    expectOneLine(
      await listAt(`http://localhost:${await freePort()}`),
      3,
      /ECONNREFUSED.*the service is up/,
    )
  })

  test('a server that answers 503', async () => {
    const { url } = await tinyServer((_, response) => send(response, { status: 503 }))
    expectOneLine(await listAt(url), 3, /cannot answer now \(status 503\)/)
  })

  test('a page that is not JSON', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }
    const { url } = await tinyServer((_, response) => send(response, page))
    expectOneLine(
      await listAt(url),
      3,
      /did not answer as the service does \(status 200, text\/html\)/,
    )
  })

  test('another service that answers JSON', async () => {
    const { url } = await tinyServer((_, response) => send(response, { body: { hello: 'world' } }))
    expectOneLine(await listAt(url), 3, /has no access_token/)
  })

  test('a redirect to another host, which is not followed', async () => {
    const location = 'https://www.example.com/welcome?secret=1'
    const server = await tinyServer((_, response) =>
      send(response, { status: 301, headers: { location } }),
    )
    expectOneLine(await listAt(server.url), 3, /redirects to https:\/\/www\.example\.com\. Set url/)
    expect(server.received).toHaveLength(1)
  })

  test('https where http is spoken', async () => {
    const url = service.url.replace('http:', 'https:')
    expectOneLine(await listAt(url), 3, /does not speak https/)
  })

  test('http where https is spoken', async () => {
    const url = await secureServer()
    expectOneLine(await listAt(url.replace('https:', 'http:')), 3, /No answer from/)
  })

  test('a certificate that is not trusted', async () => {
    expectOneLine(await listAt(await secureServer()), 3, /certificate is not trusted here.*clock/)
  })
})

test('a process of its own ends with the same line and exit code', async () => {
  const url = `http://localhost:${await freePort()}`
  const place = { folder: temporaryFolder('errors'), env: loginAt(url) }
  const ended = await runCommand(place, ['connections', 'list'])
  expectOneLine(ended, 3, /ECONNREFUSED/)
  expect(ended).toEqual(await listAt(url))
})

async function secureServer(): Promise<string> {
  const { keyPem: key, pem: cert } = selfSigned()
  const server = createHttpsServer({ key, cert }, (_, response) => response.end('{}'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `https://localhost:${portOf(server)}`
}
