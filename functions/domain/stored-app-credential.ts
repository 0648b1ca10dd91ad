import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type {
  CertificateCredential,
  ClientSecretCredential,
  FederatedCredential,
} from './app-credentials.ts'

/** What is stored of the app registered with Microsoft, in one of three forms. */
export type AppCredentialValue =
  | {
      readonly clientId: string
      readonly clientSecret: string
      /** The day on which the client secret ends, as `2027-05-01`, where that is known. */
      readonly endsOn?: string
    }
  | {
      readonly clientId: string
      /** In PEM, as it was uploaded to the app registration. */
      readonly certificate: string
      /** Its RSA key, in PEM (PKCS #8). */
      readonly privateKey: string
    }
  | { readonly clientId: string; readonly federated: true }

/** A stored credential as it is read: a federated app has to ask AWS for the rest. */
export type KnownAppCredential =
  | ClientSecretCredential
  | CertificateCredential
  | Omit<FederatedCredential, 'assertion'>

/** @returns `undefined` when it is none of the three forms, or a certificate that is not the key's. */
export function knownAppCredentialOf(value: unknown): KnownAppCredential | undefined {
  if (!isRecord(value)) return undefined
  const { clientId, clientSecret, certificate, privateKey, federated, endsOn } = value
  if (!isText(clientId)) return undefined
  if (isText(clientSecret)) {
    const endsAt = dayOf(endsOn)
    return { kind: 'client_secret', clientId, clientSecret, ...(endsAt && { endsAt }) }
  }
  if (isText(certificate) && isText(privateKey)) {
    return certificateCredentialOf(clientId, certificate, privateKey)
  }
  return federated === true ? { kind: 'federated', clientId } : undefined
}

function certificateCredentialOf(
  clientId: string,
  certificate: string,
  key: string,
): CertificateCredential | undefined {
  const read = readPair(certificate, key)
  if (read === undefined || !read.certificate.checkPrivateKey(read.privateKey)) return undefined
  const { privateKey } = read
  const digest = Buffer.from(read.certificate.fingerprint256.replaceAll(':', ''), 'hex')
  const endsAt = read.certificate.validToDate
  const thumbprint = digest.toString('base64url')
  return { kind: 'certificate', clientId, privateKey, thumbprint, endsAt }
}

function readPair(
  certificate: string,
  key: string,
): { readonly certificate: X509Certificate; readonly privateKey: KeyObject } | undefined {
  try {
    const privateKey = createPrivateKey(key)
    const isRsa = privateKey.asymmetricKeyType === 'rsa'
    return isRsa ? { certificate: new X509Certificate(certificate), privateKey } : undefined
  } catch {
    return undefined
  }
}

/** The beginning of the day, in UTC. A date that is none makes no credential unusable. */
function dayOf(endsOn: unknown): Date | undefined {
  const time = Date.parse(isText(endsOn) ? endsOn : '')
  return Number.isNaN(time) ? undefined : new Date(time)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
