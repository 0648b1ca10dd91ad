import { parseRefreshOutcome } from '../../../functions/adapters/refresh-outcome-json.ts'
import { type AccessTokenOutcome, accessTokenFor } from '../../../functions/domain/access-token.ts'
import type { ConnectedConnection } from '../../../functions/domain/connection.ts'
import { DUE_BUCKETS, dueBucketOf } from '../../../functions/domain/due-bucket.ts'
import { REFRESH_CLAIM_LIFETIME_MS } from '../../../functions/domain/refresh-claims.ts'
import { issueBearerToken } from '../../../functions/http/bearer-token.ts'
import type { Container, Invocation } from '../../support/lambda/container.ts'
import type { KillPoint } from '../../support/lambda/wire.ts'
import { assertIs, assertNothingSecret, assertThat } from './assertions.ts'
import type { Microsoft, RefreshTokenUse } from './microsoft.ts'
import { ACCOUNT, connectionsOf, createConnected, readConnection } from './sign-in.ts'
import { type Lane, startFunction, type World } from './world.ts'

/** Who wants the refresh. */
export const TRIGGERS = ['by schedule', 'on demand', 'by HTTP'] as const
export type Trigger = (typeof TRIGGERS)[number]

/**
 * How far the killed process had come: nothing lasting; holding the claim; holding it after Microsoft
 * had processed the token request; or with the new token set stored.
 */
export type Progress = 'unclaimed' | 'claimed' | 'redeemed' | 'stored'

/** One cell of the refresh matrix. */
export interface RefreshCell {
  readonly trigger: Trigger
  readonly refreshTokens: RefreshTokenUse
  readonly kill: KillPoint
  readonly progress: Progress
}

/** When every claim of the killed process has expired. */
const AFTER_THE_CLAIM_MS = REFRESH_CLAIM_LIFETIME_MS + 1000

/** What callers ask for by default; the stored token of a cell is good for less. */
const DEFAULT_VALIDITY_MS = 5 * 60 * 1000

interface Scene {
  readonly world: World
  readonly lane: Lane
  readonly microsoft: Microsoft
  readonly connection: ConnectedConnection
  readonly bearerToken: string
}

async function prepare(world: World, lane: Lane, refreshTokens: RefreshTokenUse): Promise<Scene> {
  const microsoft = world.microsofts[refreshTokens]
  const connection = await createConnected(world, lane, { microsoft })
  const client = { clientId: 'local', accountId: undefined }
  const bearerToken = issueBearerToken(await world.readApiAccess(), client, new Date())
  return { world, lane, microsoft, connection, bearerToken }
}

/** The steps of a refresh that nothing disturbs. */
export async function recordRefresh(
  world: World,
  lane: Lane,
  trigger: Trigger,
): Promise<readonly string[]> {
  const scene = await prepare(world, lane, 'lenient')
  const container = await startFunction(world, lane, { ...scene, name: 'refresh' })
  const { outcome } = await container.invoke(eventOf(trigger, scene))
  await container.stop()
  assertIs('an undisturbed refresh', outcome, 'returned')
  const { generation } = await readConnection(lane, scene.connection.id)
  assertIs('the generation after an undisturbed refresh', generation, 2)
  return container.steps
}

/** Kills a refresh at the cell's point and asserts what must hold from then on. */
export async function runRefreshCell(world: World, lane: Lane, cell: RefreshCell): Promise<void> {
  const scene = await prepare(world, lane, cell.refreshTokens)
  const start = { ...scene, name: 'refresh' } as const
  const killed = await startFunction(world, lane, { ...start, kill: cell.kill })
  const invocation = await killed.invoke(eventOf(cell.trigger, scene))
  assertIs('the process at its point', invocation.outcome, 'killed')
  await assertKept(scene, cell)
  const next = await startFunction(world, lane, start)
  try {
    await assertSecondAttempt(scene, cell, next)
    next.pass(AFTER_THE_CLAIM_MS)
    const isLost = cell.refreshTokens === 'strict' && cell.progress === 'redeemed'
    if (isLost) await assertToldAsLost(scene, next)
    else await assertRecovered(scene, cell, next)
  } finally {
    await next.stop()
  }
  const secrets = [...world.secrets, ...scene.microsoft.issued, scene.bearerToken]
  assertNothingSecret([killed.output(), next.output(), JSON.stringify(invocation)], secrets)
}

/** Right after the crash: the connection is as it was, or one generation on. */
async function assertKept(scene: Scene, { progress }: RefreshCell): Promise<void> {
  const { status, generation } = await readConnection(scene.lane, scene.connection.id)
  const expected = progress === 'stored' ? 2 : 1
  assertIs('the status after the crash', status, 'connected')
  assertIs('the generation after the crash', generation, expected)
  const served = await getToken(scene, undefined, { minValidityMs: 0 })
  await assertGood(scene, served)
}

/**
 * Within the minute, the same again in a new process: a held claim is respected and sends nothing to
 * Microsoft; where none is held it succeeds at once.
 */
async function assertSecondAttempt(
  scene: Scene,
  { trigger, progress }: RefreshCell,
  next: Container,
): Promise<void> {
  const isHeld = progress === 'claimed' || progress === 'redeemed'
  const outcome = outcomeOf(trigger, await next.invoke(eventOf(trigger, scene)))
  const needsNothing = {
    'by schedule': 'nothing due',
    'on demand': 'not_due',
    'by HTTP': 'refreshed',
  }
  const whenFree = progress === 'stored' ? needsNothing[trigger] : 'refreshed'
  assertIs('a second attempt within the minute', outcome, isHeld ? 'in_progress' : whenFree)
  if (isHeld) assertThat(!next.steps.includes('token request'), 'a held claim was not respected')
  if (!isHeld) await assertGood(scene, await getToken(scene, next, {}))
}

/** When the claim has expired the sweep and a caller succeed, without the user. */
async function assertRecovered(scene: Scene, cell: RefreshCell, next: Container): Promise<void> {
  const isDue = cell.progress === 'claimed' || cell.progress === 'redeemed'
  const swept = outcomeOf('by schedule', await next.invoke(eventOf('by schedule', scene)))
  assertIs('the sweep after the claim', swept, isDue ? 'refreshed' : 'nothing due')
  const before = await readConnection(scene.lane, scene.connection.id)
  assertIs('the status after the sweep', before.status, 'connected')
  assertThat(before.generation >= 2, 'nothing was refreshed')
  await assertGood(scene, await getToken(scene, next, {}))
  await assertGood(scene, await getToken(scene, next, { forceRefresh: true }))
  const { generation, failure, tokenSet } = await readConnection(scene.lane, scene.connection.id)
  assertIs('the generation after all', generation, before.generation + 1)
  assertIs('the failure after all', failure, undefined)
  assertThat(tokenSet, 'there is no token set')
  const binding = { connectionId: scene.connection.id, generation }
  const refreshToken = await scene.world.refreshTokens.open(binding, tokenSet.sealedRefreshToken)
  assertThat(
    scene.microsoft.accepts(refreshToken),
    'Microsoft would refuse the stored refresh token',
  )
}

/** A grant whose only refresh token was spent for an answer that is lost: said, with who must act. */
async function assertToldAsLost(scene: Scene, next: Container): Promise<void> {
  const swept = outcomeOf('by schedule', await next.invoke(eventOf('by schedule', scene)))
  assertIs('the sweep of a lost grant', swept, 'reauthorization_required')
  const told = await getToken(scene, next, {})
  assertThat(told.outcome === 'not_connected', 'a caller is not told that the grant is lost')
  assertIs('the status of a lost grant', told.status, 'reauthorization_required')
  const { code, who, situation } = told.reason ?? {}
  const expected = { code: 'AADSTS50173', who: 'user', situation: 'grant_revoked' }
  assertIs('why a grant is lost', { code, who, situation }, expected)
  const { generation } = await readConnection(scene.lane, scene.connection.id)
  assertIs('the generation of a lost grant', generation, 1)
}

/** As `GET …/token` does it, with the container as the function that it asks for a refresh. */
function getToken(
  { world, lane, connection }: Scene,
  container: Container | undefined,
  asked: { readonly minValidityMs?: number; readonly forceRefresh?: boolean },
): Promise<AccessTokenOutcome> {
  const refresh = async (connectionId: number, when: 'now' | number) => {
    assertThat(container, 'a token that is still good was refreshed')
    const invocation = await container.invoke({ refresh: { connectionId, when } })
    return parseRefreshOutcome(JSON.stringify(invocation.payload))
  }
  const deps = {
    connections: connectionsOf(lane),
    accessTokens: world.accessTokens,
    refreshRequests: { refresh, refreshSoon: async () => undefined },
    now: () => new Date(),
    wait: async () => undefined,
  }
  const { minValidityMs = DEFAULT_VALIDITY_MS, forceRefresh = false } = asked
  const request = { accountId: ACCOUNT, connectionId: connection.id, minValidityMs, forceRefresh }
  return accessTokenFor(deps, request)
}

/** The token was served, and Dataverse takes it. */
async function assertGood({ microsoft }: Scene, served: AccessTokenOutcome): Promise<void> {
  assertThat(served.outcome === 'served', `the token was not served: ${served.outcome}`)
  const isTaken = await microsoft.whoAmI(served.resource, served.accessToken)
  assertThat(isTaken, 'WhoAmI refused the token')
}

function eventOf(
  trigger: Trigger,
  { connection: { id, generation }, bearerToken }: Scene,
): unknown {
  switch (trigger) {
    case 'by schedule':
      return { shard: dueBucketOf(id), shards: DUE_BUCKETS }
    case 'on demand':
      return { refresh: { connectionId: id, when: generation } }
    case 'by HTTP':
      return {
        version: '2.0',
        routeKey: 'POST /v1.0/account/connectors/{id}/refresh',
        rawPath: `/v1.0/account/connectors/${id}/refresh`,
        rawQueryString: '',
        headers: { authorization: `Bearer ${bearerToken}`, 'x-cyclr-account': ACCOUNT },
        pathParameters: { id: String(id) },
        requestContext: { requestId: 'r', http: { method: 'POST' } },
        isBase64Encoded: false,
      }
  }
}

/** The one word that the answer comes to. */
function outcomeOf(trigger: Trigger, { outcome, payload }: Invocation): string {
  if (outcome !== 'returned') return outcome
  const { outcomes, outcome: word, body } = payload as Readonly<Record<string, unknown>>
  if (trigger === 'on demand') return String(word)
  if (trigger === 'by HTTP') return String(JSON.parse(String(body)).Outcome)
  return Object.keys(outcomes ?? {}).join(' and ') || 'nothing due'
}
