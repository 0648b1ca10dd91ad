import { dynamodbAuthorizationRequests } from '../../../functions/adapters/dynamodb-authorization-requests.ts'
import { dynamodbSignInContexts } from '../../../functions/adapters/dynamodb-sign-in-contexts.ts'
import { dynamodbSignInTokens } from '../../../functions/adapters/dynamodb-sign-in-tokens.ts'
import { entraAuthorizationUrl } from '../../../functions/adapters/entra-authorization-url.ts'
import {
  authorizationRequestIdOf,
  codeVerifierOf,
} from '../../../functions/domain/authorization-request.ts'
import {
  type BeginOutcome,
  beginAuthorization,
} from '../../../functions/domain/begin-authorization.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import { digestOf } from '../../../functions/domain/sign-in-token.ts'
import { browserCookie } from '../../../functions/http/browser-cookie.ts'
import { CALLBACK_PATH } from '../../../functions/http/routes.ts'
import { TENANTS } from '../../../infra/local/microsoft/directory.ts'
import { aNewSignInToken, aReturnTarget } from '../../support/builders.ts'
import type { Container, Invocation } from '../../support/lambda/container.ts'
import type { KillPoint } from '../../support/lambda/wire.ts'
import { assertIs, assertNothingSecret, assertThat } from './assertions.ts'
import { type Microsoft, OWN_ADDRESS, REDIRECT_URI, type RefreshTokenUse } from './microsoft.ts'
import { ACCOUNT, createConnection, readConnection, signInAtMicrosoft } from './sign-in.ts'
import { type Lane, PARTNER_ORIGIN, PUBLIC_URL, startFunction, type World } from './world.ts'

/**
 * How far the killed sign-in had come: nothing used up; the request consumed; the link spent as well;
 * the connection connected; its result kept for a reload.
 */
export type SignInProgress = 'begun' | 'consumed' | 'spent' | 'connected' | 'kept'

/** One cell of the sign-in matrix. */
export interface CallbackCell {
  readonly refreshTokens: RefreshTokenUse
  readonly kill: KillPoint
  readonly progress: SignInProgress
}

/** When the function that was killed would long have been stopped by its own timeout. */
const AFTER_THE_TIMEOUT_MS = 61 * 1000

/** One sign-in that is about to begin. */
export interface Scene {
  readonly world: World
  readonly lane: Lane
  readonly microsoft: Microsoft
  readonly connection: Connection
}

/** A browser that Microsoft has just sent back. */
interface Return {
  /** What API Gateway hands to the function, as often as the page is loaded. */
  readonly event: unknown
  readonly secrets: readonly string[]
}

/** What a page comes to. */
type Page = 'connected' | 'in progress' | 'not connected' | 'other'

/** A connection that somebody is about to sign in for. */
export async function prepare(
  world: World,
  lane: Lane,
  refreshTokens: RefreshTokenUse,
): Promise<Scene> {
  const connection = await createConnection(lane)
  return { world, lane, microsoft: world.microsofts[refreshTokens], connection }
}

/** The steps of a callback that nothing disturbs. */
export async function recordCallback(world: World, lane: Lane): Promise<readonly string[]> {
  const scene = await prepare(world, lane, 'lenient')
  const { event } = await signIn(scene, await newLink(scene))
  const container = await startFunction(world, lane, { ...scene, name: 'callback' })
  const page = pageOf(await container.invoke(event))
  await container.stop()
  assertIs('the page of an undisturbed sign-in', page, 'connected')
  return container.steps
}

/** Kills a callback at the cell's point and asserts what must hold from then on. */
export async function runCallbackCell(world: World, lane: Lane, cell: CallbackCell): Promise<void> {
  const scene = await prepare(world, lane, cell.refreshTokens)
  const link = await newLink(scene)
  const returned = await signIn(scene, link)
  const start = { ...scene, name: 'callback' } as const
  const killed = await startFunction(world, lane, { ...start, kill: cell.kill })
  const invocation = await killed.invoke(returned.event)
  assertIs('the process at its point', invocation.outcome, 'killed')
  await assertKept(scene, cell)
  const next = await startFunction(world, lane, start)
  next.pass(AFTER_THE_TIMEOUT_MS)
  const secrets = [...world.secrets, ...returned.secrets, link]
  try {
    await assertReload(scene, cell, { event: returned.event, next })
    secrets.push(...(await assertWayOn(scene, { progress: cell.progress, link, next })))
  } finally {
    await next.stop()
  }
  await assertUsable(scene)
  const texts = [killed.output(), next.output(), JSON.stringify(invocation)]
  assertNothingSecret(texts, [...secrets, ...scene.microsoft.issued])
}

/** A connection is connected whole, or not at all. */
async function assertKept({ lane, connection }: Scene, { progress }: CallbackCell): Promise<void> {
  const { status, generation, tokenSet } = await readConnection(lane, connection.id)
  const isConnected = progress === 'connected' || progress === 'kept'
  const expected = isConnected ? ['connected', 1, true] : ['pending', 0, false]
  assertIs('the connection after the crash', [status, generation, tokenSet !== undefined], expected)
}

/** The page that a reload shows; it redeems nothing that was redeemed, and tells what is kept. */
async function assertReload(
  { lane, connection }: Scene,
  { progress }: CallbackCell,
  { event, next }: { readonly event: unknown; readonly next: Container },
): Promise<void> {
  const page = pageOf(await next.invoke(event))
  const wasCutOff = progress === 'consumed' || progress === 'spent'
  assertIs('the reloaded page', page, wasCutOff ? 'not connected' : 'connected')
  const redeemed = next.steps.filter((step) => step.startsWith('token request')).length
  assertIs('token requests of the reload', redeemed, progress === 'begun' ? 1 : 0)
  const { generation } = await readConnection(lane, connection.id)
  assertThat(generation <= 1, 'the reload connected a second time')
}

/**
 * The user opens the link again: it works until it was spent. Spent without a connection is the one
 * case that needs a new link from the partner, and that link works.
 */
async function assertWayOn(
  scene: Scene,
  {
    progress,
    link,
    next,
  }: {
    readonly progress: SignInProgress
    readonly link: string
    readonly next: Container
  },
): Promise<readonly string[]> {
  const again = await begin(scene, link)
  assertIs('the link', again.outcome, progress === 'consumed' ? 'begun' : 'link_used')
  if (progress !== 'consumed' && progress !== 'spent') return []
  const goodLink = progress === 'consumed' ? link : await newLink(scene)
  const { event, secrets } = await signIn(scene, goodLink)
  assertIs('the page of the next sign-in', pageOf(await next.invoke(event)), 'connected')
  return secrets
}

/** However it went: connected once, with tokens that Dataverse and Microsoft take. */
async function assertUsable({ world, lane, microsoft, connection }: Scene): Promise<void> {
  const { id, resource = '', ...stored } = await readConnection(lane, connection.id)
  const { status, generation, tokenSet } = stored
  assertIs('the status after all', status, 'connected')
  assertIs('the generation after all', generation, 1)
  assertThat(tokenSet, 'there is no token set')
  const binding = { connectionId: id, generation }
  const accessToken = await world.accessTokens.open(binding, tokenSet.sealedAccessToken)
  const refreshToken = await world.refreshTokens.open(binding, tokenSet.sealedRefreshToken)
  assertThat(await microsoft.whoAmI(resource, accessToken), 'WhoAmI refused the token')
  assertThat(microsoft.accepts(refreshToken), 'Microsoft would refuse the refresh token')
}

/** A sign-in token of the partner's. */
export async function newLink({ lane }: Scene): Promise<string> {
  const { text, token } = aNewSignInToken(ACCOUNT, new Date())
  await signInTokensOf(lane).create(token)
  return text
}

/** What opening the link comes to, by the domain's own rules on the cell's store. */
function begin({ lane, connection }: Scene, link: string): Promise<BeginOutcome> {
  const { client, connectionsTable, signInsTable } = lane.dynamodb
  const deps = {
    signInContexts: dynamodbSignInContexts(client, { connectionsTable, signInsTable }),
    signInTokens: dynamodbSignInTokens(client, { table: signInsTable }),
    authorizationRequests: dynamodbAuthorizationRequests(client, { table: signInsTable }),
    environments: { findTenant: async () => TENANTS.contoso.id },
    allowedOrigins: [PARTNER_ORIGIN],
    clouds: ['commercial'],
    now: () => new Date(),
  } as const
  const opened = {
    connectionId: connection.id,
    signInTokenDigest: digestOf(link),
    returnTarget: aReturnTarget({ targetOrigin: `${PARTNER_ORIGIN}/` }),
    language: undefined,
    step: { step: 'open' },
  } as const
  return beginAuthorization(deps, opened, AbortSignal.timeout(5000))
}

/** Opens the link, signs in at Microsoft and is sent back. */
export async function signIn(scene: Scene, link: string): Promise<Return> {
  const begun = await begin(scene, link)
  assertThat(begun.outcome === 'begun', `the link does not open: ${begun.outcome}`)
  const url = entraAuthorizationUrl({ entraBaseUrl: OWN_ADDRESS, redirectUri: REDIRECT_URI })(begun)
  const query = await signInAtMicrosoft(scene.microsoft, url)
  const { state, browserSecret } = begun.secrets
  const [cookie = ''] = browserCookie(PUBLIC_URL)
    .set({ id: authorizationRequestIdOf(state), browserSecret })
    .split(';')
  const event = {
    version: '2.0',
    routeKey: `GET ${CALLBACK_PATH}`,
    rawPath: CALLBACK_PATH,
    rawQueryString: query.toString(),
    cookies: [cookie],
    headers: {},
    requestContext: { requestId: 'r', http: { method: 'GET' } },
    isBase64Encoded: false,
  }
  const secrets = [state, browserSecret, codeVerifierOf(begun.secrets), query.get('code') ?? '']
  return { event, secrets }
}

function pageOf({ payload }: Invocation): Page {
  const { statusCode, headers, body } = payload as {
    readonly statusCode?: number
    readonly body?: string
    readonly headers?: Readonly<Record<string, string>>
  }
  if (statusCode === 202) return 'in progress'
  if (statusCode === 200 && body?.includes('Who can fix this')) return 'not connected'
  const location = headers?.location ?? headers?.Location ?? ''
  return statusCode === 303 && location.includes('status=connected') ? 'connected' : 'other'
}

function signInTokensOf({ dynamodb }: Lane): ReturnType<typeof dynamodbSignInTokens> {
  return dynamodbSignInTokens(dynamodb.client, { table: dynamodb.signInsTable })
}
