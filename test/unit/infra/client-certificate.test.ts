import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { knownAppCredentialOf } from '../../../functions/domain/stored-app-credential.ts'
import { readClientCertificate } from '../../../infra/client-certificate.ts'
import { selfSigned } from '../../support/self-signed-certificate.ts'

const NOW = new Date('2026-06-01T00:00:00Z')
const CERTIFICATE = selfSigned()

function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'app.pem')
  writeFileSync(path, text)
  return path
}

const keyPem = (options: { readonly cipher?: string; readonly bits?: number } = {}) =>
  generateKeyPairSync('rsa', { modulusLength: options.bits ?? 2048 })
    .privateKey.export({
      type: 'pkcs8',
      format: 'pem',
      ...(options.cipher && { cipher: options.cipher, passphrase: 'canary' }),
    })
    .toString()

describe('a client certificate', () => {
  test.each(['certificate first', 'key first'])('is read with its key: %s', (order) => {
    const { pem, keyPem: key, thumbprint } = CERTIFICATE
    const text = order === 'key first' ? key + pem : pem + key
    const read = readClientCertificate(aFile(text), NOW)
    expect(read).toEqual({ certificate: pem, privateKey: key })
    const stored = { clientId: 'id', ...read }
    expect(knownAppCredentialOf(stored)).toMatchObject({ kind: 'certificate', thumbprint })
  })

  test.each<[string, string, RegExp]>([
    ['nothing', '', /holds no certificate in PEM: convert a \.pfx by "openssl pkcs12/],
    ['no key', CERTIFICATE.pem, /holds no private key in PEM: put it behind the certificate/],
    ['no certificate', CERTIFICATE.keyPem, /holds no certificate in PEM/],
    ['the key of another', CERTIFICATE.pem + keyPem(), /is not the one of its first certificate/],
    [
      'an encrypted key',
      CERTIFICATE.pem + keyPem({ cipher: 'aes-256-cbc' }),
      /is encrypted: decrypt it by "openssl pkey/,
    ],
    [
      'a short key',
      CERTIFICATE.pem + keyPem({ bits: 1024 }),
      /is none that Microsoft takes: use RSA with at least 2048 bits/,
    ],
  ])('is refused in a file with %s, and nothing of it is repeated', (_what, text, message) => {
    const read = () => readClientCertificate(aFile(text), NOW)
    expect(read).toThrow(message)
    expect(read).not.toThrow(/BEGIN|canary/)
  })

  test('is refused once it has ended', () => {
    const path = aFile(CERTIFICATE.pem + CERTIFICATE.keyPem)
    expect(() => readClientCertificate(path, new Date('2036-01-01T00:00:00Z'))).toThrow(
      /ended on Jan {1,2}1 .*2036.*: make a new one/,
    )
  })

  test('is missed where there is no file', () => {
    expect(() => readClientCertificate('/nowhere/app.pem', NOW)).toThrow(
      'there is no file /nowhere/app.pem that can be read',
    )
  })
})
