import type { KeyObject } from 'node:crypto'
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { exportJWK, type JWK } from 'jose'

/** The RS256 key that signs every token of the stand-in. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly publicJwk: JWK
}

const MODULUS_BITS = 2048

/** Reads the key from the file, or makes one and keeps it there; without a file it lives in memory. */
export async function loadSigningKey(file: string | undefined): Promise<SigningKey> {
  const privateKey = file !== undefined && existsSync(file) ? readKey(file) : makeKey(file)
  const publicKey = createPublicKey(privateKey)
  const der = publicKey.export({ type: 'spki', format: 'der' })
  const kid = createHash('sha256').update(der).digest('base64url').slice(0, 27)
  return { kid, privateKey, publicKey, publicJwk: await exportJWK(publicKey) }
}

function readKey(file: string): KeyObject {
  return createPrivateKey(readFileSync(file, 'utf8'))
}

function makeKey(file: string | undefined): KeyObject {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: MODULUS_BITS })
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  }
  return privateKey
}
