import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../../functions/domain/service-error.ts'
import { aReason, RESOURCE } from '../../support/builders.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { commandScene, LOGIN_VARIABLES } from './support/command-scene.ts'
import { ACCESS_TOKEN, responseOf, SERVICE_URL } from './support/memory-service.ts'

const folder = temporaryFolder('cli-doctor')
const scene = (options: Partial<Parameters<typeof commandScene>[0]> = {}) =>
  commandScene({ folder, ...options })

const TRY = ['--connection', '1', '--account', 'acme']

describe('doctor', () => {
  test('finds that all is well', async () => {
    const { run, service } = scene()
    service.add({ accountId: 'acme' })
    service.add({ accountId: 'acme', status: 'pending', user: undefined })
    const { exitCode, stdout, stderr } = await run('doctor')
    expect(exitCode).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual([
      `well      address      ${SERVICE_URL} answers and is the service`,
      "well      clock        this machine's clock agrees with the service's",
      'well      API client   backend is accepted',
      'well      connections  1 connected, 1 pending',
      'well      people       nobody has to act',
    ])
    expect(stderr).toContain('npm run doctor')
  })

  test('gives JSON', async () => {
    const { run } = scene()
    const { stdout } = await run('doctor', '--json')
    expect(JSON.parse(stdout)).toContainEqual({
      About: 'connections',
      Well: true,
      Words: 'there are none yet',
    })
  })

  test.each([
    [90_000, '90 seconds behind'],
    [-3_600_000, '3600 seconds ahead of'],
  ])('tells a clock that is off by %i ms', async (skewMs, words) => {
    const { run } = scene({ skewMs })
    const { exitCode, stdout } = await run('doctor')
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      `not well  clock        this machine's clock is ${words} the service's: set it, by NTP`,
    )
    expect(stdout).toContain('well      API client   backend is accepted')
  })

  test('forgives a clock that is a little off, and says by how much', async () => {
    const { run } = scene({ skewMs: 7000 })
    const { exitCode, stdout } = await run('doctor')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^well {6}clock .* 7 seconds behind/m)
  })

  test('says who has to act', async () => {
    const { run, service } = scene()
    const status = 'reauthorization_required'
    service.add({ accountId: 'acme', status, reason: aReason({ who: 'user' }) })
    service.add({ accountId: 'acme', status, reason: aReason({ who: 'user' }) })
    service.add({ accountId: 'acme', reason: aReason({ who: 'administrator' }) })
    service.add({ accountId: 'acme', reason: aReason({ who: 'nobody' }) })
    const { exitCode, stdout } = await run('doctor')
    expect(exitCode).toBe(1)
    expect(stdout).toContain(
      "not well  people       2 wait for the user, 1 wait for the customer's administrator:",
    )
  })

  test('tells a wrong secret, and that the address is right', async () => {
    const env = { ...LOGIN_VARIABLES, DYNAMICS_CONNECT_CLIENT_SECRET: 'not-the-secret' }
    const { exitCode, stdout, stderr } = await scene({ env }).run('doctor')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^well {6}address/m)
    expect(stdout).toMatch(/^not well {2}API client {3}The service does not accept/m)
    expect(stdout).not.toContain('connections')
    expect(stdout + stderr).not.toContain('not-the-secret')
  })

  test('tells a service that is not there, and looks no further', async () => {
    const { run, service } = scene()
    service.fault = () => Promise.reject(new TypeError('fetch failed'))
    const { exitCode, stdout } = await run('doctor')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^not well {2}address {6}No answer from[^\n]*\n$/)
  })

  test('tells a page that is not the service', async () => {
    const { run, service } = scene()
    service.fault = () => new Response('<html>', { headers: { 'content-type': 'text/html' } })
    const { stdout } = await run('doctor')
    expect(stdout).toMatch(/^not well {2}address {6}https:\S+ did not answer as the service does/)
  })

  test('tells answers without a date', async () => {
    const { run, service } = scene()
    service.fault = ({ what }) =>
      what.includes('oauth')
        ? Response.json({ access_token: 'bearer', expires_in: 3600 })
        : Response.json({ Connectors: [], Next: null })
    const { exitCode, stdout } = await run('doctor')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^not well {2}clock {8}the answers carry no date/m)
  })
})

describe('doctor --connection', () => {
  function withEnvironment(status: number | undefined, env = {}) {
    const it = scene({ env: { ...LOGIN_VARIABLES, ...env } })
    it.service.add({ accountId: 'acme', resource: RESOURCE })
    const whoAmI: string[] = []
    it.service.fault = ({ what }) => {
      if (!what.includes('WhoAmI')) return undefined
      whoAmI.push(what)
      return status === undefined
        ? Promise.reject(new TypeError(`fetch failed with ${ACCESS_TOKEN}`))
        : new Response('', { status })
    }
    return { ...it, whoAmI }
  }

  test('has a token, and asks the environment who it is for', async () => {
    const { run, whoAmI } = withEnvironment(200)
    const { exitCode, stdout } = await run('doctor', ...TRY)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`well      token        connection 1 has a token for ${RESOURCE}\n`)
    expect(stdout).toContain(`well      environment  ${RESOURCE} answers WhoAmI\n`)
    expect(stdout).not.toContain(ACCESS_TOKEN)
    expect(whoAmI).toEqual([`GET ${RESOURCE}/api/data/v9.2/WhoAmI`])
  })

  test('asks the stand-in where a variable names one', async () => {
    const { run, whoAmI } = withEnvironment(200, { DATAVERSE_BASE_URL: 'http://localhost:1/d' })
    await run('doctor', ...TRY)
    expect(whoAmI).toEqual([
      'GET http://localhost:1/d/contoso.crm4.dynamics.com/api/data/v9.2/WhoAmI',
    ])
  })

  test.each([
    [401, 'does not take the token (401)'],
    [403, 'does not let the user in (403)'],
    [503, 'answered WhoAmI with status 503'],
    [undefined, 'no answer from'],
  ])('tells that the environment answers with %s', async (status, words) => {
    const { run } = withEnvironment(status)
    const { exitCode, stdout, stderr } = await run('doctor', ...TRY)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^not well {2}environment/m)
    expect(stdout).toContain(words)
    expect(stdout + stderr).not.toContain(ACCESS_TOKEN)
  })

  test('tells why there is no token', async () => {
    const { run, service } = scene()
    service.fault = ({ what }) =>
      what.includes('/token?')
        ? responseOf(
            new ServiceError('sign in again', {
              code: 'reauthorization_required',
              reason: aReason(),
            }),
          )
        : undefined
    const { exitCode, stdout } = await run('doctor', ...TRY)
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^not well {2}token {8}Sign in again\. .* Who has to act: the user\. /m)
    expect(stdout).toContain('AADSTS50173')
  })
})
