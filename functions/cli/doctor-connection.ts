import { DynamicsConnectError } from '../client/errors.ts'
import type { AccessToken } from '../client/held-tokens.ts'
import type { Connected } from './connect.ts'
import type { Context } from './context.ts'
import type { Finding } from './doctor-checks.ts'
import { lineOf } from './problem.ts'
import { variable } from './surroundings.ts'

/** Which connection to try. */
interface Tried {
  readonly id: string
  readonly accountId: string | undefined
}

const TIMEOUT_MS = 30 * 1000

/** Whether a token of the connection can be had, and its environment takes it. */
export async function* tryConnection(
  context: Context,
  { client }: Connected,
  { id, accountId }: Tried,
): AsyncGenerator<Finding> {
  let token: AccessToken
  try {
    token = await client.token(id, { accountId })
  } catch (error) {
    if (!(error instanceof DynamicsConnectError)) throw error
    yield { about: 'token', isWell: false, words: lineOf(error) }
    return
  }
  yield {
    about: 'token',
    isWell: true,
    words: `connection ${id} has a token for ${token.resource}`,
  }
  yield await whoAmI(context, token)
}

async function whoAmI(context: Context, token: AccessToken): Promise<Finding> {
  const { resource, accessToken } = token
  const about = 'environment'
  try {
    const { status } = await context.surroundings.fetch(whoAmIUrl(context, resource), {
      method: 'GET',
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { about, isWell: status === 200, words: wordsOf(resource, status) }
  } catch {
    // What the runtime threw may hold the request, and with it the token.
    const words = `no answer from ${resource}: check the network, and that the environment is not turned off`
    return { about, isWell: false, words }
  }
}

function whoAmIUrl({ surroundings }: Context, resource: string): string {
  const replaced = variable(surroundings, 'dataverseBaseUrl')
  const base = replaced ? `${replaced}/${new URL(resource).host}` : resource
  return `${base}/api/data/v9.2/WhoAmI`
}

function wordsOf(resource: string, status: number): string {
  if (status === 200) return `${resource} answers WhoAmI`
  if (status === 401) {
    return `${resource} does not take the token (401): connections refresh renews it`
  }
  if (status === 403) {
    return `${resource} does not let the user in (403): its administrator gives the user a security role`
  }
  return `${resource} answered WhoAmI with status ${status}: try again, and look at https://admin.powerplatform.microsoft.com`
}
