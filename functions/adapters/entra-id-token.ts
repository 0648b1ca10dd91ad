import { decodeJwt } from 'jose'
import type { IDToken } from 'oauth4webapi'
import { type Authority, isGuid } from '../domain/authority.ts'
import type { User } from '../domain/connection.ts'

/** The tenant whose issuer the id_token must name: the authority's, else the one it names itself. */
export async function tenantOf({ tenant }: Authority, response: Response): Promise<string> {
  if (isGuid(tenant)) return tenant
  const body: unknown = await response.clone().json()
  const isObject = typeof body === 'object' && body !== null
  const idToken = isObject && 'id_token' in body ? body.id_token : undefined
  const { tid } = decodeJwt(String(idToken))
  if (typeof tid !== 'string' || !isGuid(tid)) throw new TypeError('the id_token names no tenant')
  return tid
}

/** Whose the id_token is: tenant and object id identify the user; names are for display only and may change. */
export function userOf(claims: IDToken | undefined): User {
  if (claims === undefined) throw new TypeError('the answer has no id_token')
  const { tid, oid, name, preferred_username, login_hint } = claims
  if (typeof tid !== 'string' || !isGuid(tid) || typeof oid !== 'string' || !isGuid(oid)) {
    throw new TypeError('the id_token does not say whose it is')
  }
  return {
    tenantId: tid,
    objectId: oid,
    name: displayText(name),
    username: displayText(preferred_username),
    loginHint: displayText(login_hint),
  }
}

function displayText(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim.slice(0, 1024) : undefined
}

/** @throws TypeError when there is an id_token and it is somebody else's. */
export function requireSameUser(
  claims: IDToken | undefined,
  user: Pick<User, 'tenantId' | 'objectId'>,
): void {
  if (claims === undefined) return
  const { tenantId, objectId } = userOf(claims)
  if (tenantId !== user.tenantId || objectId !== user.objectId) {
    throw new TypeError("the id_token is another user's")
  }
}
