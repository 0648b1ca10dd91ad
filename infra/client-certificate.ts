import { readFileSync } from 'node:fs'
import {
  type CertificateProblem,
  type ClientCertificate,
  clientCertificateOf,
  SHORTEST_KEY_BITS,
} from '../functions/domain/client-certificate.ts'

/**
 * Reads a PEM file with a certificate and its RSA key, as `cat cert.pem key.pem` makes one.
 * @throws Error that says what is wrong with it and never repeats any of it.
 */
export function readClientCertificate(path: string, now: Date): ClientCertificate {
  const read = clientCertificateOf(textOf(path), now)
  if ('problem' in read) throw new Error(wordsFor(path, read.problem, read.endedOn))
  return read
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Error(`there is no file ${path} that can be read`, { cause })
  }
}

function wordsFor(path: string, problem: CertificateProblem, endedOn = ''): string {
  switch (problem) {
    case 'certificate_missing':
      return `${path} holds no certificate in PEM: convert a .pfx by "openssl pkcs12 -in app.pfx -out app.pem -nodes"`
    case 'key_encrypted':
      return `the key in ${path} is encrypted: decrypt it by "openssl pkey -in key.pem -out plain.pem", and put it behind the certificate`
    case 'key_missing':
      return `${path} holds no private key in PEM: put it behind the certificate, as "cat cert.pem key.pem" does`
    case 'key_unsuitable':
      return `the key in ${path} is none that Microsoft takes: use RSA with at least ${SHORTEST_KEY_BITS} bits`
    case 'key_of_another':
      return `the key in ${path} is not the one of its first certificate`
    case 'certificate_ended':
      return `the certificate in ${path} ended on ${endedOn}: make a new one`
  }
}
