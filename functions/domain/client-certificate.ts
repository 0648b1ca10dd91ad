import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

/** A certificate of the app registration with its key, each in PEM. */
export interface ClientCertificate {
  readonly certificate: string
  /** PKCS #8. */
  readonly privateKey: string
}

/** Why a text is no certificate with its key that Microsoft would take. */
export type CertificateProblem =
  | 'certificate_missing'
  | 'key_encrypted'
  | 'key_missing'
  | 'key_unsuitable'
  | 'key_of_another'
  | 'certificate_ended'

/** Microsoft takes no shorter RSA key. */
export const SHORTEST_KEY_BITS = 2048

/**
 * Reads a certificate and its RSA key from one text in PEM, as `cat cert.pem key.pem` makes it, in either
 * order.
 * @returns what is wrong with it, without any of it
 */
export function clientCertificateOf(
  pem: string,
  now: Date,
): ClientCertificate | { readonly problem: CertificateProblem; readonly endedOn?: string } {
  const certificate = certificateIn(pem)
  if (certificate === undefined) return { problem: 'certificate_missing' }
  const key = keyIn(pem)
  if (typeof key === 'string') return { problem: key }
  if (!certificate.checkPrivateKey(key)) return { problem: 'key_of_another' }
  if (certificate.validToDate <= now) {
    return { problem: 'certificate_ended', endedOn: certificate.validTo }
  }
  return {
    certificate: certificate.toString(),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function keyIn(pem: string): KeyObject | CertificateProblem {
  if (pem.includes('ENCRYPTED')) return 'key_encrypted'
  const key = parsedKey(pem)
  if (key === undefined) return 'key_missing'
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  const isSuitable = key.asymmetricKeyType === 'rsa' && modulusLength >= SHORTEST_KEY_BITS
  return isSuitable ? key : 'key_unsuitable'
}

function parsedKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
