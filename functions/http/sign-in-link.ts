import type { ReturnTarget } from '../domain/authorization-request.ts'
import { digestOf } from '../domain/sign-in-token.ts'
import { idOf } from './id.ts'

/** The parameters of a sign-in link, from its query or from a form of its pages. */
export interface SignInLinkParameters {
  readonly id: string
  readonly token: string
  readonly targetOrigin: string
  readonly callbackMessage: string | undefined
  readonly responseMode: string | undefined
  readonly lang: string | undefined
}

export function signInLinkParameters(values: ReadonlyMap<string, string>): SignInLinkParameters {
  return {
    id: values.get('id') ?? '',
    token: values.get('token') ?? '',
    targetOrigin: values.get('targetOrigin') ?? '',
    callbackMessage: values.get('callbackMessage') || undefined,
    responseMode: values.get('responseMode') || undefined,
    lang: values.get('lang') || undefined,
  }
}

/** The link, as the domain takes it: the token by its digest. */
export function signInLinkOf(parameters: SignInLinkParameters): {
  readonly connectionId: number
  readonly signInTokenDigest: string
  readonly returnTarget: ReturnTarget
  readonly language: string | undefined
} {
  const { id, token, targetOrigin, callbackMessage, responseMode, lang } = parameters
  const mode = responseMode === 'message' ? 'message' : 'redirect'
  return {
    connectionId: idOf(id) ?? 0,
    signInTokenDigest: digestOf(token),
    returnTarget: { targetOrigin, callbackMessage, mode },
    language: lang?.slice(0, LONGEST_TAG),
  }
}

/** No language tag is longer. */
const LONGEST_TAG = 35

/** The same parameters as the fields of a form. */
export function fieldsOfLink(parameters: SignInLinkParameters): Readonly<Record<string, string>> {
  const entries = Object.entries(parameters).filter((entry) => entry[1] !== undefined)
  return Object.fromEntries(entries)
}
