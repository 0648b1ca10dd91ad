import type { IssuedToken } from './partner-api.ts'

/** A slow environment must not hold up the page. */
const TIMEOUT_MS = 10_000

/** Asks the environment who the token speaks for, and says what it answered. */
export async function whoAmI(
  { accessToken, resource }: IssuedToken,
  dataverseBaseUrl: string | undefined,
): Promise<string> {
  const { host = '' } = URL.parse(resource) ?? {}
  const origin = dataverseBaseUrl === undefined ? `https://${host}` : `${dataverseBaseUrl}/${host}`
  try {
    const response = await fetch(`${origin}/api/data/v9.2/WhoAmI`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return `${response.status} ${await response.text()}`
  } catch (error) {
    return `no answer: ${error instanceof Error ? error.message : String(error)}`
  }
}
