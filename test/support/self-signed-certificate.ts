import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto'

/** A key and the certificate that would be uploaded to the app registration. */
export interface SelfSigned {
  readonly privateKey: KeyObject
  /** In PEM (PKCS #8). */
  readonly keyPem: string
  readonly pem: string
  readonly thumbprint: string
}

const SHA256_WITH_RSA = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05))

/** Makes a certificate by hand: Node can read one but not write one. */
export function selfSigned(): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const body = sequence(
    der(0x02, Buffer.from([1])),
    SHA256_WITH_RSA,
    sequence(),
    sequence(utcTime('260101000000Z'), utcTime('360101000000Z')),
    sequence(),
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)])
  const certificate = new X509Certificate(sequence(body, SHA256_WITH_RSA, der(0x03, signature)))
  const digest = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex')
  return {
    privateKey,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    pem: certificate.toString(),
    thumbprint: digest.toString('base64url'),
  }
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts))
}

function utcTime(text: string): Buffer {
  return der(0x17, Buffer.from(text))
}

function der(tag: number, content: Buffer = Buffer.alloc(0)): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
