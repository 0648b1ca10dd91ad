import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import type { Keyring, ReadKeyring } from './keyring.ts'
import { ServiceError } from './service-error.ts'
import { packToken, unpackToken } from './token-packing.ts'

/** Which of a connection's two tokens; each kind has a keyring of its own. */
export type TokenKind = 'access' | 'refresh'

/** What a sealed token is bound to; opened under any other binding it does not open. */
export interface TokenBinding {
  readonly connectionId: number
  readonly generation: number
}

/** Seals tokens before they are stored, and opens them again. */
export interface TokenSealer {
  /**
   * Reads the keyring, so that sealing what was just issued cannot fail for want of it.
   * @throws ServiceError `secret_unreadable`
   */
  ready(): Promise<void>
  seal(binding: TokenBinding, token: string): Promise<Uint8Array>
  /** @throws ServiceError `token_unsealable` when it was moved, changed, or sealed with a key that is gone. */
  open(binding: TokenBinding, sealed: Uint8Array): Promise<string>
}

const FORMAT_VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM with a fresh random IV (NIST SP 800-38D). The additional data is format version,
 * connection, kind and generation. Layout: version (1 byte), length of the key id (1 byte), key id,
 * IV (12), tag (16), ciphertext of the packed token.
 */
export function tokenSealer(kind: TokenKind, readKeyring: ReadKeyring): TokenSealer {
  return {
    ready: async () => void (await readKeyring()),
    seal: async (binding, token) => seal(await readKeyring(), additionalData(kind, binding), token),
    open: async (binding, sealed) => {
      const { keyId } = takeApart(sealed)
      const known = await readKeyring()
      // Another container may have sealed with a key that was added a moment ago.
      const keyring = known.keys.has(keyId) ? known : await readKeyring({ reread: true })
      return open(keyring, additionalData(kind, binding), sealed)
    },
  }
}

function additionalData(kind: TokenKind, binding: TokenBinding): Buffer {
  const parts = [FORMAT_VERSION, binding.connectionId, kind, binding.generation]
  return Buffer.from(JSON.stringify(parts))
}

function seal(keyring: Keyring, additional: Buffer, token: string): Uint8Array {
  const key = keyNamed(keyring, keyring.active)
  const keyId = Buffer.from(keyring.active)
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additional)
  const ciphertext = Buffer.concat([cipher.update(packToken(token)), cipher.final()])
  const header = Buffer.from([FORMAT_VERSION, keyId.length])
  return Buffer.concat([header, keyId, iv, cipher.getAuthTag(), ciphertext])
}

function open(keyring: Keyring, additional: Buffer, sealed: Uint8Array): string {
  const { keyId, iv, tag, ciphertext } = takeApart(sealed)
  const key = keyNamed(keyring, keyId)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(additional).setAuthTag(tag)
    return unpackToken(Buffer.concat([decipher.update(ciphertext), decipher.final()]))
  } catch (error) {
    throw new ServiceError('the sealed token does not belong here', {
      code: 'token_unsealable',
      cause: error,
    })
  }
}

function takeApart(sealed: Uint8Array): {
  keyId: string
  iv: Uint8Array
  tag: Uint8Array
  ciphertext: Uint8Array
} {
  const [version, keyIdLength] = sealed
  const ivStart = 2 + (keyIdLength ?? 0)
  const tagStart = ivStart + IV_BYTES
  const ciphertextStart = tagStart + TAG_BYTES
  if (version !== FORMAT_VERSION || sealed.length < ciphertextStart) {
    throw new ServiceError('the sealed token has a form that is not known here', {
      code: 'token_unsealable',
    })
  }
  return {
    keyId: Buffer.from(sealed.subarray(2, ivStart)).toString('utf8'),
    iv: sealed.subarray(ivStart, tagStart),
    tag: sealed.subarray(tagStart, ciphertextStart),
    ciphertext: sealed.subarray(ciphertextStart),
  }
}

function keyNamed(keyring: Keyring, keyId: string): KeyObject {
  const key = keyring.keys.get(keyId)
  if (key === undefined) {
    throw new ServiceError('put the key back that the keyring names no more', {
      code: 'token_unsealable',
      evidence: { keyId },
    })
  }
  return key
}
