import { describe, expect, test } from 'vitest'
import type { Connections } from '../../../functions/domain/connections.ts'
import { type Revocation, rememberingConnections } from '../../../functions/domain/revocations.ts'
import { at } from '../../fakes/hand-clock.ts'
import { aConnection } from '../../support/builders.ts'

/** What happens to a connection, in order, whether it is remembered or done. */
function recorded(fails: 'remember' | undefined = undefined) {
  const happened: unknown[] = []
  const act = (name: string) => async () => {
    happened.push(name)
    return undefined
  }
  const connections = {
    setResource: act('setResource'),
    disconnect: act('disconnect'),
    remove: act('remove'),
    relabel: act('relabel'),
  } as unknown as Connections
  const remember = async (revocation: Revocation) => {
    if (fails === 'remember') throw new Error('the store did not answer')
    happened.push(revocation)
  }
  const remembering = rememberingConnections(connections, {
    revocations: { remember },
    now: () => at(9),
  })
  return { remembering, happened }
}

const CONNECTION = aConnection({ id: 7, accountId: 'acme' })
const REVOCATION = { connectionId: 7, accountId: 'acme', at: at(9) }

describe('a revocation', () => {
  test('is remembered before it happens', async () => {
    const { remembering, happened } = recorded()
    await remembering.disconnect(CONNECTION)
    await remembering.remove(CONNECTION)
    await remembering.setResource(CONNECTION, undefined)
    expect(happened).toEqual([
      { ...REVOCATION, what: 'disconnected' },
      'disconnect',
      { ...REVOCATION, what: 'deleted' },
      'remove',
      { ...REVOCATION, what: 'disconnected' },
      'setResource',
    ])
  })

  test('is none where the environment stays the same, or only the name changes', async () => {
    const { remembering, happened } = recorded()
    await remembering.setResource(CONNECTION, CONNECTION.resource)
    await remembering.relabel(CONNECTION, { name: 'Other' })
    expect(happened).toEqual(['setResource', 'relabel'])
  })

  test('that cannot be remembered does not happen', async () => {
    const { remembering, happened } = recorded('remember')
    await expect(remembering.remove(CONNECTION)).rejects.toThrow('did not answer')
    await expect(remembering.disconnect(CONNECTION)).rejects.toThrow('did not answer')
    expect(happened).toEqual([])
  })
})
