import { STAND_IN_APP } from '../../../infra/local/local-settings.ts'
import { createAuthorizationCodes } from '../../../infra/local/microsoft/authorization-codes.ts'
import { takenAssertions } from '../../../infra/local/microsoft/client-assertion.ts'
import type { StandInContext } from '../../../infra/local/microsoft/context.ts'
import { createFaults } from '../../../infra/local/microsoft/faults.ts'
import { noJournal } from '../../../infra/local/microsoft/grant-journal.ts'
import { createGrants } from '../../../infra/local/microsoft/grants.ts'
import { FORM, type Reply, type StandInRequest } from '../../../infra/local/microsoft/reply.ts'
import { routeOf } from '../../../infra/local/microsoft/routes.ts'
import { loadSigningKey } from '../../../infra/local/microsoft/signing-key.ts'

/** `lenient` is Entra: an old refresh token goes on working. `strict`: each is good for one use. */
export type RefreshTokenUse = 'lenient' | 'strict'

/** The stand-in for Entra and Dataverse without a server of its own: each container has its address. */
export interface Microsoft {
  /** Processes one request; the issuer of what it signs is the origin of the request's URL. */
  reply(request: StandInRequest): Promise<Reply>
  /** Whether the refresh token would still be taken. */
  accepts(refreshToken: string): boolean
  /** Whether Dataverse takes the access token. */
  whoAmI(resource: string, accessToken: string): Promise<boolean>
  /** Every token that was issued: none of them may be seen in an output. */
  readonly issued: ReadonlySet<string>
}

export const REDIRECT_URI = 'https://connect.example/connector/callback'

/** The address that the tests themselves call it by. */
export const OWN_ADDRESS = 'http://microsoft.test'

/** A Microsoft with grants, codes and a signing key of its own. */
export async function startMicrosoft(refreshTokens: RefreshTokenUse): Promise<Microsoft> {
  const now = () => new Date()
  const issued = new Set<string>()
  const context: Omit<StandInContext, 'url'> = {
    clientId: STAND_IN_APP.clientId,
    clientCertificate: undefined,
    assertions: takenAssertions(now),
    federatedCredentials: [],
    redirectUris: [REDIRECT_URI],
    key: await loadSigningKey(undefined),
    codes: createAuthorizationCodes(now),
    grants: createGrants(noJournal, now),
    requests: [],
    faults: createFaults(),
    now,
    settings: {
      clientSecret: STAND_IN_APP.clientSecret,
      expiredClientSecret: undefined,
      refreshTokens,
      accessTokenLifetimeSeconds: undefined,
    },
  }
  const reply = async (request: StandInRequest): Promise<Reply> => {
    const answer = await routeOf(request).answer({ ...context, url: request.url.origin })
    for (const token of tokensIn(answer)) issued.add(token)
    return answer
  }
  return {
    reply,
    accepts: (token) => context.grants.findRefreshToken(token).outcome === 'valid',
    whoAmI: async (resource, accessToken) => {
      const { host } = new URL(resource)
      const headers = { authorization: `Bearer ${accessToken}` }
      const path = `/dataverse/${host}/api/data/v9.2/WhoAmI`
      return (await reply(requestTo('GET', path, { headers }))).status === 200
    },
    issued,
  }
}

/** A request of the tests' own. */
export function requestTo(
  method: 'GET' | 'POST',
  path: string,
  content: { readonly headers?: StandInRequest['headers']; readonly form?: URLSearchParams } = {},
): StandInRequest {
  const headers = { 'content-type': FORM, ...content.headers }
  return { method, url: new URL(path, OWN_ADDRESS), headers, body: String(content.form ?? '') }
}

function tokensIn({ body }: Reply): readonly string[] {
  if (!body.startsWith('{"token_type"')) return []
  const answer: Readonly<Record<string, unknown>> = JSON.parse(body)
  return ['access_token', 'refresh_token', 'id_token'].flatMap((name) => String(answer[name] ?? []))
}
