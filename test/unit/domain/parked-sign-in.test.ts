import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { completionIdOf } from '../../../functions/domain/authorization-request.ts'
import { completeAuthorization } from '../../../functions/domain/complete-authorization.ts'
import type { Connection } from '../../../functions/domain/connection.ts'
import { completeParkedSignIn } from '../../../functions/domain/parked-sign-in.ts'
import { refreshConnection } from '../../../functions/domain/refresh-connection.ts'
import { MINUTE } from '../../fakes/hand-clock.ts'
import { aNewConnection, anUnknownId, OTHER_RESOURCE } from '../../support/builders.ts'
import {
  aWorld,
  connectedIn,
  signingIn,
  storedIn,
  tokensIn,
  type World,
} from '../../support/world.ts'

const { signal } = new AbortController()
const CODE = { code: 'canary-code', issuer: undefined }

/** A sign-in that waits for the partner's backend. */
async function parked(made?: { readonly world: World; readonly connection: Connection }) {
  const world = made?.world ?? aWorld()
  const connection = made?.connection ?? (await world.connections.create(aNewConnection()))
  const terms = { needsConfirmation: true }
  const { secrets, digest, id } = await signingIn(world, connection, { terms })
  const ended = await completeAuthorization(world, { secrets, result: CODE, signal })
  const completionId = completionIdOf({ id, browserSecret: secrets.browserSecret })
  const complete = (connectionId = connection.id, given = completionId) =>
    completeParkedSignIn(world, { connectionId, completionId: given })
  return { world, connection, secrets, digest, id, ended, completionId, complete }
}

describe('a sign-in that the partner has to confirm', () => {
  test('connects nothing, and keeps what was issued sealed', async () => {
    const { world, connection, ended } = await parked()
    expect(ended).toMatchObject({ result: { outcome: 'confirmation_required' } })
    expect(await storedIn(world, connection.id)).toEqual(connection)
    expect(inspect(world.parkedSignIns.all(), { depth: 9 })).not.toContain('canary')
  })

  test('stores the completion id by its digest alone', async () => {
    const { world, completionId } = await parked()
    expect(JSON.stringify(world.parkedSignIns.all())).not.toContain(completionId)
  })

  test('cannot be used in place of the connection’s own tokens', async () => {
    const { world, connection } = await parked()
    const [signIn] = world.parkedSignIns.all()
    const sealed = signIn?.tokenSet?.sealedAccessToken ?? new Uint8Array()
    const asStored = { connectionId: connection.id, generation: 1 }
    await expect(world.accessTokens.open(asStored, sealed)).rejects.toMatchObject({
      code: 'token_unsealable',
    })
  })

  test('uses the link up', async () => {
    const { world, digest, id } = await parked()
    expect(world.signInTokens.find(digest)?.spentBy).toBe(id)
  })

  test('shows the same on a reload, with the same completion id', async () => {
    const { world, id, secrets, completionId } = await parked()
    const again = await completeAuthorization(world, { secrets, result: CODE, signal })
    expect(again).toMatchObject({ result: { outcome: 'confirmation_required' } })
    expect(completionIdOf({ id, browserSecret: secrets.browserSecret })).toBe(completionId)
    expect(world.parkedSignIns.all()).toHaveLength(1)
  })
})

describe('completing it', () => {
  test('connects the connection with what was issued', async () => {
    const { world, connection, complete } = await parked()
    expect(await complete()).toEqual({ outcome: 'connected' })
    expect(await storedIn(world, connection.id)).toMatchObject({
      status: 'connected',
      generation: 1,
    })
    const [accessToken, refreshToken] = world.minter.tokens
    expect(await tokensIn(world, connection.id)).toEqual({ accessToken, refreshToken })
  })

  test('once more gives the same answer and changes nothing', async () => {
    const { world, connection, complete } = await parked()
    await complete()
    const stored = await storedIn(world, connection.id)
    expect(await complete()).toEqual({ outcome: 'connected' })
    expect(await storedIn(world, connection.id)).toEqual(stored)
  })

  test('leaves no tokens behind', async () => {
    const { world, complete } = await parked()
    await complete()
    expect(world.parkedSignIns.all()).toMatchObject([{ tokenSet: undefined }])
  })

  test('does not connect again what was disconnected since', async () => {
    const { world, connection, complete } = await parked()
    await complete()
    await world.connections.disconnect(connection)
    expect(await complete()).toEqual({ outcome: 'unknown' })
    expect((await storedIn(world, connection.id)).status).toBe('disconnected')
  })

  test('works though a refresh of the old tokens came in between', async () => {
    const world = aWorld()
    const { connection } = await connectedIn(world)
    const { complete } = await parked({ world, connection })
    const connectionId = connection.id
    await refreshConnection(world, { connectionId, when: 'now', signal })
    expect(await complete()).toEqual({ outcome: 'connected' })
    expect((await storedIn(world, connectionId)).generation).toBe(3)
  })

  test('is refused when the partner has set another environment meanwhile', async () => {
    const { world, connection, complete } = await parked()
    await world.connections.setResource(connection, OTHER_RESOURCE)
    expect(await complete()).toEqual({ outcome: 'failed', problem: 'connection_changed' })
    expect((await storedIn(world, connection.id)).status).toBe('pending')
  })

  test('after ten minutes is too late', async () => {
    const { world, connection, complete } = await parked()
    world.clock.advance(10 * MINUTE)
    expect(await complete()).toEqual({ outcome: 'unknown' })
    expect((await storedIn(world, connection.id)).status).toBe('pending')
  })

  test('is for its own connection alone, and by its own id', async () => {
    const { connection, completionId, complete } = await parked()
    expect(await complete(anUnknownId())).toEqual({ outcome: 'unknown' })
    expect(await complete(connection.id, `${completionId}x`)).toEqual({ outcome: 'unknown' })
    expect(await complete(connection.id, '')).toEqual({ outcome: 'unknown' })
  })
})
