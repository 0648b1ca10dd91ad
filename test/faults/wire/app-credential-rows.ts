import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { getToken, servedToken, sweptOutcome, tick } from '../support/calls.ts'
import { connectedConnection, itemOf, letTimePass } from '../support/connections.ts'
import { oauthError } from '../support/entra.ts'
import type { Scene } from '../support/scene.ts'
import type { Stage } from '../support/stage.ts'
import type { StoryRow } from '../support/wire-suite.ts'

const target = 'app credential'

/** A rotation: the secret's versions, and which client secrets Microsoft takes. */
interface Rotation {
  readonly name: string
  readonly current: string
  readonly previous?: string
  readonly accepted: readonly string[]
  readonly tokenRequests: number
  /** Operators are told that the newest one is rejected: in one row, since all write to one log. */
  readonly isTold?: true
}

const ROTATIONS: readonly Rotation[] = [
  {
    name: 'the current one is wrong, the previous one right',
    current: 'new',
    previous: 'old',
    accepted: ['old'],
    tokenRequests: 2,
    isTold: true,
  },
  {
    name: 'both are right',
    current: 'new',
    previous: 'old',
    accepted: ['old', 'new'],
    tokenRequests: 1,
  },
  {
    name: 'the previous one is gone at Microsoft',
    current: 'new',
    previous: 'old',
    accepted: ['new'],
    tokenRequests: 1,
  },
]

/** The client secret of that name, unique to the row. */
function clientSecretOf(stage: Stage, names: Map<string, string>, name: string): string {
  const known = names.get(name) ?? `${stage.canaries.mint('client secret')}+%&= ~"`
  names.set(name, known)
  return known
}

type Versions = Pick<Rotation, 'current' | 'previous' | 'accepted'>

function putSecret(stage: Stage, names: Map<string, string>, rotation: Versions) {
  const { clientId, clientSecrets } = stage.entra
  const written = (name: string) =>
    JSON.stringify({ clientId, clientSecret: clientSecretOf(stage, names, name) })
  clientSecrets.clear()
  for (const name of rotation.accepted) clientSecrets.add(clientSecretOf(stage, names, name))
  stage.secrets['app-credential'] = {
    current: written(rotation.current),
    ...(rotation.previous !== undefined && { previous: written(rotation.previous) }),
  }
}

function noticesIn(scene: Scene): number {
  const notice = /"message":"app_credential_newest_rejected".*"reason":"AADSTS7000215"/
  const lines = scene.output.text().split('\n')
  return lines.filter((line) => notice.test(line)).length
}

const rotations = ROTATIONS.map(
  (rotation): StoryRow => ({
    target,
    name: rotation.name,
    play: async (scene) => {
      const stage = await scene.stage()
      const { id } = await connectedConnection(stage)
      const noticesBefore = noticesIn(scene)
      putSecret(stage, new Map(), rotation)
      expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
      expect(stage.count('token')).toBe(rotation.tokenRequests)
      await letTimePass(stage)
      expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
      // What worked is remembered: no second round of trying, and nothing is told again.
      expect(stage.count('token')).toBe(rotation.tokenRequests + 1)
      if (rotation.isTold) expect(noticesIn(scene) - noticesBefore, 'the notice, once').toBe(1)
    },
  }),
)

const stale: StoryRow = {
  target,
  name: 'the current one is right, a container still knows the old one',
  play: async (scene) => {
    const stage = await scene.stage()
    const first = await connectedConnection(stage)
    const names = new Map<string, string>()
    putSecret(stage, names, { current: 'old', accepted: ['old'] })
    expect(sweptOutcome(await tick(stage, first.id))).toBe('refreshed')
    putSecret(stage, names, { current: 'new', previous: 'old', accepted: ['new'] })
    // A secret that was read a moment ago is not read again.
    await new Promise((passed) => setTimeout(passed, 1100))
    await letTimePass(stage)
    expect(sweptOutcome(await tick(stage, first.id))).toBe('refreshed')
    expect(stage.count('token')).toBe(3)
  },
}

/** 100 due connections, swept shard by shard by three containers at once. */
async function sweepAll(containers: readonly ReturnType<Stage['container']>[]) {
  const shards = 8
  const ticks = Array.from({ length: shards }, (_, shard) =>
    containers[shard % containers.length]?.invoke('refresh', { shard, shards }),
  )
  await Promise.all(ticks)
}

const breaker: StoryRow = {
  target,
  name: 'both are wrong: one breaker for 100 due connections in three containers',
  play: async (scene) => {
    const stage = await scene.stage()
    const connections = await Promise.all(
      Array.from({ length: 100 }, () => connectedConnection(stage, { tenantId: randomUUID() })),
    )
    const items = await Promise.all(connections.map(({ id }) => itemOf(stage, id)))
    const wrong = { current: 'new', previous: 'old', accepted: [] }
    const names = new Map<string, string>()
    putSecret(stage, names, wrong)
    const containers = [stage.container(), stage.container(), stage.container()]
    // A number that no other row's Microsoft names, to find this row's notice by.
    const body = oauthError('invalid_client', 7000222)
    stage.fail({ at: 'token', answer: { status: 401, body } })
    // One connection meets it first: what follows is what the breaker alone holds back.
    const [first] = connections
    const request = { refresh: { connectionId: first?.id, when: 'now' } }
    const refused = await stage.runtime.invoke('refresh', request)
    expect(refused).toMatchObject({ payload: { outcome: 'app_credential_rejected' } })
    const opening = stage.count('token')
    expect(opening).toBe(2)
    for (let sweeps = 0; sweeps < 3; sweeps += 1) await sweepAll(containers)
    expect(stage.count('token') - opening, 'requests while the breaker is open').toBe(0)
    await letTimePass(stage)
    for (let sweeps = 0; sweeps < 2; sweeps += 1) await sweepAll(containers)
    // One probe, with both versions of the secret.
    expect(stage.count('token') - opening, 'requests in a minute').toBe(2)
    for (const [at, { id, accessToken }] of connections.entries()) {
      const { nextRefreshAt: _due, ...item } = await itemOf(stage, id)
      expect(items[at]).toMatchObject(item)
      if (at < 10) expect(servedToken(await getToken(stage, id))).toBe(accessToken)
    }
    const lines = scene.output.text().split('\n')
    const notices = lines.filter((line) =>
      /"message":"app_credential_rejected".*7000222/.test(line),
    )
    expect(notices.length, 'the notice, once').toBe(1)
    stage.mend()
    putSecret(stage, names, { ...wrong, accepted: ['new'] })
    await letTimePass(stage)
    await sweepAll(containers)
    await letTimePass(stage)
    await sweepAll(containers)
    const after = await Promise.all(connections.map(({ id }) => itemOf(stage, id)))
    const generations = after.map((item) => Number(item.generation?.N))
    expect(Math.min(...generations), 'everything is refreshed again').toBeGreaterThanOrEqual(2)
  },
}

const stampede: StoryRow = {
  target,
  name: 'both are wrong: 100 due connections meet it at once',
  play: async (scene) => {
    const stage = await scene.stage()
    await Promise.all(
      Array.from({ length: 100 }, () => connectedConnection(stage, { tenantId: randomUUID() })),
    )
    putSecret(stage, new Map(), { current: 'new', accepted: [] })
    const containers = [stage.container(), stage.container(), stage.container()]
    await sweepAll(containers)
    const opening = stage.count('token')
    await sweepAll(containers)
    expect(stage.count('token'), 'requests after the breaker is open').toBe(opening)
    expect(opening, 'requests before any container knew').toBeLessThanOrEqual(100)
  },
}

export const appCredentialRows: readonly StoryRow[] = [...rotations, stale, breaker, stampede]
