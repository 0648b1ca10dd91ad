import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { getToken, servedToken, sweptOutcome, tick } from '../support/calls.ts'
import { connectedConnection, itemOf, letTimePass } from '../support/connections.ts'
import { oauthError } from '../support/entra.ts'
import type { Scene } from '../support/scene.ts'
import type { Stage } from '../support/stage.ts'
import type { WireAnswer } from '../support/wire-server.ts'
import type { StoryRow } from '../support/wire-suite.ts'

/** Two tenants, of which one is in trouble. */
async function twoTenants(scene: Scene) {
  const stage = await scene.stage()
  const trouble = await connectedConnection(stage)
  const well = await connectedConnection(stage, { tenantId: randomUUID() })
  const sameTenant = await connectedConnection(stage)
  return { stage, trouble, well, sameTenant }
}

/** Renews one connection and no other, though several may share a bucket. */
async function refreshed(stage: Stage, connectionId: number): Promise<unknown> {
  const event = { refresh: { connectionId, when: 'now' } }
  const invocation = await stage.runtime.invoke('refresh', event)
  expect(invocation.outcome).toBe('returned')
  return invocation.outcome === 'returned' && (invocation.payload as { outcome: string }).outcome
}

/** Only requests to the first tenant are answered like this. */
function failTenant(stage: Stage, answer: WireAnswer) {
  let requests = 0
  stage.fail({
    at: 'token',
    answer: async (real) => {
      requests += 1
      return requests === 1 ? answer : real()
    },
  })
}

const tenants: readonly StoryRow[] = [
  {
    target: 'tenants',
    name: '7000229 is that tenant alone, and no breaker',
    play: async (scene) => {
      const { stage, trouble, well } = await twoTenants(scene)
      failTenant(stage, { status: 401, body: oauthError('invalid_client', 7000229) })
      expect(await refreshed(stage, trouble.id)).toBe('blocked')
      expect(stage.count('token'), 'no other secret is tried').toBe(1)
      expect(await refreshed(stage, well.id)).toBe('refreshed')
      expect(servedToken(await getToken(stage, trouble.id))).toBe(trouble.accessToken)
    },
  },
  {
    target: 'tenants',
    name: 'a tenant that is held by 429 delays no other',
    play: async (scene) => {
      const { stage, trouble, well, sameTenant } = await twoTenants(scene)
      failTenant(stage, { status: 429, headers: { 'retry-after': '600' } })
      expect(await refreshed(stage, trouble.id)).toBe('transient')
      expect(await refreshed(stage, sameTenant.id)).toBe('transient')
      expect(stage.count('token'), 'the rest of the tenant is not asked for').toBe(1)
      expect(await refreshed(stage, well.id)).toBe('refreshed')
      expect(stage.count('token')).toBe(2)
    },
  },
]

/** The partner asks for an expiring token fifty times at once. */
const parallel = [1, 3].map(
  (containers): StoryRow => ({
    target: 'parallel',
    name: `50 GET token on an expiring token, ${containers} containers`,
    play: async (scene) => {
      const stage = await scene.stage()
      const { id } = await connectedConnection(stage, { validForMs: 20_000, dueInMs: 60_000 })
      const runtimes = Array.from({ length: containers }, () => stage.container())
      const asked = Array.from({ length: 50 }, (_, at) => {
        const runtime = runtimes[at % containers]
        return getToken(stage, id, runtime ? { runtime } : {})
      })
      const answers = await Promise.all(asked)
      expect(answers.filter(({ statusCode }) => statusCode !== 200)).toEqual([])
      expect(stage.count('token')).toBe(1)
      const [issued] = stage.entra.issued
      expect(new Set(answers.map(servedToken))).toEqual(new Set([issued?.accessToken]))
    },
  }),
)

/** A key that is gone ends nothing: the item is set aside and opens again when the key is back. */
const lostKey: StoryRow = {
  target: 'keyrings',
  name: 'the keyring has lost the key that sealed the token',
  play: async (scene) => {
    const stage = await scene.stage()
    const { id } = await connectedConnection(stage)
    const before = await itemOf(stage, id)
    const kept = stage.secrets['refresh-keyring'] ?? {}
    const keys = { k2: stage.canaries.mint('key of a keyring', 32) }
    stage.secrets['refresh-keyring'] = { current: JSON.stringify({ active: 'k2', keys }) }
    expect(sweptOutcome(await tick(stage, id))).toBe('error')
    const after = await itemOf(stage, id)
    expect({ ...after, nextRefreshAt: before.nextRefreshAt }).toEqual(before)
    expect(stage.count('token')).toBe(0)
    stage.secrets['refresh-keyring'] = kept
    await new Promise((passed) => setTimeout(passed, 1100))
    await letTimePass(stage)
    expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
  },
}

export const crowdRows: readonly StoryRow[] = [...tenants, ...parallel, lostKey]
