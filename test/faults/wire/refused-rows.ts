import { createServer } from 'node:net'
import { expect } from 'vitest'
import { getToken, servedToken, sweptOutcome, tick } from '../support/calls.ts'
import { connectedConnection, itemOf, letTimePass } from '../support/connections.ts'
import { dynamodbOperation } from '../support/dynamodb-wire.ts'
import { tokenAnswer } from '../support/entra.ts'
import { secretAnswer, secretNamed } from '../support/other-upstreams.ts'
import type { Scene } from '../support/scene.ts'
import type { Stage } from '../support/stage.ts'
import { startWireServer, type WireAnswer, type WireRequest } from '../support/wire-server.ts'
import type { StoryRow } from '../support/wire-suite.ts'

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

/** Somebody listens at last. */
function listen(port: number, answerTo: (request: WireRequest) => Promise<WireAnswer>) {
  return startWireServer(answerTo, port)
}

const microsoft: StoryRow = {
  target: 'refused connections',
  name: 'the token endpoint',
  play: async (scene) => {
    const port = await closedPort()
    const stage = await scene.stage({ entraBaseUrl: `http://127.0.0.1:${port}` })
    const { id, accessToken } = await connectedConnection(stage)
    expect(sweptOutcome(await tick(stage, id))).toBe('transient')
    expect((await itemOf(stage, id)).failure?.M?.code?.S).toBe('no_answer')
    expect(servedToken(await getToken(stage, id))).toBe(accessToken)
    const server = await listen(port, (request) =>
      stage.answer('token', () => tokenAnswer(stage.entra, stage.canaries, request)),
    )
    expect(sweptOutcome(await tick(stage, id))).toBe('nothing')
    await letTimePass(stage)
    expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
    await server.close()
  },
}

/** The SDK looks for its endpoint at a container's first call, so that these come one after the other. */
const awsStories = (
  [
    {
      variable: 'AWS_ENDPOINT_URL_DYNAMODB',
      outcome: 'failed',
      answerTo: (scene: Scene, stage: Stage) => (request: WireRequest) =>
        stage.answer(dynamodbOperation(request).operation, () => scene.dynamodb.forward(request)),
    },
    {
      variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
      outcome: 'error',
      answerTo: (_scene: Scene, stage: Stage) => (request: WireRequest) =>
        stage.answer('secret', async () => secretAnswer(stage, secretNamed(request).name, request)),
    },
  ] as const
).map(
  ({ variable, outcome, answerTo }): StoryRow => ({
    target: 'refused connections',
    name: variable,
    play: async (scene) => {
      const stage = await scene.stage()
      const { id } = await connectedConnection(stage)
      const before = await itemOf(stage, id)
      const port = await closedPort()
      const usual = process.env[variable]
      process.env[variable] = `http://127.0.0.1:${port}`
      const first = await tick(stage, id)
      process.env[variable] = usual
      expect(sweptOutcome(first)).toBe(outcome)
      expect(await itemOf(stage, id)).toEqual(before)
      const server = await listen(port, answerTo(scene, stage))
      expect(sweptOutcome(await tick(stage, id))).toBe('refreshed')
      await server.close()
    },
  }),
)

/** One after the other, though every row is begun side by side. */
export const refusedRows: readonly StoryRow[] = [
  {
    target: 'refused connections',
    name: 'the token endpoint, DynamoDB and Secrets Manager',
    play: async (scene) => {
      for (const { play } of [microsoft, ...awsStories]) await play(scene)
    },
  },
]
