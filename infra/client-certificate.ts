import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A certificate of the app registration with its key, each in PEM. */
export interface ClientCertificate {
  readonly certificate: string
  /** PKCS #8. */
  readonly privateKey: string
}

/** Microsoft takes no shorter RSA key. */
const SHORTEST_KEY_BITS = 2048

/**
 * Reads a PEM file with a certificate and its RSA key, as `cat cert.pem key.pem` makes one.
 * @throws Error that says what is wrong with it and never repeats any of it.
 */
export function readClientCertificate(path: string, now: Date): ClientCertificate {
  const pem = textOf(path)
  const certificate = certificateOf(path, pem)
  const privateKey = keyOf(path, pem)
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error(`the key in ${path} is not the one of its first certificate`)
  }
  if (certificate.validToDate <= now) {
    throw new Error(`the certificate in ${path} ended on ${certificate.validTo}: make a new one`)
  }
  return {
    certificate: certificate.toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`there is no file ${path} that can be read`, { cause })
  }
}

function certificateOf(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    const message = `${path} holds no certificate in PEM: convert a .pfx by "openssl pkcs12 -in app.pfx -out app.pem -nodes"`
    throw new Error(message, { cause })
  }
}

function keyOf(path: string, pem: string): KeyObject {
  const key = parsedKey(path, pem)
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= SHORTEST_KEY_BITS) return key
  throw new Error(
    `the key in ${path} is none that Microsoft takes: use RSA with at least ${SHORTEST_KEY_BITS} bits`,
  )
}

function parsedKey(path: string, pem: string): KeyObject {
  if (pem.includes('ENCRYPTED')) {
    throw new Error(
      `the key in ${path} is encrypted: decrypt it by "openssl pkey -in key.pem -out plain.pem", and put it behind the certificate`,
    )
  }
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    const message = `${path} holds no private key in PEM: put it behind the certificate, as "cat cert.pem key.pem" does`
    throw new Error(message, { cause })
  }
}
