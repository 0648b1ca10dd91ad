import { outboundFetch } from './outbound-fetch.ts'

/** The signing keys did not come, which says nothing about the answer that they are to check. */
export class KeysUnavailable extends Error {}

/** @throws KeysUnavailable in place of any answer but the keys. */
export const fetchKeys: typeof outboundFetch = async (url, request) => {
  const response = await outboundFetch(url, request).catch(() => undefined)
  if (response?.status !== 200) throw new KeysUnavailable()
  return response
}
