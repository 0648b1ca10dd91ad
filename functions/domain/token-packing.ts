import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** No token is longer; what unpacks to more is none. */
const LONGEST_TOKEN = 256 * 1024

/**
 * What Entra's tokens are full of. Never change it: what was packed with it needs it to the letter. A
 * better one comes with a new format version of the sealed token.
 */
const DICTIONARY = Buffer.from(
  '"wids":["xms_ftd":"xms_idrel":"xms_tcdt":"puid":"1003","tenant_region_scope":"EU","family_name":"' +
    '"given_name":"ipaddr":"appidacr":"1","amr":["pwd","mfa"],"acct":0,"acr":"1","aio":"rh":"1.A' +
    '"unique_name":"upn":"name":"login_hint":"O.C"sid":"uti":"ver":"1.0","oid":"sub":"tid":"' +
    '"scp":"user_impersonation","appid":"exp":17,"nbf":17,"iat":17,"iss":"https://sts.windows.net/' +
    '{"aud":"https://.crm4.dynamics.com","{"typ":"JWT","alg":"RS256","x5t":"kid":"',
)

/** How a part stands: decoded, or as it is since it is not canonical base64url. */
const DECODED = 1
const AS_IT_IS = 0

/** A part's form (1 byte) and its length (4). */
const HEADER_BYTES = 5

/**
 * Makes a token smaller before it is sealed: each KB of a stored item is paid for at every refresh. The
 * parts between the dots are base64url, mostly of JSON, so they are decoded and deflated (RFC 1951).
 */
export function packToken(token: string): Uint8Array {
  const parts = token.split('.').flatMap(packPart)
  return deflateRawSync(Buffer.concat(parts), { dictionary: DICTIONARY })
}

/** The token that was packed. @throws Error when it was not packed here. */
export function unpackToken(packed: Uint8Array): string {
  const options = { dictionary: DICTIONARY, maxOutputLength: LONGEST_TOKEN }
  const bytes = inflateRawSync(packed, options)
  const parts: string[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = start + HEADER_BYTES + bytes.readUInt32BE(start + 1)
    const content = bytes.subarray(start + HEADER_BYTES, end)
    parts.push(content.toString(bytes[start] === DECODED ? 'base64url' : 'utf8'))
    start = end
  }
  return parts.join('.')
}

function packPart(part: string): readonly [Buffer, Buffer] {
  const decoded = Buffer.from(part, 'base64url')
  const isCanonical = decoded.toString('base64url') === part
  const content = isCanonical ? decoded : Buffer.from(part, 'utf8')
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(isCanonical ? DECODED : AS_IT_IS, 0)
  header.writeUInt32BE(content.length, 1)
  return [header, content]
}
