import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readLocalSettings, STAND_IN_APP } from '../../../../infra/local/local-settings.ts'
import { selfSigned } from '../../../support/self-signed-certificate.ts'

const APP = { ENTRA_CLIENT_ID: 'id', ENTRA_CLIENT_SECRET: 'secret' }

describe('the settings of a local run', () => {
  test('without a variable are port 3000, a sweep each minute and the stand-ins', () => {
    expect(readLocalSettings({})).toEqual({
      port: 3000,
      lambdaPort: 0,
      publicUrl: undefined,
      allowedOrigins: undefined,
      sweepIntervalSeconds: 60,
      isSetUp: true,
      microsoft: {
        app: STAND_IN_APP,
        real: false,
        entraBaseUrl: undefined,
        dataverseBaseUrl: undefined,
      },
      dynamodbUrl: undefined,
      secretsManagerUrl: undefined,
    })
  })

  test('take what is set, and an empty variable for none', () => {
    const settings = readLocalSettings({
      PORT: '8080',
      LAMBDA_PORT: '8081',
      PUBLIC_URL: 'https://tunnel.example/',
      SWEEP_INTERVAL: '0',
      ALLOWED_ORIGINS: '',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000',
    })
    expect(settings).toMatchObject({
      port: 8080,
      lambdaPort: 8081,
      publicUrl: 'https://tunnel.example',
      sweepIntervalSeconds: 0,
      allowedOrigins: undefined,
      dynamodbUrl: 'http://localhost:8000',
    })
  })

  test('mean the real Microsoft when an app is named and no other login host', () => {
    expect(readLocalSettings(APP).microsoft).toEqual({
      app: { clientId: 'id', clientSecret: 'secret' },
      real: true,
      entraBaseUrl: undefined,
      dataverseBaseUrl: undefined,
    })
  })

  test('take a certificate in the place of a client secret, alone for the app of the stand-in', () => {
    const { pem, keyPem } = selfSigned()
    const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const ENTRA_CLIENT_CERTIFICATE = join(folder, 'app.pem')
    writeFileSync(ENTRA_CLIENT_CERTIFICATE, pem + keyPem)
    const proof = { certificate: pem, privateKey: keyPem }
    expect(readLocalSettings({ ENTRA_CLIENT_CERTIFICATE }).microsoft).toMatchObject({
      app: { clientId: STAND_IN_APP.clientId, ...proof },
      real: false,
    })
    const named = { ENTRA_CLIENT_ID: 'id', ENTRA_CLIENT_CERTIFICATE }
    expect(readLocalSettings(named).microsoft).toMatchObject({
      app: { clientId: 'id', ...proof },
      real: true,
    })
    expect(() => readLocalSettings({ ...APP, ENTRA_CLIENT_CERTIFICATE })).toThrow(
      'set ENTRA_CLIENT_ID with either ENTRA_CLIENT_SECRET or ENTRA_CLIENT_CERTIFICATE',
    )
    expect(() => readLocalSettings({ ENTRA_CLIENT_CERTIFICATE: folder })).toThrow(
      `ENTRA_CLIENT_CERTIFICATE: there is no file ${folder} that can be read`,
    )
  })

  test('begin as a deployment does, when told so', () => {
    expect(readLocalSettings({ SET_UP: 'no' }).isSetUp).toBe(false)
    expect(readLocalSettings({ SET_UP: 'yes' }).isSetUp).toBe(true)
  })

  test('mean the named login host with the named app, or with the one of the stand-in', () => {
    const ENTRA_BASE_URL = 'http://localhost:9000'
    expect(readLocalSettings({ ...APP, ENTRA_BASE_URL }).microsoft).toMatchObject({
      app: { clientId: 'id' },
      real: false,
      entraBaseUrl: ENTRA_BASE_URL,
    })
    expect(readLocalSettings({ ENTRA_BASE_URL }).microsoft).toMatchObject({ app: STAND_IN_APP })
  })

  test.each([
    ['PORT', { PORT: 'x' }],
    ['PORT', { PORT: '70000' }],
    ['LAMBDA_PORT', { LAMBDA_PORT: 'x' }],
    ['SWEEP_INTERVAL', { SWEEP_INTERVAL: '-1' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'localhost:3000' }],
    ['ENTRA_CLIENT_SECRET', { ENTRA_CLIENT_ID: 'id' }],
    ['SET_UP', { SET_UP: 'later' }],
  ])('are refused with the name of the variable: %s in %j', (name, env) => {
    expect(() => readLocalSettings(env)).toThrow(name)
  })
})
