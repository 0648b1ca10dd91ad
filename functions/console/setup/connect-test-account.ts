import type { Connection } from '../../domain/connection.ts'
import { installConnection } from '../../domain/install-connection.ts'
import { NO_TERMS } from '../../domain/sign-in-terms.ts'
import { newSignInToken, SIGN_IN_TOKEN_LIFETIME_MS } from '../../domain/sign-in-token.ts'
import { CONNECTOR_NAME } from '../../http/connector.ts'
import { type HttpResponse, seeOther } from '../../http/responses.ts'
import { PLAIN_SIGN_IN_PATH } from '../../http/routes.ts'
import { logAction } from '../log-action.ts'
import type { SignedInVisit } from '../visit.ts'
import type { SetupDependencies } from './dependencies.ts'
import { setupPage } from './setup-page.ts'
import { type SetupScene, setupScene, TEST_ACCOUNT } from './setup-scene.ts'

const UNPROCESSABLE = 422

/** Sends the partner's own browser where a customer's goes, and back to the connection that it makes. */
export async function connectTestAccount(
  deps: SetupDependencies,
  visit: SignedInVisit,
): Promise<HttpResponse> {
  const scene = await setupScene(deps, visit)
  if (scene.settings.app === undefined) {
    const returned = { step: 'test', typed: new Map(), errors: {} } as const
    return setupPage({ ...scene, returned }, UNPROCESSABLE)
  }
  const connection = await connectionToTry(deps, scene)
  const { id: connectionId } = connection
  logAction(deps, visit, { reason: 'test_account', connectionId })
  return seeOther(await signInLink(deps, visit, connection))
}

/**
 * One that waits already for its first sign-in, and does not know its environment: the page that asks for it
 * answers the form. A way straight on to Microsoft would be stopped by browsers, which hold the policy of
 * the form's page against every redirect behind it.
 */
async function connectionToTry(
  deps: SetupDependencies,
  { tries }: SetupScene,
): Promise<Connection> {
  const waiting = tries.find(
    ({ status, resource }) => status === 'pending' && resource === undefined,
  )
  if (waiting !== undefined) return waiting
  const wanted = {
    accountId: TEST_ACCOUNT,
    name: undefined,
    description: undefined,
    resource: undefined,
  }
  return installConnection(deps, wanted, CONNECTOR_NAME)
}

async function signInLink(
  { signInTokens, deployment, now }: SetupDependencies,
  { session, view }: SignedInVisit,
  { id }: Connection,
): Promise<string> {
  const wanted = {
    accountId: TEST_ACCOUNT,
    username: session.user.name,
    lifetimeMs: SIGN_IN_TOKEN_LIFETIME_MS,
    terms: NO_TERMS,
  }
  const { text, token } = newSignInToken(wanted, now())
  await signInTokens.create(token)
  const query = new URLSearchParams({
    id: String(id),
    token: text,
    targetOrigin: `${deployment.publicUrl}/console/connections/${id}`,
    lang: view.language,
  })
  return `${PLAIN_SIGN_IN_PATH}?${query}`
}
